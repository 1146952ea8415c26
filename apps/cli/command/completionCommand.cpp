#include <ostream>

#include "apps/cli/commandTable.hpp"
#include "apps/cli/commands.hpp"
#include "apps/cli/processQuery.hpp"
#include "apps/cli/view/completionScript.hpp"

namespace ks::cli {

int runCompletion(const CommandLine& line, CliContext& context) {
  const std::string script =
      line.action == "bash" ? bashCompletion(commandTable()) : zshCompletion(commandTable());
  if (line.json()) {
    Json answer = jsonAnswer("completion");
    answer["shell"] = line.action;
    answer["script"] = script;
    printJson(context.out, answer);
  } else {
    context.out << script;
  }
  return kOk;
}

}  // namespace ks::cli
