find_program(KS_CCACHE ccache)
if(KS_CCACHE)
  # Precompiled headers are cached only when ccache may look past their time stamps and defines.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${KS_CCACHE})
endif()
