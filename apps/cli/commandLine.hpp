#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ks::cli {

struct CommandLine;
struct CliContext;

struct OptionSpec {
  std::string_view name;         ///< `--to`
  std::string_view placeholder;  ///< `ADDRESS`; empty: a switch
  std::string_view summary;
  std::string_view choices = {};  ///< `public|admin|all`; empty: any text, a placeholder FILE completes files
  std::string_view action = {};   ///< the one action that takes it; empty: all. Others may have the same name
};

struct ActionSpec {
  std::string_view name;
  std::string_view argument;  ///< `ID`, required; `FILE...`: one or more; empty: none
  std::string_view summary;
};

/// One command as data: parsing, help and completion come from it.
struct CommandSpec {
  std::string_view name;
  std::string_view summary;
  std::string_view details;
  std::string_view example;
  std::vector<ActionSpec> actions;
  std::string_view defaultAction = {};  ///< used when none is given; empty: one is required
  std::string_view argument = {};       ///< optional word of a command without actions
  std::vector<OptionSpec> options;
  int (*run)(const CommandLine&, CliContext&) = nullptr;
};

struct CommandLine {
  const CommandSpec* command = nullptr;  ///< nullptr: none given
  std::string action;
  std::string argument;                                     ///< the first
  std::vector<std::string> arguments;                       ///< all
  std::map<std::string, std::string, std::less<>> options;  ///< a switch has an empty text
  bool help = false;
  bool version = false;

  [[nodiscard]] bool has(std::string_view option) const { return options.find(option) != options.end(); }
  [[nodiscard]] std::string value(std::string_view option, std::string_view fallback = {}) const;
  [[nodiscard]] bool json() const { return has("--json"); }
};

struct UsageError {
  std::string message;
  const CommandSpec* command = nullptr;  ///< the command whose help to show; nullptr: the general help
};

/// Accepted by every command.
extern const OptionSpec kJsonOption;

const CommandSpec* findCommand(std::span<const CommandSpec> commands, std::string_view name);

/// `words` without the program's name. Options may be anywhere; `--name=value` and `--name value` mean the
/// same; after `--` there are no options.
std::variant<CommandLine, UsageError> parseCommandLine(std::span<const std::string> words,
                                                       std::span<const CommandSpec> commands);

/// `a|b|c` as its parts.
std::vector<std::string_view> splitChoices(std::string_view choices);

}  // namespace ks::cli
