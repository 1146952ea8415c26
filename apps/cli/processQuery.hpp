#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "apps/cli/cliContext.hpp"
#include "apps/cli/commandLine.hpp"

namespace ks::cli {

using Json = nlohmann::ordered_json;

/// The answer of one process.
struct ProcessAnswer {
  std::string process;  ///< public or admin
  bool reachable = false;
  std::string problem;  ///< for a person, with the next step; empty when reachable
  Json body;            ///< an object when reachable
};

/// `--process public|admin|all`; all is the default.
extern const OptionSpec kProcessOption;

/// The processes that the command line names.
std::vector<std::string> chosenProcesses(const CommandLine& line);

/// GET of `target` on the process's control socket.
ProcessAnswer askProcess(const std::string& process, const CliContext& context, const std::string& target);

/// Asks each chosen process, one after the other.
std::vector<ProcessAnswer> askProcesses(const CommandLine& line, const CliContext& context,
                                        const std::string& target);

/// Why `socketPath` does not answer and how to fix it.
std::string unreachableText(const std::string& process, const std::string& socketPath,
                            const std::string& cause);

/// Its first fields in a JSON answer.
Json reachabilityOf(const ProcessAnswer& answer);

/// Prints the problem of each that is not reachable; true when all are.
bool complainOfUnreachable(const std::vector<ProcessAnswer>& answers, const CliContext& context);

/// The message for the user in a process's error body.
std::string refusalText(const Json& body, int status);

/// Reads fields of an answer of any form.
std::string textOf(const Json& object, const char* name);
double numberOf(const Json& object, const char* name);
bool flagOf(const Json& object, const char* name);
/// An array; empty if it is not one.
const Json& listOf(const Json& object, const char* name);
/// A count as text.
std::string countOf(const Json& object, const char* name);

/// First fields of every JSON answer. The format number changes only when a field changes its meaning or
/// is removed.
Json jsonAnswer(std::string_view command);
void printJson(std::ostream& out, const Json& answer);
/// The whole JSON answer of an action: the first fields, the action, `fields`.
void printAction(const CommandLine& line, const CliContext& context, const Json& fields);

}  // namespace ks::cli
