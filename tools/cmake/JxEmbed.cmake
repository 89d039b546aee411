# Files as bytes inside a library, so that a program needs no data folder to start.
include_guard(GLOBAL)
set(JX_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_DIR}/embed.cmake")

# jx_embed(<target> <symbol> FILE <path>)
# Generates "<symbol>.h" with `extern const unsigned char <symbol>[]; extern const size_t <symbol>_len;`.
# A zero byte that <symbol>_len does not count follows the last one.
function(jx_embed target symbol)
	cmake_parse_arguments(PARSE_ARGV 2 arg "" "FILE" "")
	get_filename_component(file "${arg_FILE}" ABSOLUTE)
	set(out "${CMAKE_CURRENT_BINARY_DIR}/${symbol}")
	add_custom_command(OUTPUT "${out}.c" "${out}.h"
		COMMAND "${CMAKE_COMMAND}" -DMODE=FILE "-DSYMBOL=${symbol}" "-DIN=${file}" "-DOUT=${out}"
			-P "${JX_EMBED_SCRIPT}"
		DEPENDS "${file}" "${JX_EMBED_SCRIPT}" VERBATIM)
	target_sources(${target} PRIVATE "${out}.c" "${out}.h")
	target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}")
endfunction()

# jx_embed_sql(<target> <folder> <symbol>)
# Migrations NNNN_name.sql, numbered from 0001 without gaps, as a table. Generates "<symbol>.h" with
#   struct jx_migration { int version; const char *name; const char *sql; };
#   extern const struct jx_migration <symbol>[]; extern const size_t <symbol>_count;
function(jx_embed_sql target folder symbol)
	get_filename_component(folder "${folder}" ABSOLUTE)
	file(GLOB files CONFIGURE_DEPENDS "${folder}/*.sql")
	list(SORT files COMPARE STRING)
	set(number 0)
	foreach(file IN LISTS files)
		math(EXPR number "${number} + 1")
		get_filename_component(name "${file}" NAME)
		string(LENGTH "${number}" digits)
		math(EXPR zeros "4 - ${digits}")
		string(REPEAT "0" ${zeros} zeros)
		if(NOT name MATCHES "^${zeros}${number}_[a-z0-9_]+\\.sql$")
			message(FATAL_ERROR "${folder}: expected ${zeros}${number}_<name>.sql, found ${name}: "
				"migrations are numbered from 0001 without gaps, names are [a-z0-9_]")
		endif()
	endforeach()
	if(number EQUAL 0)
		message(FATAL_ERROR "${folder}: no migrations (NNNN_name.sql) found")
	endif()
	set(out "${CMAKE_CURRENT_BINARY_DIR}/${symbol}")
	add_custom_command(OUTPUT "${out}.c" "${out}.h"
		COMMAND "${CMAKE_COMMAND}" -DMODE=SQL "-DSYMBOL=${symbol}" "-DIN=${files}" "-DOUT=${out}"
			-P "${JX_EMBED_SCRIPT}"
		DEPENDS ${files} "${JX_EMBED_SCRIPT}" VERBATIM)
	target_sources(${target} PRIVATE "${out}.c" "${out}.h")
	target_include_directories(${target} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}")
endfunction()
