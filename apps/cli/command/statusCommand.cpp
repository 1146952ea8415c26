#include <ostream>

#include "apps/cli/bankSimulator.hpp"
#include "apps/cli/commands.hpp"
#include "apps/cli/view/statusView.hpp"

namespace ks::cli {

int runStatus(const CommandLine& line, CliContext& context) {
  const auto answers = askProcesses(line, context, "/control/status");
  const auto simulator = bankSimulatorState(context.settings.settings);
  if (line.json()) {
    auto result = statusJson(answers);
    if (simulator.is_object()) {
      result["bank_simulator"] = simulator;
    }
    printJson(context.out, result);
  } else {
    context.out << renderStatus(answers, context.style) << renderBankSimulator(simulator, context.style);
  }
  const std::string status = overallStatus(answers);
  return status == "healthy" ? kOk : status == "unreachable" ? kUnreachable : kDegraded;
}

}  // namespace ks::cli
