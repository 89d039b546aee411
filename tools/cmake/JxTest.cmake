# Tests. The checked build (JX_TESTS=CHECKED) has every test but those marked RELEASE_ONLY; the release build
# has those marked RELEASE_TOO or RELEASE_ONLY: what preloads libraries, or simulates at length. The build with controls
# (JX_TESTS=CONTROLS) has the test programs, each built only if somebody asks for it, and runs what tests/controls registers.
include_guard(GLOBAL)

set(JX_TEST_ENV
	"JX_SOURCE=${CMAKE_SOURCE_DIR}" "JX_BUILD=${CMAKE_BINARY_DIR}" "JX_BIN=${CMAKE_BINARY_DIR}/bin"
	"JX_SANITIZE=$<BOOL:${JX_SANITIZE}>"
	"ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:halt_on_error=1:detect_stack_use_after_return=1:strict_string_checks=1"
	"UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1")

# tests/<folder> and tests/unit/<room>; with JX_ONLY only the named ones and tests/support.
function(jx_add_test_folders)
	file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true
		"${CMAKE_SOURCE_DIR}/tests/*" "${CMAKE_SOURCE_DIR}/tests/unit/*")
	list(SORT folders)
	foreach(folder IN LISTS folders)
		get_filename_component(name "${folder}" NAME)
		if(EXISTS "${folder}/CMakeLists.txt"
				AND (NOT JX_ONLY OR name IN_LIST JX_ONLY OR name STREQUAL "support"))
			add_subdirectory("${folder}")
		endif()
	endforeach()
endfunction()

# Is a test with these marks part of this build?
function(jx__test_wanted too only out)
	if(JX_TESTS STREQUAL "OFF" OR JX_TESTS STREQUAL "CONTROLS" OR (JX_TESTS STREQUAL "CHECKED" AND only)
			OR (JX_TESTS STREQUAL "RELEASE" AND NOT too AND NOT only))
		set(${out} FALSE PARENT_SCOPE)
	else()
		set(${out} TRUE PARENT_SCOPE)
	endif()
endfunction()

function(jx__test_add name command timeout labels env)
	if(JX_TESTS STREQUAL "RELEASE")
		string(APPEND name "@release")
	endif()
	if(NOT timeout)
		set(timeout 120)
	endif()
	add_test(NAME "${name}" COMMAND ${command} WORKING_DIRECTORY "${CMAKE_BINARY_DIR}")
	set_tests_properties("${name}" PROPERTIES TIMEOUT ${timeout} LABELS "${labels}"
		ENVIRONMENT "${JX_TEST_ENV};${env}")
endfunction()

# jx_test(<name> SOURCES ... [ROOMS ...] [LIBS ...] [LABELS unit] [ENV K=V ...] [TIMEOUT s]
#         [RELEASE_TOO|RELEASE_ONLY] [INSIDE room])
# A cmocka program: target test_<name> (dots become underscores; a leading "test_" in <name> is not doubled), run as
# ctest entry <name>. tests/support is on the include path. INSIDE: also the private headers of that room's folder.
function(jx_test name)
	cmake_parse_arguments(PARSE_ARGV 1 arg "RELEASE_TOO;RELEASE_ONLY" "TIMEOUT;INSIDE" "SOURCES;ROOMS;LIBS;LABELS;ENV")
	if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
		message(FATAL_ERROR "jx_test(${name}): needs SOURCES; not understood: '${arg_UNPARSED_ARGUMENTS}'")
	endif()
	jx__test_wanted(${arg_RELEASE_TOO} ${arg_RELEASE_ONLY} wanted)
	if(NOT wanted AND NOT JX_TESTS STREQUAL "CONTROLS")
		return()
	endif()
	string(REGEX REPLACE "^test_" "" name "${name}")
	string(REPLACE "." "_" target "test_${name}")
	add_executable(${target} ${arg_SOURCES})
	set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
	target_include_directories(${target} PRIVATE "${CMAKE_SOURCE_DIR}/include" "${CMAKE_SOURCE_DIR}/tests/support"
		"${CMAKE_CURRENT_SOURCE_DIR}" "${CMAKE_CURRENT_BINARY_DIR}")
	if(arg_INSIDE)
		file(GLOB inside "${CMAKE_SOURCE_DIR}/src/${arg_INSIDE}" "${CMAKE_SOURCE_DIR}/sync/${arg_INSIDE}"
			"${CMAKE_SOURCE_DIR}/tools/${arg_INSIDE}")
		target_include_directories(${target} PRIVATE ${inside})
	endif()
	target_link_libraries(${target} PRIVATE jx_flags ${arg_LIBS} PkgConfig::CMOCKA)
	jx__link_rooms(${target} PRIVATE ${arg_ROOMS})
	if(NOT wanted)
		set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
		return()
	endif()
	jx__test_add("${name}" ${target} "${arg_TIMEOUT}" "${arg_LABELS}" "${arg_ENV}")
endfunction()

# jx_script_test(<name> COMMAND tests/x/run.sh args ... [LABELS e2e] [ENV K=V ...] [TIMEOUT s] [RELEASE_TOO|RELEASE_ONLY])
# A script as a test. It finds JX_SOURCE, JX_BUILD, JX_BIN (programs) and JX_SANITIZE (1 or 0) in its environment.
function(jx_script_test name)
	cmake_parse_arguments(PARSE_ARGV 1 arg "RELEASE_TOO;RELEASE_ONLY" "TIMEOUT" "COMMAND;LABELS;ENV")
	if(arg_UNPARSED_ARGUMENTS OR NOT arg_COMMAND)
		message(FATAL_ERROR "jx_script_test(${name}): needs COMMAND; not understood: '${arg_UNPARSED_ARGUMENTS}'")
	endif()
	jx__test_wanted(${arg_RELEASE_TOO} ${arg_RELEASE_ONLY} wanted)
	if(wanted)
		jx__test_add("${name}" "${arg_COMMAND}" "${arg_TIMEOUT}" "${arg_LABELS}" "${arg_ENV}")
	endif()
endfunction()
