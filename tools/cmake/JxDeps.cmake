# Outside libraries, found once. All are needed; which room may use which is in tools/check/layers.rules.
include_guard(GLOBAL)
find_package(PkgConfig REQUIRED)

# jx_need(PREFIX pkg-config-module debian-package) -> target PkgConfig::PREFIX
macro(jx_need prefix module package)
	pkg_check_modules(${prefix} QUIET IMPORTED_TARGET ${module})
	if(NOT ${prefix}_FOUND)
		message(FATAL_ERROR "${module} not found: install the Debian package ${package} "
			"(or run tools/install-deps, which installs all that is missing)")
	endif()
endmacro()

jx_need(SODIUM libsodium libsodium-dev)
jx_need(CRYPTO libcrypto libssl-dev)
jx_need(SSL openssl libssl-dev)
jx_need(SQLITE sqlite3 libsqlite3-dev)
jx_need(CURL libcurl libcurl4-openssl-dev)
jx_need(MHD libmicrohttpd libmicrohttpd-dev)
jx_need(GNUTLS gnutls libgnutls28-dev)
jx_need(ZSTD libzstd libzstd-dev)
jx_need(JPEG libjpeg libjpeg-dev)
jx_need(EXIF libexif libexif-dev)
jx_need(PANGOCAIRO pangocairo libpango1.0-dev)
jx_need(QRENCODE libqrencode libqrencode-dev)
jx_need(GPS libgps libgps-dev)
jx_need(GDAL gdal libgdal-dev)
jx_need(SYSTEMD libsystemd libsystemd-dev)
jx_need(CMOCKA cmocka libcmocka-dev)
