#include <ostream>

#include "apps/cli/commandTable.hpp"
#include "apps/cli/commands.hpp"
#include "apps/cli/processQuery.hpp"
#include "apps/cli/view/helpText.hpp"

namespace ks::cli {
namespace {

Json helpJson() {
  Json answer = jsonAnswer("help");
  answer["commands"] = Json::array();
  for (const auto& command : commandTable()) {
    Json entry;
    entry["name"] = command.name;
    entry["summary"] = command.summary;
    entry["usage"] = usageLine(command);
    entry["example"] = command.example;
    answer["commands"].push_back(std::move(entry));
  }
  return answer;
}

}  // namespace

int runHelp(const CommandLine& line, CliContext& context) {
  if (line.json()) {
    printJson(context.out, helpJson());
    return kOk;
  }
  if (line.argument.empty()) {
    context.out << renderHelp(commandTable(), context.style);
    return kOk;
  }
  const CommandSpec* command = findCommand(commandTable(), line.argument);
  if (command == nullptr) {
    complain(context, "there is no command \"" + line.argument + "\"; kctl help lists them");
    return kUsage;
  }
  context.out << renderCommandHelp(*command, context.style);
  return kOk;
}

}  // namespace ks::cli
