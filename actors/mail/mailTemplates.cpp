#include "actors/mail/mailTemplates.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdio>

#include "actors/mail/mailTexts.hpp"
#include "core/text/identifierFold.hpp"
#include "core/text/mailPayload.hpp"
#include "core/text/timeText.hpp"
#include "core/text/utf8.hpp"

namespace ks {
namespace {

constexpr std::size_t kMaxValueBytes = 200;

bool isAsciiLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool isMailToken(std::string_view text) {
  return !text.empty() && text.size() <= 512 && std::all_of(text.begin(), text.end(), [](char c) {
    return isAsciiLetter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// One line of text that no mail program turns into a link.
std::string harmlessLine(std::string_view text) {
  const auto cut = cutUtf8(text, kMaxValueBytes);
  std::string out;
  for (std::size_t i = 0; i < cut.size(); ++i) {
    const auto byte = static_cast<unsigned char>(cut[i]);
    const bool dotInWord = cut[i] == '.' && i + 1 < cut.size() &&
                           std::isspace(static_cast<unsigned char>(cut[i + 1])) == 0 &&
                           std::isdigit(static_cast<unsigned char>(cut[i + 1])) == 0;
    if (byte < 0x20 || byte == 0x7f || cut[i] == '/' || cut[i] == '\\' || cut[i] == '@') {
      out += ' ';
    } else {
      out += cut[i];
      if (dotInWord) {
        out += ' ';
      }
    }
  }
  out = replaceBadUtf8(out);
  // C1 and U+2028, U+2029 end lines for some programs; U+202A to U+202E and U+2066 to U+2069 turn the text
  // round.
  for (std::size_t at = 0; (at = out.find_first_of("\xc2\xe2", at)) != std::string::npos;) {
    const auto code = out.substr(at, out[at] == '\xc2' ? 2 : 3);
    const bool unwanted = (code[0] == '\xc2' && static_cast<unsigned char>(code[1]) < 0xa0) ||
                          (code >= "\xe2\x80\xa8" && code <= "\xe2\x80\xae") ||
                          (code >= "\xe2\x81\xa6" && code <= "\xe2\x81\xa9");
    if (unwanted) {
      out.replace(at, code.size(), " ");
    }
    ++at;
  }
  return out;
}

std::string timeForReaders(std::string_view text, bool indonesian) {
  const auto time = parseTime(text);
  if (!time) {
    return harmlessLine(text);
  }
  static constexpr std::array<const char*, 12> kEnglish{"January",   "February", "March",    "April",
                                                        "May",       "June",     "July",     "August",
                                                        "September", "October",  "November", "December"};
  static constexpr std::array<const char*, 12> kIndonesian{"Januari",   "Februari", "Maret",    "April",
                                                           "Mei",       "Juni",     "Juli",     "Agustus",
                                                           "September", "Oktober",  "November", "Desember"};
  const auto day = std::chrono::floor<std::chrono::days>(*time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::minutes>(*time - day)};
  const auto month = static_cast<unsigned>(date.month()) - 1;
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(),
                indonesian ? "%u %s %d pukul %02d.%02d UTC" : "%u %s %d, %02d:%02d UTC",
                static_cast<unsigned>(date.day()), indonesian ? kIndonesian.at(month) : kEnglish.at(month),
                static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()));
  return out.data();
}

std::string shownValue(std::string_view name, const std::string& value, bool indonesian) {
  if (name == "at" || name == "until") {
    return timeForReaders(value, indonesian);
  }
  if (name == "new_address" || name == "account" || name == "asked_by") {
    return normalizeEmail(value).value_or(harmlessLine(value));
  }
  return harmlessLine(value);
}

/// One line with its values; nothing when one of them is missing.
std::optional<std::string> filledLine(std::string_view line, const MailValues& values,
                                      const std::string& link, std::string_view publicUrl, bool indonesian) {
  std::string out;
  while (!line.empty()) {
    const auto open = line.find('{');
    out += line.substr(0, open);
    if (open == std::string_view::npos) {
      break;
    }
    const auto close = line.find('}', open);
    const auto name = line.substr(open + 1, close - open - 1);
    if (name == "url") {
      out += publicUrl;
    } else if (name == "link") {
      out += link;
    } else if (const auto value = values.find(name); value != values.end() && !value->second.empty()) {
      out += shownValue(name, value->second, indonesian);
    } else {
      return std::nullopt;
    }
    line.remove_prefix(close + 1);
  }
  return out;
}

const MailTexts* textsOf(std::string_view mailTemplate) {
  const auto all = mailTexts();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& texts) { return texts.name == mailTemplate; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::string mailLink(std::string_view mailTemplate, std::string_view token, std::string_view publicUrl) {
  const auto* texts = textsOf(mailTemplate);
  // The token stands behind '#', so that it reaches no server log and no Referer header.
  return std::string{publicUrl}.append(texts ? texts->linkPath : "").append("#token=").append(token);
}

std::optional<MailText> renderMail(std::string_view mailTemplate, std::string_view locale,
                                   std::string_view payload, std::string_view publicUrl) {
  const auto* found = textsOf(mailTemplate);
  if (found == nullptr) {
    return std::nullopt;
  }
  auto values = readMailPayload(payload).value_or(MailValues{});
  if (values.empty() && !found->only.empty()) {
    values[std::string{found->only}] = payload;
  }
  std::string link;
  if (!found->linkPath.empty()) {
    const auto token = values.find("token");
    if (token == values.end() || !isMailToken(token->second)) {
      return std::nullopt;
    }
    link = mailLink(mailTemplate, token->second, publicUrl);
  }
  const bool indonesian = locale == "id";
  MailText mail{std::string{indonesian ? found->subjectId : found->subjectEn}, {}};
  for (auto rest = indonesian ? found->textId : found->textEn; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size() - 1);
    if (auto line = filledLine(rest.substr(0, end), values, link, publicUrl, indonesian)) {
      mail.text.append(*line).append("\n");
    }
    rest.remove_prefix(end + 1);
  }
  return mail;
}

}  // namespace ks
