#include <ostream>

#include "apps/cli/commands.hpp"
#include "apps/cli/settingsView.hpp"

namespace ks::cli {
namespace {

int showLocalSettings(const CommandLine& line, CliContext& context) {
  if (line.json()) {
    printJson(context.out, localSettingsJson(context.settings));
  } else {
    context.out << renderSettings(context.settings);
    context.err << printable(renderFaults(context.settings), true);
  }
  return context.settings.ok() ? kOk : kDegraded;
}

}  // namespace

int runSettings(const CommandLine& line, CliContext& context) {
  if (line.has("--local")) {
    return showLocalSettings(line, context);
  }
  const auto answers = askProcesses(line, context, "/control/settings");
  if (line.json()) {
    printJson(context.out, runningSettingsJson(answers));
  } else {
    context.out << renderRunningSettings(answers, context.style);
  }
  if (!complainOfUnreachable(answers, context)) {
    context.err << "kctl settings --local shows what a process that starts now would use\n";
    return kUnreachable;
  }
  return kOk;
}

}  // namespace ks::cli
