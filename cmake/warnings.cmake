# Strict for our own targets only; dependencies are SYSTEM.
add_library(ks-warnings INTERFACE)
target_compile_options(ks-warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wnon-virtual-dtor)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # False positives of GCC 12 in inlined std::string (GCC bug 105329 and its kin). -Wmaybe-uninitialized stays on in release
  # builds: it has found a real fault.
  target_compile_options(ks-warnings INTERFACE -Werror -Wno-restrict -Wno-array-bounds -Wno-stringop-overread
                         -Wno-stringop-overflow)
  if(KS_SANITIZE)
    target_compile_options(ks-warnings INTERFACE -Wno-maybe-uninitialized -Wno-null-dereference)
  endif()
  # In a unity build one file's anonymous namespace is the next one's surroundings.
  if(KS_UNITY)
    target_compile_options(ks-warnings INTERFACE -Wshadow=local -Wno-subobject-linkage)
  else()
    target_compile_options(ks-warnings INTERFACE -Wshadow)
  endif()
else()
  # Clang builds fuzz targets and runs clang-tidy; GCC's warnings are the ones that must be clean.
  target_compile_options(ks-warnings INTERFACE -Wno-sign-conversion)
endif()
