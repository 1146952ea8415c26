#include "actors/mail/mailMessage.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "core/bytes.hpp"
#include "core/text/base64url.hpp"
#include "core/text/utf8.hpp"

namespace ks {
namespace {

/// RFC 2045 section 6.7: with the "=" that breaks a line.
constexpr std::size_t kLongestLine = 76;
/// RFC 2047 section 2: an encoded word has at most 75 characters, of which "=?utf-8?B?" and "?=" are twelve;
/// with "Subject: " before it a line stays below 76.
constexpr std::size_t kWordBytes = 39;

std::string mailDate(TimePoint now) {
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(now - day)};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                kDays.at(std::chrono::weekday{day}.c_encoding()), static_cast<unsigned>(date.day()),
                kMonths.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

std::string oneLine(std::string_view text) {
  std::string line{text};
  std::replace_if(
      line.begin(), line.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7f; },
      ' ');
  return line;
}

std::string headerText(std::string_view text) {
  auto line = oneLine(text);
  const bool plain = line.size() <= kLongestLine - 16 && line.find("=?") == std::string::npos &&
                     std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (plain) {
    return line;
  }
  std::string out;
  for (std::string_view rest = line; !rest.empty();) {
    const auto word = cutUtf8(rest, kWordBytes);
    out += out.empty() ? "" : "\r\n ";
    out += "=?utf-8?B?" + base64Encode(asBytes(word)) + "?=";
    rest.remove_prefix(word.size());
  }
  return out;
}

std::string quotedPrintable(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  const auto put = [&](std::string_view piece) {
    if (column + piece.size() > kLongestLine - 1) {
      out += "=\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool blankAtEnd = (c == ' ' || c == '\t') && (i + 1 == text.size() || text[i + 1] == '\n');
    if (c == '\n') {
      out += "\r\n";
      column = 0;
    } else if (((c >= ' ' && c <= '~') || c == '\t') && c != '=' && !blankAtEnd) {
      put({&c, 1});
    } else {
      std::array<char, 4> code{};
      std::snprintf(code.data(), code.size(), "=%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
      put({code.data(), 3});
    }
  }
  return out;
}

}  // namespace

std::string mailMessage(const Mail& mail, std::string_view from, TimePoint now) {
  const auto domain = from.substr(std::min(from.rfind('@') + 1, from.size()));
  std::string message =
      "Date: " + mailDate(now) + "\r\nMessage-ID: <" + mail.id.toString() + "@" + oneLine(domain) +
      ">\r\nFrom: " + oneLine(from) + "\r\nTo: " + oneLine(mail.to) +
      "\r\nSubject: " + headerText(mail.subject) +
      "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
      "Content-Transfer-Encoding: quoted-printable\r\nAuto-Submitted: auto-generated\r\n\r\n";
  return message + quotedPrintable(mail.text);
}

}  // namespace ks
