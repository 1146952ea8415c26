#include "core/settings/envFile.hpp"

#include <optional>

#include "core/text/utf8.hpp"

namespace ks {
namespace {

constexpr std::size_t kMaxFileBytes = 256 * 1024;
constexpr std::size_t kMaxFaults = 50;
constexpr std::string_view kBlank = " \t\r";

std::string_view trimBlank(std::string_view text) {
  const auto begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool isVariableName(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) {
    return false;
  }
  for (const char c : name) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
    if (!letter && (c < '0' || c > '9')) {
      return false;
    }
  }
  return true;
}

/// Unquotes in place; the cause when the value is not understood.
std::optional<std::string> unquote(std::string_view& value) {
  if (value.empty()) {
    return std::nullopt;
  }
  const char quote = value.front();
  if (quote != '"' && quote != '\'') {
    if (value.find_first_of(" \t#\"'`$\\") != std::string_view::npos) {
      return "the value contains white space or one of # $ ` \\ \" ': put it in single quotes";
    }
    return std::nullopt;
  }
  if (value.size() < 2 || value.back() != quote) {
    return "the quote is not closed at the end of the line";
  }
  value = value.substr(1, value.size() - 2);
  if (value.find(quote) != std::string_view::npos) {
    return "the value contains its own quote character";
  }
  if (quote == '"' && value.find_first_of("\\$`") != std::string_view::npos) {
    return "\\, $ and ` are not expanded: put the value in single quotes";
  }
  return std::nullopt;
}

class EnvFileParser {
 public:
  void parseLine(std::string_view raw) {
    ++line_;
    std::string_view text = trimBlank(raw);
    if (text.empty() || text.front() == '#') {
      return;
    }
    if (text.starts_with("export ")) {
      text = trimBlank(text.substr(7));
    }
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) {
      return complain("NAME=VALUE is expected");
    }
    const auto name = text.substr(0, equals);
    if (!isVariableName(name)) {
      return complain(
          "a name has letters, digits and _ only, does not begin with a digit, and has no blank before the =");
    }
    if (!isUtf8(text) || hasControlCharacter(text)) {
      return complain(std::string(name) + ": the value contains a control character or is not UTF-8");
    }
    std::string_view value = text.substr(equals + 1);
    if (!value.empty() && kBlank.find(value.front()) != std::string_view::npos) {
      return complain(std::string(name) + ": there is a blank after the =");
    }
    if (const auto cause = unquote(value)) {
      return complain(std::string(name) + ": " + *cause);
    }
    const auto [place, isNew] =
        file.entries.try_emplace(std::string(name), EnvFile::Entry{std::string(value), line_});
    if (!isNew) {
      complain(std::string(name) + ": is already set in line " + std::to_string(place->second.line) +
               " already");
    }
  }

  void complain(std::string cause) {
    if (file.faults.size() < kMaxFaults) {
      file.faults.push_back({line_, std::move(cause)});
    }
  }

  EnvFile file;

 private:
  std::size_t line_ = 0;
};

}  // namespace

EnvFile parseEnvFile(std::string_view text) {
  EnvFileParser parser;
  if (text.size() > kMaxFileBytes) {
    parser.complain("the file is larger than 256 KiB");
    return std::move(parser.file);
  }
  while (!text.empty()) {
    const auto end = text.find('\n');
    parser.parseLine(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return std::move(parser.file);
}

}  // namespace ks
