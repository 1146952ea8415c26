#include <catch2/catch_test_macros.hpp>

#include "apps/cli/commandTable.hpp"

namespace ks::cli {
namespace {

std::variant<CommandLine, UsageError> parseWords(const std::vector<std::string>& words) {
  return parseCommandLine(words, commandTable());
}

CommandLine parsed(const std::vector<std::string>& words) {
  auto result = parseWords(words);
  INFO((std::holds_alternative<UsageError>(result) ? std::get<UsageError>(result).message : ""));
  REQUIRE(std::holds_alternative<CommandLine>(result));
  return std::get<CommandLine>(result);
}

std::string refused(const std::vector<std::string>& words) {
  auto result = parseWords(words);
  REQUIRE(std::holds_alternative<UsageError>(result));
  return std::get<UsageError>(result).message;
}

}  // namespace

TEST_CASE("options may stand before and after the command, with = or a space") {
  for (const auto& words : std::vector<std::vector<std::string>>{{"status", "--process", "admin", "--json"},
                                                                 {"--json", "status", "--process=admin"},
                                                                 {"status", "--json", "--process=admin"}}) {
    const auto line = parsed(words);
    REQUIRE(line.command != nullptr);
    CHECK(line.command->name == "status");
    CHECK(line.value("--process") == "admin");
    CHECK(line.json());
  }
}

TEST_CASE("actions, their arguments and the default action") {
  CHECK(parsed({"mail"}).action == "list");
  const auto show = parsed({"mail", "show", "abc"});
  CHECK(show.action == "show");
  CHECK(show.argument == "abc");
  CHECK(parsed({"mail", "show", "--", "--json"}).argument == "--json");
  CHECK(parsed({"migrate", "down", "0"}).argument == "0");
  CHECK(parsed({"help", "mail"}).argument == "mail");
  CHECK(parsed({"help"}).argument.empty());
  const auto import = parsed({"logs", "import", "a.log", "--source", "dos", "b.log"});
  CHECK(import.argument == "a.log");
  CHECK(import.arguments == std::vector<std::string>{"a.log", "b.log"});
  CHECK(parsed({}).command == nullptr);
}

TEST_CASE("help and version win over what is missing") {
  CHECK(parsed({"migrate", "--help"}).help);
  CHECK(parsed({"-h"}).help);
  CHECK(parsed({"--version"}).version);
}

TEST_CASE("wrong usage names what is wrong") {
  CHECK(refused({"sttus"}) == "there is no command \"sttus\"");
  CHECK(refused({"status", "--nowhere"}) == "\"status\" has no option --nowhere");
  CHECK(refused({"--nowhere"}) == "there is no option --nowhere");
  CHECK(refused({"--json"}) == "a command is missing");
  CHECK(refused({"status", "more"}) == "\"more\" is unexpected");
  CHECK(refused({"status", "--process"}) == "--process needs a value: --process NAME");
  CHECK(refused({"status", "--process", "web"}) == "--process is one of public|admin|all, not \"web\"");
  CHECK(refused({"status", "--json=yes"}) == "--json takes no value");
  CHECK(refused({"ps", "--json", "--json"}) == "--json is given twice");
  CHECK(refused({"migrate"}) == "\"migrate\" needs one of: up, down, status");
  CHECK(refused({"migrate", "sideways"}) == "\"migrate\" knows up, down, status; not \"sideways\"");
  CHECK(refused({"migrate", "down"}) == "\"migrate down\" needs VERSION");
  CHECK(refused({"migrate", "up", "7"}) == "\"7\" is unexpected");
  CHECK(refused({"mail", "show"}) == "\"mail show\" needs ID");
  CHECK(refused({"mail", "--to", "a@b.example"}) == "--to goes with \"mail latest\" only");
}

TEST_CASE("every command has what help and completion need") {
  for (const auto& command : commandTable()) {
    INFO(command.name);
    CHECK_FALSE(command.summary.empty());
    CHECK(command.example.find("kctl " + std::string(command.name)) != std::string_view::npos);
    CHECK(command.run != nullptr);
  }
}

TEST_CASE("choices are split") {
  CHECK(splitChoices("") == std::vector<std::string_view>{});
  CHECK(splitChoices("a") == std::vector<std::string_view>{"a"});
  CHECK(splitChoices("a|bc|d") == std::vector<std::string_view>{"a", "bc", "d"});
}

}  // namespace ks::cli
