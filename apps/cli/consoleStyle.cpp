#include "apps/cli/consoleStyle.hpp"

#include <array>

#include "core/text/utf8.hpp"

namespace ks::cli {

std::string ConsoleStyle::paint(Tone tone, std::string_view text) const {
  constexpr std::array<std::string_view, 6> kCodes{"",         "\x1b[1m",  "\x1b[2m",
                                                   "\x1b[32m", "\x1b[33m", "\x1b[31m"};
  const auto code = kCodes[static_cast<std::size_t>(tone)];
  if (!colours_ || code.empty() || text.empty()) {
    return std::string(text);
  }
  return std::string(code).append(text).append("\x1b[0m");
}

bool wantsColours(bool isTerminal, std::string_view noColor, std::string_view term) {
  return isTerminal && noColor.empty() && term != "dumb";
}

std::string printable(std::string_view text, bool lines) {
  std::string out;
  const std::string clean = replaceBadUtf8(text);
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const auto c = static_cast<unsigned char>(clean[i]);
    const bool space = c == '\n' || c == '\t';
    // C1 controls are two bytes in UTF-8: C2 80 to C2 9F.
    const bool c1 = c == 0xC2 && i + 1 < clean.size() && static_cast<unsigned char>(clean[i + 1]) < 0xA0;
    if (space) {
      out += lines ? clean[i] : ' ';
    } else if (c1) {
      out += '?';
      ++i;
    } else if (c == '\r' && lines && i + 1 < clean.size() && clean[i + 1] == '\n') {
      continue;
    } else {
      out += c < 0x20 || c == 0x7F ? '?' : clean[i];
    }
  }
  return out;
}

}  // namespace ks::cli
