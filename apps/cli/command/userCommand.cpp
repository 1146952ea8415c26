#include <optional>
#include <ostream>

#include "apps/cli/command/adminList.hpp"
#include "apps/cli/commands.hpp"

namespace ks::cli {
namespace {

std::string rolesOf(const Json& user) {
  std::string text;
  for (const auto& role : listOf(user, "roles")) {
    text += (text.empty() ? "" : ", ") + role.get<std::string>();
  }
  return text;
}

const AdminList kUsers{"users",
                       {{"E-MAIL"}, {"STATUS"}, {"ROLES"}, {"LAST SIGN-IN"}, {"ID"}},
                       [](const Json& user) {
                         return std::vector{textOf(user, "email"), textOf(user, "status"), rolesOf(user),
                                            textOf(user, "last_login_at"), textOf(user, "id")};
                       },
                       "No account matches.\n"};

const AdminList kSessions{"sessions",
                          {{"BEGAN"}, {"LAST SEEN"}, {"ADDRESS"}, {"DEVICE"}, {"ID"}},
                          [](const Json& session) {
                            return std::vector{textOf(session, "created_at"), textOf(session, "last_seen_at"),
                                               textOf(session, "ip"), textOf(session, "device_name"),
                                               textOf(session, "id")};
                          },
                          "Not signed in anywhere.\n"};

int listUsers(const CommandLine& line, CliContext& context) {
  std::string target = "/control/users?limit=" + line.value("--limit", "50");
  for (const auto* name : {"q", "status", "role", "cursor"}) {
    if (const auto value = line.value("--" + std::string{name}); !value.empty()) {
      target += "&" + std::string{name} + "=" + pathSegment(value);
    }
  }
  int status = kOk;
  const auto answer = askAdmin(context, "GET", target, {}, status);
  if (!answer) {
    return status;
  }
  if (line.json()) {
    printAction(line, context, {{kUsers.name, listOf(*answer, "data")}, {"page", (*answer)["page"]}});
    return kOk;
  }
  printTable(context, kUsers, listOf(*answer, "data"));
  const auto& page = (*answer)["page"];
  if (page.is_object() && page.value("has_more", false)) {
    context.out << "There are more: --cursor " << printable(textOf(page, "next_cursor")) << "\n";
  }
  return kOk;
}

std::optional<Json> findUser(const CommandLine& line, CliContext& context, int& status) {
  Json request;
  request["name"] = line.argument;
  return askAdmin(context, "POST", "/control/users/lookup", request.dump(), status);
}

int reportUser(const CommandLine& line, CliContext& context, const Json& user) {
  if (line.json()) {
    printAction(line, context, {{"user", user}});
    return kOk;
  }
  TextTable table({{""}, {""}});
  for (const auto& [name, value] : user.items()) {
    if (!value.is_null()) {
      table.add({{name}, {printable(value.is_string() ? value.get<std::string>() : value.dump())}});
    }
  }
  context.out << table.render(context.style);
  return kOk;
}

}  // namespace

int runUser(const CommandLine& line, CliContext& context) {
  if (line.action == "list") {
    return listUsers(line, context);
  }
  int status = kOk;
  const auto user = findUser(line, context, status);
  if (!user) {
    return status;
  }
  const auto id = textOf(*user, "id");
  if (line.action == "show") {
    return reportUser(line, context, *user);
  }
  if (line.action == "sessions" && !line.has("--end")) {
    return showList(line, context, "/control/users/" + id + "/sessions", kSessions);
  }
  Json request = Json::object();
  if (line.action == "suspend") {
    request["reason"] = line.value("--reason", "suspended with kctl");
    if (line.has("--until")) {
      request["until"] = line.value("--until");
    }
  }
  const bool end = line.action == "sessions";
  const auto changed = askAdmin(context, end ? "DELETE" : "POST", "/control/users/" + id + "/" + line.action,
                                end ? std::string{} : request.dump(), status);
  return changed ? reportUser(line, context, *changed) : status;
}

}  // namespace ks::cli
