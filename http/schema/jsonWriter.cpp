#include "http/schema/jsonWriter.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "core/text/timeText.hpp"
#include "core/text/utf8.hpp"

namespace ks {
namespace {

/// Bytes that go out as they are: printable ASCII but quote and backslash.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x7f; ++c) {
    plain[c] = c != '"' && c != '\\';
  }
  return plain;
}();

void appendEscaped(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (byte < 0x20 || byte == 0x7f) {
          out += "\\u00";
          out += digits[byte >> 4U];
          out += digits[byte & 0xfU];
        } else {
          out += c;
        }
    }
  }
}

}  // namespace

void appendJsonText(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;
  while (plain < text.size() && kPlain[static_cast<unsigned char>(text[plain])]) {
    ++plain;
  }
  out.append(text.substr(0, plain));
  if (const auto rest = text.substr(plain); !rest.empty()) {
    if (isUtf8(rest)) {
      appendEscaped(out, rest);
    } else {
      appendEscaped(out, replaceBadUtf8(rest));
    }
  }
  out += '"';
}

void appendJsonInteger(std::string& out, std::int64_t value) {
  std::array<char, 24> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  out.append(buffer.data(), end);
}

void appendJsonReal(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  out.append(buffer.data(), end);
}

void appendJsonTime(std::string& out, TimePoint time) {
  out += '"';
  out += formatTime(time);
  out += '"';
}

}  // namespace ks
