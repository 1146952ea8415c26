#pragma once
#include <string>
#include <vector>

#include "apps/cli/adminQuery.hpp"
#include "apps/cli/view/textTable.hpp"

namespace ks::cli {

/// A list of k-admin and its table.
struct AdminList {
  const char* name;  ///< of the rows in the JSON answer
  std::vector<TextTable::Column> columns;
  std::vector<std::string> (*cells)(const Json& row);  ///< may be foreign texts
  const char* whenEmpty;
};

void printTable(const CliContext& context, const AdminList& list, const Json& rows);
/// Asks for the list and prints it.
int showList(const CommandLine& line, CliContext& context, const std::string& target, const AdminList& list);

}  // namespace ks::cli
