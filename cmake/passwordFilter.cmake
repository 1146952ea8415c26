# The library ks-passwordFilter: the filter of common passwords, made from the list that tools/setup.sh has fetched, as
# constant data of the program (ksPasswordFilterBegin, ksPasswordFilterEnd).
function(ks_password_filter)
  find_file(KS_PASSWORD_LIST 10_million_password_list_top_1M.txt PATHS ${ksDependencyPaths} NO_DEFAULT_PATH)
  if(NOT KS_PASSWORD_LIST)
    message(FATAL_ERROR "The list of common passwords was not found. ${ksHint}")
  endif()
  set(filter ${CMAKE_BINARY_DIR}/generated/passwordFilter.bin)
  set(source ${CMAKE_BINARY_DIR}/generated/passwordFilterData.cpp)
  ks_program(makePasswordFilter SOURCES ${CMAKE_SOURCE_DIR}/tools/makePasswordFilter.cpp DEPENDS ks-core)
  if(KS_CHECK_ONLY)
    add_library(ks-passwordFilter INTERFACE)
    return()
  endif()
  add_custom_command(OUTPUT ${filter} COMMAND makePasswordFilter ${KS_PASSWORD_LIST} ${filter}
                     DEPENDS makePasswordFilter ${KS_PASSWORD_LIST} VERBATIM)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
"__asm__(\".section .rodata,\\\"a\\\",@progbits\\n.balign 64\\n.global ksPasswordFilterBegin\\nksPasswordFilterBegin:\\n\"
        \".incbin \\\"@filter@\\\"\\n.global ksPasswordFilterEnd\\nksPasswordFilterEnd:\\n.previous\\n\");
")
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${filter})
  add_library(ks-passwordFilter STATIC ${source})
endfunction()
