#include "apps/cli/view/helpText.hpp"

#include "apps/cli/view/textTable.hpp"

namespace ks::cli {
namespace {

constexpr const char* kExitStatuses =
    "exit status: 0 fine, 1 degraded or refused, 2 a process cannot be reached, 64 wrong usage\n";

Cell optionCell(const OptionSpec& option) {
  return {std::string(option.name) +
          (option.placeholder.empty() ? "" : " " + std::string(option.placeholder))};
}

std::string optionText(const OptionSpec& option) {
  std::string text(option.summary);
  if (!option.choices.empty()) {
    text += " (" + std::string(option.choices) + ")";
  }
  return text;
}

}  // namespace

std::string usageLine(const CommandSpec& command) {
  std::string line = "kctl " + std::string(command.name);
  if (!command.argument.empty()) {
    line += " [" + std::string(command.argument) + "]";
  }
  std::string actions;
  for (const auto& action : command.actions) {
    actions += (actions.empty() ? "" : " | ") + std::string(action.name);
    actions += action.argument.empty() ? "" : " " + std::string(action.argument);
  }
  if (!actions.empty()) {
    const bool bare = command.actions.size() == 1;
    line += bare                            ? " " + actions
            : command.defaultAction.empty() ? " (" + actions + ")"
                                            : " [" + actions + "]";
  }
  return line + " [options]";
}

std::string renderHelp(std::span<const CommandSpec> commands, const ConsoleStyle& style) {
  std::string out = "kctl: the operator's tool of k-services\n\n" + style.paint(Tone::strong, "usage:") +
                    " kctl COMMAND [options]\n\n" + style.paint(Tone::strong, "commands:") + "\n";
  TextTable table({{""}, {""}});
  for (const auto& command : commands) {
    table.add({{std::string(command.name)}, {std::string(command.summary)}});
  }
  out += table.render(style, "  ");
  out += "\nEvery command takes --json and --help. kctl --version prints the version.\n";
  out += "Colours are for terminals; NO_COLOR=1 turns them off.\n";
  return out + kExitStatuses;
}

std::string renderCommandHelp(const CommandSpec& command, const ConsoleStyle& style) {
  std::string out = style.paint(Tone::strong, "usage:") + " " + usageLine(command) + "\n\n" +
                    std::string(command.name) + ": " + std::string(command.summary) + "\n";
  if (!command.details.empty()) {
    out += std::string(command.details) + "\n";
  }
  if (!command.actions.empty()) {
    TextTable actions({{""}, {""}});
    for (const auto& action : command.actions) {
      const std::string argument = action.argument.empty() ? "" : " " + std::string(action.argument);
      const std::string remark = action.name == command.defaultAction ? " (when none is given)" : "";
      actions.add({{std::string(action.name) + argument}, {std::string(action.summary) + remark}});
    }
    out += "\n" + style.paint(Tone::strong, "actions:") + "\n" + actions.render(style, "  ");
  }
  TextTable options({{""}, {""}});
  for (const auto& option : command.options) {
    const std::string remark = option.action.empty() ? "" : "; with " + std::string(option.action);
    options.add({optionCell(option), {optionText(option) + remark}});
  }
  options.add({optionCell(kJsonOption), {optionText(kJsonOption)}});
  options.add({{"--help"}, {"this text"}});
  out += "\n" + style.paint(Tone::strong, "options:") + "\n" + options.render(style, "  ");
  out += "\n" + style.paint(Tone::strong, "example:") + "\n  " + std::string(command.example) + "\n\n";
  return out + kExitStatuses;
}

}  // namespace ks::cli
