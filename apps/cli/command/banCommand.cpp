#include <charconv>
#include <optional>
#include <ostream>

#include "apps/cli/command/adminList.hpp"
#include "apps/cli/commands.hpp"
#include "apps/cli/processQuery.hpp"

namespace ks::cli {
namespace {

constexpr long long kDefaultBanS = 86'400;

std::string byWhom(const Json& ban) {
  const auto rule = textOf(ban, "rule");
  return rule.empty() ? textOf(ban, "source") : "rule " + rule;
}

const AdminList kBans{"bans",
                      {{"ADDRESS"}, {"ENDS"}, {"BY"}, {"ID"}, {"REASON"}},
                      [](const Json& ban) {
                        return std::vector{textOf(ban, "address"), textOf(ban, "expires_at"), byWhom(ban),
                                           textOf(ban, "id"), textOf(ban, "reason")};
                      },
                      "There are no bans.\n"};

int reportBan(const CommandLine& line, CliContext& context, const Json& ban, const std::string& said) {
  if (line.json()) {
    printAction(line, context, {{"ban", ban}});
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
    return showList(line, context, "/control/bans", kBans);
  }
  return line.action == "add" ? addBan(line, context) : liftBan(line, context);
}

}  // namespace ks::cli
