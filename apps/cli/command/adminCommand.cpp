#include <optional>
#include <ostream>

#include "apps/cli/adminQuery.hpp"
#include "apps/cli/commands.hpp"
#include "apps/cli/secretFile.hpp"
#include "core/text/identifierFold.hpp"

namespace ks::cli {
namespace {

// The server hashes the password within 15 s even when others wait for hashes too.
constexpr std::chrono::seconds kPatience{20};
// RFC 6761: mail to .test never leaves the machine.
constexpr const char* kDevelopmentAddress = "admin@example.test";

std::optional<std::string> administratorAddress(const CommandLine& line, const CliContext& context) {
  std::string given = line.value("--email");
  if (given.empty() && !context.settings.settings.isProduction()) {
    given = kDevelopmentAddress;
  }
  if (given.empty()) {
    complain(context, "in production the administrator's address must be given: --email ADDRESS");
    return std::nullopt;
  }
  auto email = normalizeEmail(given);
  if (!email) {
    complain(context, "\"" + given + "\" is not an e-mail address");
  }
  return email;
}

int reportAdministrator(const CommandLine& line, CliContext& context, const Json& body, SecretFile* file) {
  const bool created = flagOf(body, "created");
  const std::string email = textOf(body, "email");
  const std::string password = textOf(body, "one_time_password");
  const std::string lines = "email: " + email + "\npassword: " + password + "\n";
  std::string problem;
  if (created && file != nullptr) {
    problem = file->finish(lines);
  }
  const bool inFile = created && file != nullptr && problem.empty();
  if (line.json()) {
    Json answer = jsonAnswer("admin");
    answer["action"] = "create";
    answer["created"] = created;
    answer["email"] = email;
    if (created && !inFile) {
      answer["one_time_password"] = password;
    }
    if (inFile) {
      answer["output"] = line.value("--output");
    }
    printJson(context.out, answer);
  } else if (!created) {
    context.out << "An administrator already exists; none was created.\n";
  } else if (inFile) {
    context.out << "Created the administrator " << email << "; the one-time password is in "
                << line.value("--output") << "\n";
  } else {
    context.out << lines
                << "The password must be changed at the first sign-in, and a second factor set up. "
                   "It is shown only here.\n";
  }
  if (!problem.empty()) {
    complain(context, problem + "; the password is printed above, store it");
    return kDegraded;
  }
  return kOk;
}

}  // namespace

int runAdmin(const CommandLine& line, CliContext& context) {
  const auto email = administratorAddress(line, context);
  if (!email) {
    return kUsage;
  }
  std::optional<SecretFile> file;
  if (line.has("--output")) {
    file.emplace(line.value("--output"));
    if (const auto problem = file->prepare(); !problem.empty()) {
      complain(context, problem);
      return kDegraded;
    }
  }
  Json request;
  request["email"] = *email;
  request["only_if_none"] = line.has("--if-none");
  int status = kOk;
  const auto body = askAdmin(context, "POST", "/control/administrators", request.dump(), status, kPatience);
  return body ? reportAdministrator(line, context, *body, file ? &*file : nullptr) : status;
}

}  // namespace ks::cli
