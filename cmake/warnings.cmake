# Strict for our own targets only; dependencies are SYSTEM.
add_library(ks-warnings INTERFACE)
target_compile_options(ks-warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # False positives of GCC 12 in std::string (GCC bug 105329) and, with sanitizers, of flow analysis.
  target_compile_options(ks-warnings INTERFACE -Werror -Wno-restrict)
  if(KS_SANITIZE)
    target_compile_options(ks-warnings INTERFACE -Wno-maybe-uninitialized -Wno-null-dereference)
  endif()
else()
  # Clang builds fuzz targets and runs clang-tidy; GCC's warnings are the ones that must be clean.
  target_compile_options(ks-warnings INTERFACE -Wno-sign-conversion -Wno-shadow)
endif()
