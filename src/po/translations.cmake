# Catalogues: <language>.po, joined with the texts of the command line in cli.<language>.po, compiled into
# ${CMAKE_BINARY_DIR}/share/locale and installed. Without gettext's tools dcvready speaks English.
find_program(MSGFMT msgfmt)
find_program(MSGCAT msgcat)
if(NOT MSGFMT OR NOT MSGCAT)
    message(STATUS "msgfmt or msgcat not found: no translations")
    return()
endif()

file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/LINGUAS languages)
set(catalogues)
foreach(language IN LISTS languages)
    set(sources ${CMAKE_CURRENT_LIST_DIR}/${language}.po)
    # CONFIGURE_DEPENDS: the file may appear after the build directory was made.
    file(GLOB more CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/cli.${language}.po)
    list(APPEND sources ${more})
    set(directory ${CMAKE_BINARY_DIR}/share/locale/${language}/LC_MESSAGES)
    set(joined ${CMAKE_BINARY_DIR}/po/${language}.po)
    file(MAKE_DIRECTORY ${directory} ${CMAKE_BINARY_DIR}/po)
    add_custom_command(OUTPUT ${directory}/dcvready.mo
        COMMAND ${MSGCAT} --use-first --output-file=${joined} ${sources}
        COMMAND ${MSGFMT} --check --output-file=${directory}/dcvready.mo ${joined}
        DEPENDS ${sources} VERBATIM)
    list(APPEND catalogues ${directory}/dcvready.mo)
    install(FILES ${directory}/dcvready.mo DESTINATION ${CMAKE_INSTALL_LOCALEDIR}/${language}/LC_MESSAGES)
endforeach()
add_custom_target(dcv_translations ALL DEPENDS ${catalogues})
