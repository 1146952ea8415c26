#include <ostream>

#include "apps/cli/commands.hpp"
#include "apps/cli/view/psView.hpp"

namespace ks::cli {

int runPs(const CommandLine& line, CliContext& context) {
  const auto answers = askProcesses(line, context, "/control/actors");
  const auto rows = psRows(answers, line.value("--sort", "name"));
  if (line.json()) {
    printJson(context.out, psJson(answers, rows));
  } else {
    context.out << (rows.empty() ? "" : renderPs(rows, context.style))
                << renderListeners(answers, context.style);
  }
  if (!complainOfUnreachable(answers, context)) {
    return kUnreachable;
  }
  return allRunning(rows) ? kOk : kDegraded;
}

}  // namespace ks::cli
