#include "apps/cli/command/adminList.hpp"

#include <ostream>

#include "apps/cli/exitCode.hpp"

namespace ks::cli {

void printTable(const CliContext& context, const AdminList& list, const Json& rows) {
  TextTable table(list.columns);
  for (const auto& row : rows) {
    std::vector<Cell> cells;
    for (const auto& text : list.cells(row)) {
      cells.push_back({printable(text)});
    }
    table.add(std::move(cells));
  }
  context.out << (table.empty() ? list.whenEmpty : table.render(context.style));
}

int showList(const CommandLine& line, CliContext& context, const std::string& target, const AdminList& list) {
  int status = kOk;
  const auto answer = askAdmin(context, "GET", target, {}, status);
  if (!answer) {
    return status;
  }
  const auto& rows = listOf(*answer, "data");
  if (line.json()) {
    printAction(line, context, {{list.name, rows}});
  } else {
    printTable(context, list, rows);
  }
  return kOk;
}

}  // namespace ks::cli
