#include "apps/cli/view/completionScript.hpp"

#include <algorithm>
#include <vector>

namespace ks::cli {
namespace {

std::string actionNames(const CommandSpec& command) {
  std::string names;
  for (const auto& action : command.actions) {
    names += (names.empty() ? "" : " ") + std::string(action.name);
  }
  return names;
}

std::string commandNames(std::span<const CommandSpec> commands) {
  std::string names;
  for (const auto& command : commands) {
    names += (names.empty() ? "" : " ") + std::string(command.name);
  }
  return names;
}

/// Text within single quotes of an _arguments or _describe specification.
std::string zshText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += std::string_view("[]:\\").find(c) == std::string_view::npos ? "" : "\\";
      out += c;
    }
  }
  return out;
}

/// Options of one name are completed as one, whatever the action.
struct NamedOption {
  OptionSpec option;
  std::vector<std::string_view> choices;
};

void addOption(std::vector<NamedOption>& known, const OptionSpec& option) {
  auto found = std::find_if(known.begin(), known.end(),
                            [&option](const auto& one) { return one.option.name == option.name; });
  if (found == known.end()) {
    found = known.insert(known.end(), {option, {}});
  }
  for (const auto choice : splitChoices(option.choices)) {
    if (std::find(found->choices.begin(), found->choices.end(), choice) == found->choices.end()) {
      found->choices.push_back(choice);
    }
  }
}

std::vector<NamedOption> optionsOf(const CommandSpec& command) {
  std::vector<NamedOption> options;
  for (const auto& option : command.options) {
    addOption(options, option);
  }
  return options;
}

std::string choiceWords(const NamedOption& named) {
  std::string words;
  for (const auto choice : named.choices) {
    words += (words.empty() ? "" : " ") + std::string(choice);
  }
  return words;
}

std::string zshOption(const NamedOption& named) {
  const auto& option = named.option;
  std::string text = "'" + std::string(option.name) + (option.placeholder.empty() ? "" : "=") + "[" +
                     zshText(option.summary) + "]";
  if (!option.placeholder.empty()) {
    text += ":" + std::string(option.placeholder) + ":";
    text += option.placeholder == "FILE" ? "_files"
            : named.choices.empty()      ? ""
                                         : "(" + choiceWords(named) + ")";
  }
  return text + "'";
}

}  // namespace

std::string bashCompletion(std::span<const CommandSpec> commands) {
  std::vector<NamedOption> valued;
  for (const auto& command : commands) {
    for (const auto& option : command.options) {
      if (!option.placeholder.empty()) {
        addOption(valued, option);
      }
    }
  }
  std::string valuedNames;
  std::string values;
  for (const auto& named : valued) {
    const std::string name(named.option.name);
    valuedNames += (valuedNames.empty() ? "" : " | ") + name;
    const std::string source = named.option.placeholder == "FILE" ? "-f" : "-W '" + choiceWords(named) + "'";
    values +=
        "    " + name + ") COMPREPLY=($(compgen " + source + " -- \"$current\")) && return; return ;;\n";
  }
  std::string cases;
  for (const auto& command : commands) {
    std::string options = "--json --help";
    for (const auto& named : optionsOf(command)) {
      options += " " + std::string(named.option.name);
    }
    const std::string first = command.argument.empty() ? actionNames(command) : commandNames(commands);
    cases += "    " + std::string(command.name) + ") words='" + options + "'";
    cases += first.empty() ? " ;;\n" : "; [ -n \"$action\" ] || words+=' " + first + "' ;;\n";
  }
  return "# bash completion of kctl; made by: kctl completion bash\n"
         "_kctl() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} command='' action='' words='' skip='' i\n"
         "  COMPREPLY=()\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    if [ -n \"$skip\" ]; then skip='' && continue; fi\n"
         "    case ${COMP_WORDS[i]} in\n"
         "      " +
         valuedNames +
         ") skip=1 ;;\n"
         "      -* | =) ;;\n"
         "      *) if [ -z \"$command\" ]; then command=${COMP_WORDS[i]}; elif [ -z \"$action\" ]; then "
         "action=${COMP_WORDS[i]}; fi ;;\n"
         "    esac\n"
         "  done\n"
         "  case ${COMP_WORDS[COMP_CWORD - 1]} in\n" +
         values +
         "  esac\n"
         "  case $command in\n"
         "    '') words='" +
         commandNames(commands) + " --help --version' ;;\n" + cases +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "}\n"
         "complete -o default -F _kctl kctl\n";
}

std::string zshCompletion(std::span<const CommandSpec> commands) {
  std::string described;
  std::string cases;
  for (const auto& command : commands) {
    described += "    '" + std::string(command.name) + ":" + zshText(command.summary) + "'\n";
    cases += "    " + std::string(command.name) + ") _arguments";
    const std::string first = command.argument.empty() ? actionNames(command) : commandNames(commands);
    cases += first.empty() ? "" : " '1:action:(" + first + ")'";
    for (const auto& named : optionsOf(command)) {
      cases += " " + zshOption(named);
    }
    cases += " " + zshOption({kJsonOption, {}}) + " '--help[this text]' ;;\n";
  }
  return "#compdef kctl\n"
         "# zsh completion of kctl; made by: kctl completion zsh\n"
         "_kctl() {\n"
         "  local -a commands=(\n" +
         described +
         "  )\n"
         "  if (( CURRENT == 2 )); then\n"
         "    _describe command commands\n"
         "    return\n"
         "  fi\n"
         "  local command=$words[2]\n"
         "  shift words\n"
         "  (( CURRENT-- ))\n"
         "  case $command in\n" +
         cases +
         "  esac\n"
         "}\n"
         "if [ \"${funcstack[1]}\" = _kctl ]; then _kctl \"$@\"; else compdef _kctl kctl; fi\n";
}

}  // namespace ks::cli
