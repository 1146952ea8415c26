#pragma once
#include <string>
#include <vector>

namespace ks {

/// One step of the schema's history.
struct Migration {
  int version = 0;
  std::string name;
  std::string checksum;  ///< SHA-256 of `up`, hexadecimal
  std::string up;        ///< SQL that runs in one transaction
  std::string down;
};

/// A function of the database: a file of migrations/functions/, which makes or replaces it.
struct DatabaseFunction {
  std::string name;
  std::string checksum;  ///< SHA-256 of `text`, hexadecimal
  std::string text;
};

/// The files of migrations/, in order of version; compiled into the library ks-migrations, which the admin
/// process alone links.
[[nodiscard]] const std::vector<Migration>& embeddedMigrations();
/// The files of migrations/functions/, in order of their names; from the same library.
[[nodiscard]] const std::vector<DatabaseFunction>& embeddedFunctions();

}  // namespace ks
