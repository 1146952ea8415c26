#include "http/routes/payment/noticeText.hpp"

#include <algorithm>

#include "core/text/utf8.hpp"
#include "http/schema/jsonReader.hpp"

namespace ks {
namespace {

constexpr std::string_view kPasswordMember = "passapp";
constexpr std::string_view kMask = R"("***")";

std::size_t afterSpace(std::string_view json, std::size_t at) {
  return std::min(json.find_first_not_of(" \t\r\n", at), json.size());
}

/// Behind the string that begins at `at`.
std::size_t afterString(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    at += json[at] == '\\' ? 1U : 0U;
  }
  return at + 1;
}

/// Behind the value that begins at `at`.
std::size_t afterValue(std::string_view json, std::size_t at) {
  if (json[at] == '"') {
    return afterString(json, at);
  }
  if (json[at] != '{' && json[at] != '[') {
    return std::min(json.find_first_of(",]} \t\r\n", at), json.size());
  }
  std::size_t depth = 0;
  do {
    const char c = json[at];
    depth += c == '{' || c == '[' ? 1U : 0U;
    depth -= c == '}' || c == ']' ? 1U : 0U;
    at = c == '"' ? afterString(json, at) : at + 1;
  } while (depth > 0 && at < json.size());
  return at;
}

/// `name`: a JSON string. Its escapes count as what they mean.
bool namesPassword(std::string_view name) {
  const auto read = readJson("[" + std::string(name) + "]");
  return read.ok() && lowerAscii(read.value().items.front().text) == kPasswordMember;
}

}  // namespace

std::string shownNotice(std::string_view body) {
  if (!readJson(body).ok()) {
    return {};
  }
  std::string shown;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < body.size();) {
    if (body[at] != '"') {
      ++at;
      continue;
    }
    const auto end = afterString(body, at);
    const auto colon = afterSpace(body, end);
    const bool member = colon < body.size() && body[colon] == ':';
    if (!member || !namesPassword(body.substr(at, end - at))) {
      at = member ? colon + 1 : end;
      continue;
    }
    const auto value = afterSpace(body, colon + 1);
    shown.append(body.substr(copied, value - copied)).append(kMask);
    copied = afterValue(body, value);
    at = copied;
  }
  return shown.append(body.substr(copied));
}

}  // namespace ks
