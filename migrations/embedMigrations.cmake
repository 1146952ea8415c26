# Turns migrations/NNNN_name.{up,down}.sql and migrations/functions/*.sql into the library ks-migrations (the texts, for
# k-admin and tests) and the header persistence/expectedSchemaVersion.hpp (the highest number and a checksum of the
# functions, for every process).
function(ks_embed_migrations)
  set(folder ${CMAKE_SOURCE_DIR}/migrations)
  set(generated ${CMAKE_BINARY_DIR}/generated)
  file(GLOB upFiles CONFIGURE_DEPENDS ${folder}/*.up.sql)
  list(SORT upFiles)
  set(entries "")
  set(expected 0)
  foreach(upFile ${upFiles})
    string(REGEX MATCH "/([0-9][0-9][0-9][0-9])_([A-Za-z0-9]+)\\.up\\.sql$" matched ${upFile})
    if(NOT matched)
      message(FATAL_ERROR "${upFile}: a migration is called NNNN_camelCase.up.sql")
    endif()
    set(digits ${CMAKE_MATCH_1})
    set(name ${CMAKE_MATCH_2})
    string(REGEX REPLACE "^0+" "" version ${digits})
    math(EXPR next "${expected} + 1")
    if(version LESS next)
      message(FATAL_ERROR "${upFile}: expected number ${next} or higher")
    endif()
    set(expected ${version})
    set(downFile ${folder}/${digits}_${name}.down.sql)
    if(NOT EXISTS ${downFile})
      message(FATAL_ERROR "${downFile} is missing")
    endif()
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${upFile} ${downFile})
    file(READ ${upFile} upText)
    file(READ ${downFile} downText)
    file(SHA256 ${upFile} checksum)
    string(APPEND entries "      {${version}, \"${name}\", \"${checksum}\",\n       R\"ksMigration(${upText})ksMigration\",\n"
      "       R\"ksMigration(${downText})ksMigration\"},\n")
  endforeach()
  file(GLOB functionFiles CONFIGURE_DEPENDS ${folder}/functions/*.sql)
  list(SORT functionFiles)
  set(functions "")
  set(functionSums "")
  foreach(file ${functionFiles})
    string(REGEX MATCH "/([a-z][a-z0-9_]*)\\.sql$" matched ${file})
    if(NOT matched)
      message(FATAL_ERROR "${file}: a function's file is called after it, snake_case.sql")
    endif()
    set(name ${CMAKE_MATCH_1})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    file(SHA256 ${file} checksum)
    string(APPEND functions "      {\"${name}\", \"${checksum}\",\n       R\"ksMigration(${text})ksMigration\"},\n")
    string(APPEND functionSums "${name} ${checksum}\n")
  endforeach()
  string(SHA256 expectedFunctions "${functionSums}")
  file(CONFIGURE OUTPUT ${generated}/embeddedMigrations.cpp @ONLY CONTENT
"#include \"persistence/migration/migration.hpp\"

namespace ks {

const std::vector<Migration>& embeddedMigrations() {
  static const std::vector<Migration> migrations = {
@entries@  };
  return migrations;
}

const std::vector<DatabaseFunction>& embeddedFunctions() {
  static const std::vector<DatabaseFunction> functions = {
@functions@  };
  return functions;
}

}  // namespace ks
")
  file(CONFIGURE OUTPUT ${generated}/persistence/expectedSchemaVersion.hpp @ONLY CONTENT
"#pragma once

namespace ks {

/// The version of the database schema that this build works with: the highest number in migrations/.
inline constexpr int kExpectedSchemaVersion = @expected@;
/// Of the functions of migrations/functions/, as checkSchemaVersion() reckons it.
inline constexpr const char* kExpectedFunctions = \"@expectedFunctions@\";

}  // namespace ks
")
  add_library(ks-migrations STATIC ${generated}/embeddedMigrations.cpp)
  target_link_libraries(ks-migrations PUBLIC ks-persistence)
  target_include_directories(ks-migrations PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(ks-migrations PRIVATE ks-warnings ks-sanitizers)
  target_include_directories(ks-persistence PUBLIC ${generated})
endfunction()
