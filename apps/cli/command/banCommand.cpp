#include <charconv>
#include <optional>
#include <ostream>

#include "apps/cli/adminQuery.hpp"
#include "apps/cli/commands.hpp"
#include "apps/cli/processQuery.hpp"
#include "apps/cli/view/textTable.hpp"

namespace ks::cli {
namespace {

constexpr long long kDefaultBanS = 86'400;

std::string byWhom(const Json& ban) {
  const auto rule = textOf(ban, "rule");
  return rule.empty() ? textOf(ban, "source") : "rule " + rule;
}

int listBans(const CommandLine& line, CliContext& context) {
  int status = kOk;
  const auto answer = askAdmin(context, "GET", "/control/bans", {}, status);
  if (!answer) {
    return status;
  }
  const auto& bans = listOf(*answer, "data");
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
  context.out << (table.empty() ? "There are no bans.\n" : table.render(context.style));
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
  const auto ban = askAdmin(context, "POST", "/control/bans", request.dump(), status);
  return ban ? reportBan(line, context, *ban,
                         "Banned " + printable(textOf(*ban, "address")) + " until " +
                             printable(textOf(*ban, "expires_at")))
             : status;
}

int liftBan(const CommandLine& line, CliContext& context) {
  int status = kOk;
  const auto ban = askAdmin(context, "DELETE", "/control/bans/" + pathSegment(line.argument), {}, status);
  return ban ? reportBan(line, context, *ban,
                         "The ban of " + printable(textOf(*ban, "address")) + " has ended")
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
