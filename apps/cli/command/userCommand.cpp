#include <optional>
#include <ostream>

#include "apps/cli/adminQuery.hpp"
#include "apps/cli/commands.hpp"
#include "apps/cli/view/textTable.hpp"

namespace ks::cli {
namespace {

std::string rolesOf(const Json& user) {
  std::string text;
  for (const auto& role : listOf(user, "roles")) {
    text += (text.empty() ? "" : ", ") + role.get<std::string>();
  }
  return text;
}

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
    Json out = jsonAnswer("user");
    out["action"] = "list";
    out["users"] = listOf(*answer, "data");
    out["page"] = (*answer)["page"];
    printJson(context.out, out);
    return kOk;
  }
  TextTable table({{"E-MAIL"}, {"STATUS"}, {"ROLES"}, {"LAST SIGN-IN"}, {"ID"}});
  for (const auto& user : listOf(*answer, "data")) {
    table.add({{printable(textOf(user, "email"))},
               {printable(textOf(user, "status"))},
               {printable(rolesOf(user))},
               {printable(textOf(user, "last_login_at"))},
               {printable(textOf(user, "id"))}});
  }
  context.out << (table.empty() ? "No account matches.\n" : table.render(context.style));
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
    Json out = jsonAnswer("user");
    out["action"] = line.action;
    out["user"] = user;
    printJson(context.out, out);
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

int listSessions(const CommandLine& line, CliContext& context, const std::string& userId) {
  int status = kOk;
  const auto answer = askAdmin(context, "GET", "/control/users/" + userId + "/sessions", {}, status);
  if (!answer) {
    return status;
  }
  const auto& sessions = listOf(*answer, "data");
  if (line.json()) {
    Json out = jsonAnswer("user");
    out["action"] = "sessions";
    out["sessions"] = sessions;
    printJson(context.out, out);
    return kOk;
  }
  TextTable table({{"BEGAN"}, {"LAST SEEN"}, {"ADDRESS"}, {"DEVICE"}, {"ID"}});
  for (const auto& session : sessions) {
    table.add({{printable(textOf(session, "created_at"))},
               {printable(textOf(session, "last_seen_at"))},
               {printable(textOf(session, "ip"))},
               {printable(textOf(session, "device_name"))},
               {printable(textOf(session, "id"))}});
  }
  context.out << (table.empty() ? "Not signed in anywhere.\n" : table.render(context.style));
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
    return listSessions(line, context, id);
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
