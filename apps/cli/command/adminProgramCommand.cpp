#include <unistd.h>

#include <algorithm>
#include <ostream>

#include "apps/cli/childProgram.hpp"
#include "apps/cli/commands.hpp"
#include "apps/cli/processQuery.hpp"

namespace ks::cli {
namespace {

int adminProgramToJson(const CommandLine& line, const std::vector<std::string>& words, CliContext& context) {
  const auto ran = runProgram(words, context.installation);
  if (ran.exitCode < 0) {
    complain(context, "k-admin cannot be started: " + ran.error);
    return kUnreachable;
  }
  Json answer = jsonAnswer(line.command->name);
  answer["action"] = line.action;
  answer["exit_code"] = ran.exitCode;
  answer["output"] = Json::array();
  for (std::size_t from = 0; from < ran.output.size();) {
    const auto end = std::min(ran.output.find('\n', from), ran.output.size());
    answer["output"].push_back(printable(ran.output.substr(from, end - from)));
    from = end + 1;
  }
  printJson(context.out, answer);
  return ran.exitCode;
}

}  // namespace

int runAdminProgram(const CommandLine& line, CliContext& context) {
  const std::string program = context.programFolder + "/k-admin";
  if (::access(program.c_str(), X_OK) != 0) {
    complain(context, std::string(line.command->name) + " needs k-admin, and there is no " + program +
                          ". Build it: ./k build");
    return kUnreachable;
  }
  std::vector<std::string> words{program, std::string(line.command->name), line.action};
  if (!line.argument.empty()) {
    words.push_back(line.argument);
  }
  if (line.json()) {
    return adminProgramToJson(line, words, context);
  }
  context.out.flush();
  complain(context, "k-admin cannot be started: " + becomeProgram(words, context.installation));
  return kUnreachable;
}

}  // namespace ks::cli
