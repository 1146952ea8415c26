#include "http/server/urlText.hpp"

#include <algorithm>

#include "core/text/utf8.hpp"

namespace ks {
namespace {

constexpr std::size_t kMostParameters = 64;

int hexDigit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

std::optional<std::string> decodePercent(std::string_view text, bool plusIsSpace) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = text.size() - i > 2 ? hexDigit(text[i + 1]) : -1;
      const int low = text.size() - i > 2 ? hexDigit(text[i + 2]) : -1;
      if (high < 0 || low < 0 || high + low == 0) {
        return std::nullopt;
      }
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += plusIsSpace && text[i] == '+' ? ' ' : text[i];
    }
  }
  return isUtf8(out) ? std::optional(std::move(out)) : std::nullopt;
}

Result<TextPairs> parseQuery(std::string_view query) {
  TextPairs pairs;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (part.empty()) {
      continue;
    }
    const auto equals = std::min(part.find('='), part.size());
    auto name = decodePercent(part.substr(0, equals), true);
    auto value = decodePercent(part.substr(std::min(equals + 1, part.size())), true);
    if (!name || !value || pairs.size() >= kMostParameters) {
      Fault fault = makeFault(ErrorCode::badRequest);
      fault.message = pairs.size() >= kMostParameters ? "There are too many query parameters"
                                                      : "The query is not valid percent-encoded UTF-8";
      fault.field = name.value_or(std::string{}).substr(0, 64);
      return fault;
    }
    pairs.emplace_back(std::move(*name), std::move(*value));
  }
  return pairs;
}

}  // namespace ks
