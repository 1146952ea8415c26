#include <charconv>
#include <chrono>
#include <optional>
#include <ostream>

#include "apps/cli/command/adminList.hpp"
#include "apps/cli/commands.hpp"
#include "apps/cli/secretFile.hpp"
#include "core/text/timeText.hpp"

namespace ks::cli {
namespace {

/// `a,b` as a JSON list.
Json commaList(const std::string& text) {
  Json list = Json::array();
  for (std::size_t from = 0; from <= text.size();) {
    const auto comma = std::min(text.find(',', from), text.size());
    if (comma > from) {
      list.push_back(text.substr(from, comma - from));
    }
    from = comma + 1;
  }
  return list;
}

std::optional<long long> secondsOf(const CommandLine& line, CliContext& context, const char* option) {
  const auto text = line.value(option, "0");
  long long seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() || seconds < 0) {
    complain(context, std::string(option) + " takes seconds, not \"" + text + "\"");
    return std::nullopt;
  }
  return seconds;
}

std::string joinedWords(const Json& list) {
  std::string text;
  for (const auto& word : list) {
    text += (text.empty() ? "" : " ") + (word.is_string() ? word.get<std::string>() : std::string{});
  }
  return text;
}

std::string stateOf(const Json& key) {
  const auto expires = textOf(key, "expires_at");
  return !textOf(key, "revoked_at").empty() ? "revoked" : expires.empty() ? "good" : "until " + expires;
}

const AdminList kKeys{"keys",
                      {{"ID"}, {"KIND"}, {"NAME"}, {"STATE"}, {"LAST USED"}, {"SCOPES"}},
                      [](const Json& key) {
                        return std::vector{textOf(key, "id"),           textOf(key, "kind"),
                                           textOf(key, "name"),         stateOf(key),
                                           textOf(key, "last_used_at"), joinedWords(listOf(key, "scopes"))};
                      },
                      "There are no keys.\n"};

/// Requests a key and outputs it once, on the screen or into a file.
int issueKey(const CommandLine& line, CliContext& context, const std::string& target, const Json& request) {
  std::optional<SecretFile> file;
  if (line.has("--output")) {
    file.emplace(line.value("--output"));
    if (const auto problem = file->prepare(); !problem.empty()) {
      complain(context, problem);
      return kDegraded;
    }
  }
  int status = kOk;
  const auto issued = askAdmin(context, "POST", target, request.dump(), status);
  if (!issued) {
    return status;
  }
  const auto key = textOf(*issued, "key");
  const auto problem = file ? file->finish(key + "\n") : std::string{};
  const bool inFile = file && problem.empty();
  if (line.json()) {
    Json fields{{"details", issued->value("details", Json::object())}};
    fields[inFile ? "output" : "key"] = inFile ? line.value("--output") : key;
    printAction(line, context, fields);
  } else if (inFile) {
    context.out << "The key is in " << line.value("--output") << "\n";
  } else {
    context.out << key << "\n";
  }
  if (!problem.empty()) {
    complain(context, problem + "; the key is printed above, store it");
    return kDegraded;
  }
  return kOk;
}

int createKey(const CommandLine& line, CliContext& context) {
  const auto seconds = secondsOf(line, context, "--for");
  if (!seconds) {
    return kUsage;
  }
  Json request;
  request["name"] = line.argument;
  request["kind"] = line.value("--kind", "admin");
  request["scopes"] = commaList(line.value("--scopes"));
  request["allowed_cidrs"] = commaList(line.value("--from"));
  if (*seconds > 0) {
    const auto now =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    request["expires_at"] = formatTime(now + std::chrono::seconds{*seconds});
  }
  return issueKey(line, context, "/control/keys", request);
}

int rotateKey(const CommandLine& line, CliContext& context) {
  const auto seconds = secondsOf(line, context, "--overlap");
  if (!seconds) {
    return kUsage;
  }
  Json request;
  request["overlap_s"] = *seconds;
  return issueKey(line, context, "/control/keys/" + line.argument + "/rotate", request);
}

int revokeKey(const CommandLine& line, CliContext& context) {
  int status = kOk;
  const auto key = askAdmin(context, "DELETE", "/control/keys/" + line.argument, {}, status);
  if (!key) {
    return status;
  }
  if (line.json()) {
    printAction(line, context, {{"details", *key}});
  } else {
    context.out << "The key " << printable(textOf(*key, "name")) << " is revoked\n";
  }
  return kOk;
}

}  // namespace

int runKey(const CommandLine& line, CliContext& context) {
  if (line.action == "list") {
    return showList(line, context, "/control/keys", kKeys);
  }
  const bool plainId = line.argument.find_first_not_of("0123456789abcdefABCDEF-") == std::string::npos;
  if (line.action != "create" && !plainId) {
    complain(context, "\"" + line.argument + "\" is not the id of a key; kctl key list shows them");
    return kUsage;
  }
  return line.action == "create"   ? createKey(line, context)
         : line.action == "rotate" ? rotateKey(line, context)
                                   : revokeKey(line, context);
}

}  // namespace ks::cli
