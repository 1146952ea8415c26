#include <ostream>

#include "apps/cli/commands.hpp"
#include "apps/cli/view/statusView.hpp"

namespace ks::cli {

int runStatus(const CommandLine& line, CliContext& context) {
  const auto answers = askProcesses(line, context, "/control/status");
  if (line.json()) {
    printJson(context.out, statusJson(answers));
  } else {
    context.out << renderStatus(answers, context.style);
  }
  const std::string status = overallStatus(answers);
  return status == "healthy" ? kOk : status == "unreachable" ? kUnreachable : kDegraded;
}

}  // namespace ks::cli
