#include "apps/cli/commandLine.hpp"

#include <algorithm>
#include <optional>

namespace ks::cli {

const OptionSpec kJsonOption{"--json", "", "print JSON for programs, in a stable format"};

namespace {

class CommandLineParser {
 public:
  CommandLineParser(std::span<const std::string> words, std::span<const CommandSpec> commands)
      : words_(words), commands_(commands) {}

  std::variant<CommandLine, UsageError> parse() {
    collect();
    if (!error_ && !line_.help && !line_.version) {
      place();
      checkOptions();
    }
    if (error_) {
      return UsageError{*error_, line_.command};
    }
    return std::move(line_);
  }

 private:
  void fail(std::string message) {
    if (!error_) {
      error_ = std::move(message);
    }
  }

  const OptionSpec* findOption(std::string_view name) const {
    if (name == kJsonOption.name) {
      return &kJsonOption;
    }
    if (line_.command == nullptr) {
      return nullptr;
    }
    const auto& options = line_.command->options;
    const auto found = std::find_if(options.begin(), options.end(),
                                    [name](const auto& option) { return option.name == name; });
    return found == options.end() ? nullptr : &*found;
  }

  void collect() {
    bool onlyWords = false;
    // The command determines the options, so it is searched first.
    for (const auto& word : words_) {
      if (line_.command = findCommand(commands_, word); line_.command != nullptr || !word.starts_with('-')) {
        break;
      }
    }
    for (std::size_t i = 0; i < words_.size() && !error_; ++i) {
      const std::string& word = words_[i];
      if (onlyWords || !word.starts_with('-') || word == "-") {
        takeWord(word);
      } else if (word == "--") {
        onlyWords = true;
      } else if (word == "--help" || word == "-h") {
        line_.help = true;
      } else if (word == "--version") {
        line_.version = true;
      } else {
        i += takeOption(word, i + 1 < words_.size() ? &words_[i + 1] : nullptr);
      }
    }
  }

  void takeWord(const std::string& word) {
    if (commandSeen_) {
      rest_.push_back(word);
    } else if (line_.command == nullptr) {
      fail("there is no command \"" + word + "\"");
    } else {
      commandSeen_ = true;
    }
  }

  /// The number of following words that it used.
  std::size_t takeOption(const std::string& word, const std::string* next) {
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const OptionSpec* option = findOption(name);
    if (option == nullptr) {
      fail(line_.command == nullptr ? "there is no option " + name
                                    : "\"" + std::string(line_.command->name) + "\" has no option " + name);
      return 0;
    }
    if (line_.has(name)) {
      fail(name + " is given twice");
      return 0;
    }
    if (option->placeholder.empty()) {
      if (equals != std::string::npos) {
        fail(name + " takes no value");
      }
      line_.options.emplace(name, std::string{});
      return 0;
    }
    const bool inline_ = equals != std::string::npos;
    const std::string value = inline_ ? word.substr(equals + 1) : next != nullptr ? *next : std::string{};
    if (value.empty()) {
      fail(name + " needs a value: " + name + " " + std::string(option->placeholder));
      return 0;
    }
    line_.options.emplace(name, value);
    return inline_ ? 0 : 1;
  }

  void place() {
    if (line_.command == nullptr) {
      if (!line_.options.empty()) {
        fail("a command is missing");
      }
      return;
    }
    const CommandSpec& command = *line_.command;
    if (command.actions.empty()) {
      placeArgument(command.argument, false, 0);
      return;
    }
    std::string given = rest_.empty() ? std::string(command.defaultAction) : rest_.front();
    const auto action = std::find_if(command.actions.begin(), command.actions.end(),
                                     [&given](const auto& candidate) { return candidate.name == given; });
    if (action == command.actions.end()) {
      std::string names;
      for (const auto& candidate : command.actions) {
        names += (names.empty() ? "" : ", ") + std::string(candidate.name);
      }
      const std::string name(command.name);
      fail(given.empty() ? "\"" + name + "\" needs one of: " + names
                         : "\"" + name + "\" knows " + names + "; not \"" + given + "\"");
      return;
    }
    line_.action = std::move(given);
    placeArgument(action->argument, true, rest_.empty() ? 0 : 1);
  }

  void placeArgument(std::string_view argument, bool required, std::size_t from) {
    const std::size_t count = rest_.size() - from;
    if (count > (argument.empty() ? 0U : 1U) && !argument.ends_with("...")) {
      fail("\"" + rest_.back() + "\" is unexpected");
    } else if (count == 0 && required && !argument.empty()) {
      fail("\"" + std::string(line_.command->name) + " " + line_.action + "\" needs " +
           std::string(argument));
    } else if (count > 0) {
      line_.argument = rest_[from];
      line_.arguments.assign(rest_.begin() + static_cast<std::ptrdiff_t>(from), rest_.end());
    }
  }

  /// Of options with one name the one that goes with the action.
  const OptionSpec* optionOfAction(std::string_view name) {
    if (line_.command == nullptr || name == kJsonOption.name) {
      return nullptr;
    }
    std::string actions;
    for (const auto& option : line_.command->options) {
      if (option.name != name) {
        continue;
      }
      if (option.action.empty() || option.action == line_.action) {
        return &option;
      }
      actions += (actions.empty() ? "\"" : " or \"") + std::string(line_.command->name) + " " +
                 std::string(option.action) + "\"";
    }
    fail(std::string(name) + " goes with " + actions + " only");
    return nullptr;
  }

  void checkOptions() {
    for (const auto& [name, value] : line_.options) {
      const OptionSpec* option = optionOfAction(name);
      const auto choices = splitChoices(option == nullptr ? std::string_view{} : option->choices);
      if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end()) {
        fail(name + " is one of " + std::string(option->choices) + ", not \"" + value + "\"");
      }
    }
  }

  std::span<const std::string> words_;
  std::span<const CommandSpec> commands_;
  CommandLine line_;
  std::vector<std::string> rest_;
  bool commandSeen_ = false;
  std::optional<std::string> error_;
};

}  // namespace

std::string CommandLine::value(std::string_view option, std::string_view fallback) const {
  const auto found = options.find(option);
  return found == options.end() ? std::string(fallback) : found->second;
}

const CommandSpec* findCommand(std::span<const CommandSpec> commands, std::string_view name) {
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [name](const auto& command) { return command.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

std::variant<CommandLine, UsageError> parseCommandLine(std::span<const std::string> words,
                                                       std::span<const CommandSpec> commands) {
  return CommandLineParser(words, commands).parse();
}

std::vector<std::string_view> splitChoices(std::string_view choices) {
  std::vector<std::string_view> parts;
  while (!choices.empty()) {
    const auto end = std::min(choices.find('|'), choices.size());
    parts.push_back(choices.substr(0, end));
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return parts;
}

}  // namespace ks::cli
