# Run by JxEmbed.cmake at build time: MODE, SYMBOL, IN (one file, or a list of migrations), OUT (without ending).
# Bytes are written as hexadecimal numbers: no escaping to get wrong, no limit on a string's length.

function(bytes_of file out)
	file(READ "${file}" hex HEX)
	string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
	string(REPEAT "0x..," 18 row)
	string(REGEX REPLACE "(${row})" "\\1\n\t" hex "${hex}")
	set(${out} "${hex}0x00" PARENT_SCOPE)
endfunction()

string(TOUPPER "${SYMBOL}" guard)
set(head "/* Generated from files of the source tree by tools/cmake/embed.cmake. */\n")

if(MODE STREQUAL "FILE")
	bytes_of("${IN}" data)
	file(SIZE "${IN}" size)
	set(h "${head}#ifndef ${guard}_H\n#define ${guard}_H\n\n#include <stddef.h>\n\n")
	string(APPEND h "extern const unsigned char ${SYMBOL}[];\nextern const size_t ${SYMBOL}_len;\n\n#endif\n")
	set(c "${head}#include \"${SYMBOL}.h\"\n\nconst unsigned char ${SYMBOL}[] = {\n\t${data}\n};\n")
	string(APPEND c "const size_t ${SYMBOL}_len = ${size};\n")
else()
	set(h "${head}#ifndef ${guard}_H\n#define ${guard}_H\n\n#include <stddef.h>\n\n")
	string(APPEND h "#ifndef JX_MIGRATION_DEFINED\n#define JX_MIGRATION_DEFINED\n"
		"struct jx_migration {\n\tint version;\n\tconst char *name;\n\tconst char *sql;\n};\n#endif\n\n"
		"extern const struct jx_migration ${SYMBOL}[];\nextern const size_t ${SYMBOL}_count;\n\n#endif\n")
	set(c "${head}#include \"${SYMBOL}.h\"\n\n")
	set(rows "")
	set(number 0)
	foreach(file IN LISTS IN)
		math(EXPR number "${number} + 1")
		get_filename_component(name "${file}" NAME_WE)
		bytes_of("${file}" data)
		string(APPEND c "static const unsigned char sql_${number}[] = {\n\t${data}\n};\n\n")
		string(APPEND rows "\t{ ${number}, \"${name}\", (const char *)sql_${number} },\n")
	endforeach()
	string(APPEND c "const struct jx_migration ${SYMBOL}[] = {\n${rows}};\nconst size_t ${SYMBOL}_count = ${number};\n")
endif()

file(WRITE "${OUT}.h" "${h}")
file(WRITE "${OUT}.c" "${c}")
