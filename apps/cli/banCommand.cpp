#include <charconv>
#include <optional>
#include <ostream>

#include "apps/cli/commands.hpp"
#include "apps/cli/controlClient.hpp"
#include "apps/cli/processQuery.hpp"
#include "apps/cli/textTable.hpp"

namespace ks::cli {
namespace {

constexpr long long kDefaultBanS = 86'400;

/// The process's answer; nothing, and why on `err`, when it is no success. `status` becomes what kctl ends
/// with.
std::optional<Json> askForBans(CliContext& context, const char* method, const std::string& target,
                               const std::string& body, int& status) {
  const auto socket = context.controlSocket("admin");
  if (!socket) {
    status = kUnreachable;
    return std::nullopt;
  }
  const auto reply = askProcess(*socket, method, target, body);
  if (reply.status == 0) {
    complain(context, unreachableText("admin", *socket, reply.error));
    status = kUnreachable;
    return std::nullopt;
  }
  Json answer = Json::parse(reply.body, nullptr, false);
  if (reply.status >= 200 && reply.status < 300 && answer.is_object()) {
    return answer;
  }
  const auto error = answer.is_object() ? answer.find("error") : answer.end();
  if (answer.is_object() && error != answer.end() && error->is_object()) {
    complain(context, textOf(*error, "message") + " (" + textOf(*error, "code") + ", request " +
                          textOf(answer, "request_id") + ")");
  } else {
    complain(context, "k-admin answered " + std::to_string(reply.status) + "; see why: ./k logs k-admin");
  }
  status = kDegraded;
  return std::nullopt;
}

/// For a path's segment: the slash of a network is the only character that needs it.
std::string pathSegment(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '.' || c == ':' || c == '-';
    constexpr const char* kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += plain ? std::string(1, c) : std::string{'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return out;
}

std::string byWhom(const Json& ban) {
  const auto rule = textOf(ban, "rule");
  return rule.empty() ? textOf(ban, "source") : "rule " + rule;
}

int listBans(const CommandLine& line, CliContext& context) {
  int status = kOk;
  const auto answer = askForBans(context, "GET", "/control/bans", {}, status);
  if (!answer) {
    return status;
  }
  const auto& bans = listOf(*answer, "bans");
  if (line.json()) {
    Json out = jsonAnswer("ban");
    out["action"] = "list";
    out["bans"] = bans;
    printJson(context.out, out);
    return kOk;
  }
  TextTable table({{"ADDRESS"}, {"ENDS"}, {"BY"}, {"ID"}, {"REASON"}});
  for (const auto& ban : bans) {
    table.add({{printable(textOf(ban, "address"))},
               {printable(textOf(ban, "expires_at"))},
               {printable(byWhom(ban))},
               {printable(textOf(ban, "id"))},
               {printable(textOf(ban, "reason"))}});
  }
  context.out << (table.empty() ? "Nobody is banned.\n" : table.render(context.style));
  return kOk;
}

int reportBan(const CommandLine& line, CliContext& context, const Json& ban, const std::string& said) {
  if (line.json()) {
    Json out = jsonAnswer("ban");
    out["action"] = line.action;
    out["ban"] = ban;
    printJson(context.out, out);
  } else {
    context.out << said << "\n";
  }
  return kOk;
}

int addBan(const CommandLine& line, CliContext& context) {
  const auto text = line.value("--for");
  long long seconds = kDefaultBanS;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (!text.empty() && (error != std::errc{} || end != text.data() + text.size())) {
    complain(context, "--for takes seconds, not \"" + text + "\"");
    return kUsage;
  }
  Json request;
  request["address"] = line.argument;
  request["reason"] = line.value("--reason", "banned with kctl");
  request["expires_in_s"] = seconds;
  int status = kOk;
  const auto ban = askForBans(context, "POST", "/control/bans", request.dump(), status);
  return ban ? reportBan(line, context, *ban,
                         "Banned " + printable(textOf(*ban, "address")) + " until " +
                             printable(textOf(*ban, "expires_at")))
             : status;
}

int liftBan(const CommandLine& line, CliContext& context) {
  int status = kOk;
  const auto ban = askForBans(context, "DELETE", "/control/bans/" + pathSegment(line.argument), {}, status);
  return ban ? reportBan(line, context, *ban, "The ban of " + printable(textOf(*ban, "address")) + " is over")
             : status;
}

}  // namespace

int runBan(const CommandLine& line, CliContext& context) {
  if (line.action == "list") {
    return listBans(line, context);
  }
  return line.action == "add" ? addBan(line, context) : liftBan(line, context);
}

}  // namespace ks::cli
