#include <optional>
#include <ostream>

#include "apps/cli/adminQuery.hpp"
#include "apps/cli/commands.hpp"
#include "apps/cli/view/settingsView.hpp"

namespace ks::cli {
namespace {

int showLocalSettings(const CommandLine& line, CliContext& context) {
  if (line.json()) {
    printJson(context.out, localSettingsJson(context.settings));
  } else {
    context.out << renderSettings(context.settings);
    context.err << printable(renderFaults(context.settings), true);
  }
  return context.settings.ok() ? kOk : kDegraded;
}

/// {"K_X": "text"}, or null for what is reset; nothing when a word has another form.
std::optional<Json> wishesOf(const CommandLine& line, CliContext& context) {
  Json wishes = Json::object();
  for (const auto& word : line.arguments) {
    const auto equals = word.find('=');
    if ((equals != std::string::npos) != (line.action == "set")) {
      complain(context, line.action == "set" ? "set takes VARIABLE=VALUE, not \"" + word + "\""
                                             : "reset takes names of variables, not \"" + word + "\"");
      return std::nullopt;
    }
    wishes[word.substr(0, equals)] = line.action == "set" ? Json(word.substr(equals + 1)) : Json(nullptr);
  }
  return wishes;
}

int changeSettings(const CommandLine& line, CliContext& context) {
  const auto wishes = wishesOf(line, context);
  if (!wishes) {
    return kUsage;
  }
  Json request;
  request["settings"] = *wishes;
  int status = kOk;
  const auto answer = askAdmin(context, "PATCH", "/control/settings", request.dump(), status);
  if (!answer) {
    return status;
  }
  if (line.json()) {
    printAction(
        line, context,
        {{"version", answer->value("version", Json())}, {"values", answer->value("values", Json::object())}});
  } else {
    for (const auto& [variable, wish] : wishes->items()) {
      context.out << (line.action == "set" ? "Set " : "Reset ") << printable(variable) << "\n";
    }
  }
  return kOk;
}

}  // namespace

int runSettings(const CommandLine& line, CliContext& context) {
  if (line.action != "show") {
    return changeSettings(line, context);
  }
  if (line.has("--local")) {
    return showLocalSettings(line, context);
  }
  const auto answers = askProcesses(line, context, "/control/settings");
  if (line.json()) {
    printJson(context.out, runningSettingsJson(answers));
  } else {
    context.out << renderRunningSettings(answers, context.style);
  }
  if (!complainOfUnreachable(answers, context)) {
    context.err << "kctl settings --local shows the settings of a process started now\n";
    return kUnreachable;
  }
  return kOk;
}

}  // namespace ks::cli
