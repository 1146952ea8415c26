#include "apps/cli/command/program.hpp"

#include <ostream>

#include "apps/cli/commandTable.hpp"
#include "apps/cli/exitCode.hpp"
#include "apps/cli/processQuery.hpp"
#include "apps/cli/view/helpText.hpp"

namespace ks::cli {
namespace {

int reportUsage(const UsageError& error, CliContext& context) {
  complain(context, error.message);
  if (error.command != nullptr) {
    context.err << "usage: " << usageLine(*error.command) << "\nMore: kctl " << error.command->name
                << " --help\n";
  } else {
    context.err << "usage: kctl COMMAND [options]\nMore: kctl help\n";
  }
  return kUsage;
}

}  // namespace

int runProgramWith(std::span<const std::string> words, CliContext& context) {
  auto parsed = parseCommandLine(words, commandTable());
  if (const auto* error = std::get_if<UsageError>(&parsed)) {
    return reportUsage(*error, context);
  }
  const auto& line = std::get<CommandLine>(parsed);
  if (line.version) {
    context.out << "kctl " << KS_VERSION << "\n";
    return kOk;
  }
  if (line.help || line.command == nullptr) {
    const bool general = line.command == nullptr;
    (line.help ? context.out : context.err) << (general ? renderHelp(commandTable(), context.style)
                                                        : renderCommandHelp(*line.command, context.style));
    return line.help ? kOk : kUsage;
  }
  return line.command->run(line, context);
}

}  // namespace ks::cli
