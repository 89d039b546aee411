# Rooms and programs.
include_guard(GLOBAL)

# Everything a user starts, with what it reads beside it; `cmake --build ... --target programs`.
add_custom_target(programs)

# jx_add_folder(<folder>): add it if it is there and JX_ONLY does not leave it out.
function(jx_add_folder folder)
	get_filename_component(name "${folder}" NAME)
	if(EXISTS "${CMAKE_SOURCE_DIR}/${folder}/CMakeLists.txt" AND (NOT JX_ONLY OR name IN_LIST JX_ONLY))
		add_subdirectory("${CMAKE_SOURCE_DIR}/${folder}")
	endif()
endfunction()

# Remember which rooms a target names, so that jx_check_rooms can tell a slip of the pen from a library.
function(jx__link_rooms target scope)
	foreach(room IN LISTS ARGN)
		target_link_libraries(${target} ${scope} jx_${room})
		set_property(GLOBAL APPEND PROPERTY JX_ROOMS_USED "${room}>${target}")
	endforeach()
endfunction()

# jx_room(<name> SOURCES a.c b.c [ROOMS base model] [LIBS PkgConfig::SQLITE])
# Static library jx_<name>. ROOMS are passed on to whoever links it; LIBS are its own, but are linked too.
# Other rooms see include/ only; the room's own folder is private. Order of rooms does not matter.
function(jx_room name)
	cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;ROOMS;LIBS")
	if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
		message(FATAL_ERROR "jx_room(${name}): needs SOURCES; not understood: '${arg_UNPARSED_ARGUMENTS}'")
	endif()
	add_library(jx_${name} STATIC ${arg_SOURCES})
	target_include_directories(jx_${name}
		PUBLIC "${CMAKE_SOURCE_DIR}/include"
		PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}" "${CMAKE_CURRENT_BINARY_DIR}")
	target_link_libraries(jx_${name} PRIVATE jx_flags ${arg_LIBS})
	jx__link_rooms(jx_${name} PUBLIC ${arg_ROOMS})
	set_property(GLOBAL APPEND PROPERTY JX_ROOM_TARGETS jx_${name})
endfunction()

# jx_program(<name> SOURCES ... [ROOMS ...] [LIBS ...] [MAN jx.1 zh_CN/jx.1 ...] [SBIN] [PRIVATE])
# Executable in <build>/bin, installed with its man pages (a folder before the page is its language).
# SBIN: an administrator's program. PRIVATE: not installed, not part of the target `programs`.
function(jx_program name)
	cmake_parse_arguments(PARSE_ARGV 1 arg "SBIN;PRIVATE" "" "SOURCES;ROOMS;LIBS;MAN")
	if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
		message(FATAL_ERROR "jx_program(${name}): needs SOURCES; not understood: '${arg_UNPARSED_ARGUMENTS}'")
	endif()
	add_executable(${name} ${arg_SOURCES})
	target_include_directories(${name} PRIVATE
		"${CMAKE_SOURCE_DIR}/include" "${CMAKE_CURRENT_SOURCE_DIR}" "${CMAKE_CURRENT_BINARY_DIR}")
	target_link_libraries(${name} PRIVATE jx_flags ${arg_LIBS})
	jx__link_rooms(${name} PRIVATE ${arg_ROOMS})
	if(arg_PRIVATE)
		return()
	endif()
	add_dependencies(programs ${name})
	if(arg_SBIN)
		install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_SBINDIR}")
	else()
		install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
	endif()
	jx_man(${arg_MAN})
endfunction()

# jx_man(jx.1 zh_CN/jx.1 ...): install man pages; a test reads every installed page (tools/check/man).
function(jx_man)
	foreach(page IN LISTS ARGN)
		get_filename_component(language "${page}" DIRECTORY)
		get_filename_component(section "${page}" LAST_EXT)
		get_filename_component(language "${language}" NAME)
		string(SUBSTRING "${section}" 1 -1 section)
		if(language STREQUAL "man")
			set(language "")
		endif()
		install(FILES "${page}" DESTINATION "${CMAKE_INSTALL_MANDIR}/${language}/man${section}")
		get_filename_component(full "${page}" ABSOLUTE)
		set_property(GLOBAL APPEND PROPERTY JX_MAN_PAGES "${full}")
	endforeach()
endfunction()

# jx_data(<folder> a.json b.ini ...): files that programs read at run time, relative to their own place as
# ../share/jiexun/<folder>: copied to <build>/share/jiexun/<folder> and installed the same way.
function(jx_data folder)
	set(made)
	foreach(file IN LISTS ARGN)
		get_filename_component(file "${file}" ABSOLUTE)
		get_filename_component(name "${file}" NAME)
		set(out "${CMAKE_BINARY_DIR}/share/jiexun/${folder}/${name}")
		add_custom_command(OUTPUT "${out}"
			COMMAND "${CMAKE_COMMAND}" -E copy "${file}" "${out}"
			DEPENDS "${file}" VERBATIM)
		list(APPEND made "${out}")
		install(FILES "${file}" DESTINATION "${CMAKE_INSTALL_DATADIR}/jiexun/${folder}")
	endforeach()
	string(MD5 id "${CMAKE_CURRENT_SOURCE_DIR}/${folder};${ARGN}")
	string(SUBSTRING "${id}" 0 8 id)
	add_custom_target(data_${id} ALL DEPENDS ${made})
	add_dependencies(programs data_${id})
endfunction()

# After all folders: every room that somebody named must exist.
function(jx_check_rooms)
	get_property(used GLOBAL PROPERTY JX_ROOMS_USED)
	foreach(pair IN LISTS used)
		string(REPLACE ">" ";" pair "${pair}")
		list(GET pair 0 room)
		list(GET pair 1 target)
		if(NOT TARGET jx_${room})
			set(text "${target} needs the room '${room}', which no folder that was added declares")
			if(JX_ONLY)
				message(STATUS "${text} (JX_ONLY is set)")
			else()
				message(FATAL_ERROR "${text}")
			endif()
		endif()
	endforeach()
endfunction()
