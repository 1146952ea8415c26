# Read by CAF's own build (tools/dependencies.sh), which compiles its sources in batches. The serializer and the deserializer each
# have a max_value of their own.
cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL set_source_files_properties
               ${CMAKE_SOURCE_DIR}/libcaf_core/src/binary_serializer.cpp DIRECTORY libcaf_core
               PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
