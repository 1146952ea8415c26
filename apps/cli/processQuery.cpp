#include "apps/cli/processQuery.hpp"

#include <sys/stat.h>

#include <cmath>
#include <ostream>

#include "apps/cli/controlClient.hpp"
#include "apps/cli/exitCode.hpp"

namespace ks::cli {

const OptionSpec kProcessOption{"--process", "NAME", "query only this process", "public|admin|all"};

std::vector<std::string> chosenProcesses(const CommandLine& line) {
  const std::string name = line.value(kProcessOption.name, "all");
  return name == "all" ? std::vector<std::string>{"public", "admin"} : std::vector<std::string>{name};
}

std::string unreachableText(const std::string& process, const std::string& socketPath,
                            const std::string& cause) {
  struct stat status {};
  std::string text = "k-" + process + " does not answer at " + socketPath + ": ";
  if (::stat(socketPath.c_str(), &status) != 0) {
    return text +
           "the socket does not exist, so the process does not run with these settings. Start it: ./k up; run "
           "kctl of the " +
           "same checkout (./k kctl), or set K_SOCKET_DIR.";
  }
  if (!S_ISSOCK(status.st_mode)) {
    return text + "that file is not a socket. Remove it, then: ./k up";
  }
  return text + cause + ", although the socket exists. See why: ./k logs k-" + process +
         "; start it again: ./k up";
}

ProcessAnswer askProcess(const std::string& process, const CliContext& context, const std::string& target) {
  ProcessAnswer answer;
  answer.process = process;
  const auto socket = context.controlSocket(process);
  if (!socket) {
    answer.problem = "K_SOCKET_DIR is invalid";
    return answer;
  }
  const auto reply = askProcess(*socket, "GET", target, {});
  if (reply.status == 0) {
    answer.problem = unreachableText(process, *socket, reply.error);
    return answer;
  }
  answer.body = Json::parse(reply.body, nullptr, false);
  answer.reachable = reply.status == 200 && answer.body.is_object();
  if (!answer.reachable) {
    answer.problem = "k-" + process + " answered " + std::to_string(reply.status) + " to " + target +
                     ", which this kctl does not understand; use the kctl of the same build";
    answer.body = Json::object();
  }
  return answer;
}

std::vector<ProcessAnswer> askProcesses(const CommandLine& line, const CliContext& context,
                                        const std::string& target) {
  std::vector<ProcessAnswer> answers;
  for (const auto& process : chosenProcesses(line)) {
    answers.push_back(askProcess(process, context, target));
  }
  return answers;
}

bool complainOfUnreachable(const std::vector<ProcessAnswer>& answers, const CliContext& context) {
  bool fine = true;
  for (const auto& answer : answers) {
    if (!answer.reachable) {
      complain(context, answer.problem);
      fine = false;
    }
  }
  return fine;
}

std::string textOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? printable(found->get<std::string>()) : std::string{};
}

double numberOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

bool flagOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

const Json& listOf(const Json& object, const char* name) {
  static const Json nothing = Json::array();
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : nothing;
}

std::string countOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->dump() : "0";
}

Json reachabilityOf(const ProcessAnswer& answer) {
  Json entry;
  entry["process"] = answer.process;
  entry["reachable"] = answer.reachable;
  if (!answer.reachable) {
    entry["error"] = answer.problem;
  }
  return entry;
}

Json jsonAnswer(std::string_view command) {
  Json answer;
  answer["format"] = 1;
  answer["command"] = command;
  return answer;
}

void printJson(std::ostream& out, const Json& answer) {
  out << answer.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

void printAction(const CommandLine& line, const CliContext& context, const Json& fields) {
  Json answer = jsonAnswer(line.command->name);
  answer["action"] = line.action;
  answer.update(fields);
  printJson(context.out, answer);
}

namespace {

/// `field: message`.
std::string faultText(const Json& fault) {
  const auto field = textOf(fault, "field");
  return (field.empty() ? field : field + ": ") + textOf(fault, "message");
}

}  // namespace

std::string refusalText(const Json& body, int status) {
  const auto error = body.is_object() ? body.find("error") : body.end();
  if (!body.is_object() || error == body.end() || !error->is_object()) {
    return "k-admin answered " + std::to_string(status) + "; see why: ./k logs k-admin";
  }
  std::string text =
      faultText(*error) + " (" + textOf(*error, "code") + ", request " + textOf(body, "request_id") + ")";
  for (const auto& detail : listOf(*error, "details")) {
    text += "\n  " + faultText(detail);
  }
  return text;
}

}  // namespace ks::cli
