# Compiler and linker flags, carried by one INTERFACE target that every room, program and test links.
include_guard(GLOBAL)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)

if(NOT CMAKE_BUILD_TYPE)
	set(CMAKE_BUILD_TYPE Debug CACHE STRING "Debug or Release" FORCE)
endif()
# The two build types carry no flags of CMake's own: what is used stands below, once.
set(CMAKE_C_FLAGS_DEBUG "" CACHE STRING "" FORCE)
set(CMAKE_C_FLAGS_RELEASE "" CACHE STRING "" FORCE)

find_program(JX_CCACHE ccache)
if(JX_CCACHE AND NOT CMAKE_C_COMPILER_LAUNCHER)
	set(CMAKE_C_COMPILER_LAUNCHER "${JX_CCACHE}")
endif()

add_library(jx_flags INTERFACE)
target_compile_definitions(jx_flags INTERFACE
	_GNU_SOURCE _FILE_OFFSET_BITS=64 _TIME_BITS=64
	JX_VERSION="${PROJECT_VERSION}$<$<BOOL:${JX_CONTROLS}>:+controls>" $<$<BOOL:${JX_CONTROLS}>:JX_CONTROLS>)
if(JX_CONTROLS)
	install(CODE "message(FATAL_ERROR \"programs of this build lose data on purpose: build without JX_CONTROLS\")")
endif()
target_compile_options(jx_flags INTERFACE
	-fvisibility=hidden -fno-strict-aliasing -fno-common -fstack-protector-strong -fstack-clash-protection
	# no path of the building machine in what is shipped
	"-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=" "-ffile-prefix-map=${CMAKE_BINARY_DIR}=build"
	-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wdouble-promotion -Wfloat-equal
	-Wstrict-prototypes -Wmissing-prototypes -Wmissing-declarations -Wold-style-definition
	-Wnull-dereference -Wformat=2 -Wundef -Wvla -Wwrite-strings -Wcast-qual -Wcast-align -Wpointer-arith
	-Wredundant-decls -Wnested-externs -Wimplicit-fallthrough -Wswitch-enum -Wdate-time
	-Werror=implicit-function-declaration -Werror=incompatible-pointer-types -Werror=int-conversion
	-Werror=return-type
	$<$<BOOL:${JX_WERROR}>:-Werror>)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
	target_compile_options(jx_flags INTERFACE
		-Wformat-signedness -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init
		-Wtrampolines -Warith-conversion -Walloc-zero -Wstringop-overflow=4 -Wformat-overflow=2
		-Wformat-truncation=2 -Warray-bounds=2)
endif()

target_link_options(jx_flags INTERFACE -Wl,-z,relro,-z,now -Wl,--as-needed)
if(JX_SANITIZE)
	target_compile_options(jx_flags INTERFACE
		-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
	target_link_options(jx_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(CMAKE_BUILD_TYPE STREQUAL "Debug")
	target_compile_options(jx_flags INTERFACE -Og -g)
else()
	target_compile_options(jx_flags INTERFACE -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
