# The manual pages and the completion, written by the program from its own tables. Included where the target dcvready exists.
set(table ${CMAKE_CURRENT_LIST_DIR}/command.c)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${table})
file(STRINGS ${table} rows REGEX "\\.name = \"")

set(documents ${CMAKE_BINARY_DIR}/share/bash-completion/completions/dcvready)
add_custom_command(OUTPUT ${documents} DEPENDS dcvready VERBATIM
    COMMAND dcvready print-completion bash --output ${documents})

# dcv_manual(<page> [<command>])
function(dcv_manual page)
    set(file ${CMAKE_BINARY_DIR}/share/man/man1/${page}.1)
    add_custom_command(OUTPUT ${file} DEPENDS dcvready VERBATIM
        COMMAND dcvready print-man --lang en --output ${file} ${ARGN})
    set(documents ${documents} ${file} PARENT_SCOPE)
endfunction()

dcv_manual(dcvready)
foreach(row IN LISTS rows)
    string(REGEX REPLACE ".*\\.name = \"([a-z-]+)\".*" "\\1" command "${row}")
    if(NOT command MATCHES "^(help|print-.*)$")
        dcv_manual(dcvready-${command} ${command})
    endif()
endforeach()

file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/share/man/man1 ${CMAKE_BINARY_DIR}/share/bash-completion/completions)
add_custom_target(documents ALL DEPENDS ${documents})
install(DIRECTORY ${CMAKE_BINARY_DIR}/share/man/ DESTINATION ${CMAKE_INSTALL_MANDIR})
install(DIRECTORY ${CMAKE_BINARY_DIR}/share/bash-completion/ DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion)
