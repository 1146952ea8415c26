# Strict for our own targets only; dependencies are SYSTEM.
add_library(ks-warnings INTERFACE)
target_compile_options(ks-warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # False positives of GCC 12 in std::string (GCC bug 105329) and, with sanitizers, of flow analysis.
  target_compile_options(ks-warnings INTERFACE -Wno-restrict)
  if(KS_SANITIZE)
    target_compile_options(ks-warnings INTERFACE -Wno-maybe-uninitialized -Wno-null-dereference)
  endif()
endif()
