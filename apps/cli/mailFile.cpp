#include "apps/cli/mailFile.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/text/base64url.hpp"
#include "core/text/utf8.hpp"

namespace ks::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxMailBytes = 1U << 20U;

int hexValue(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                : -1;
}

std::string fromBase64(std::string_view text) {
  std::string packed;
  std::copy_if(text.begin(), text.end(), std::back_inserter(packed),
               [](unsigned char c) { return std::isspace(c) == 0; });
  const auto bytes = base64Decode(packed);
  std::string out;
  if (bytes) {
    std::transform(bytes->begin(), bytes->end(), std::back_inserter(out),
                   [](auto byte) { return static_cast<char>(byte); });
  }
  return bytes ? out : std::string(text);
}

/// Quoted-printable (RFC 2045 section 6.7); `header`: its form in encoded words, where `_` is a space.
std::string fromQuoted(std::string_view text, bool header) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (header && text[i] == '_') {
      out += ' ';
    } else if (text[i] == '=' && i + 1 < text.size() && text[i + 1] == '\n') {
      ++i;
    } else if (text[i] == '=' && i + 2 < text.size() && hexValue(text[i + 1]) >= 0 &&
               hexValue(text[i + 2]) >= 0) {
      out += static_cast<char>(hexValue(text[i + 1]) * 16 + hexValue(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// Encoded words in `text` decoded; white space between two of them falls away (RFC 2047 section 6.2).
std::string decodeHeader(std::string_view text) {
  std::string out;
  bool afterWord = false;
  while (!text.empty()) {
    const auto open = text.find("=?");
    const auto encoding = open == std::string_view::npos ? open : text.find('?', open + 2);
    const auto content = encoding == std::string_view::npos ? encoding : text.find('?', encoding + 1);
    const auto close = content == std::string_view::npos ? content : text.find("?=", content + 1);
    if (close == std::string_view::npos) {
      return out.append(text);
    }
    const auto before = text.substr(0, open);
    if (!afterWord || before.find_first_not_of(" \t") != std::string_view::npos) {
      out += before;
    }
    const auto kind = lowerAscii(text.substr(encoding + 1, content - encoding - 1));
    const auto body = text.substr(content + 1, close - content - 1);
    out += kind == "b" ? fromBase64(body) : fromQuoted(body, true);
    text.remove_prefix(close + 2);
    afterWord = true;
  }
  return out;
}

std::string withoutCarriageReturns(std::string_view text) {
  std::string out(text);
  out.erase(std::remove(out.begin(), out.end(), '\r'), out.end());
  return out;
}

}  // namespace

MailFile parseMail(std::string id, std::string_view file) {
  MailFile mail;
  mail.id = std::move(id);
  const std::string text = withoutCarriageReturns(file);
  const auto gap = text.starts_with('\n') ? 0 : text.find("\n\n");
  const std::string head = text.substr(0, gap);
  const auto bodyAt = gap == std::string::npos ? text.size() : gap + (gap == 0 ? 1 : 2);
  std::string encoding;
  for (std::size_t from = 0; from < head.size();) {
    auto end = head.find('\n', from);
    while (end != std::string::npos && end + 1 < head.size() &&
           (head[end + 1] == ' ' || head[end + 1] == '\t')) {
      end = head.find('\n', end + 1);
    }
    std::string line = head.substr(from, end == std::string::npos ? end : end - from);
    line.erase(std::remove(line.begin(), line.end(), '\n'), line.end());
    from = end == std::string::npos ? head.size() : end + 1;
    const auto colon = line.find(':');
    if (colon == std::string::npos) {
      continue;
    }
    const auto name = lowerAscii(line.substr(0, colon));
    const auto start = std::min(line.find_first_not_of(" \t", colon + 1), line.size());
    const std::string value = line.substr(start);
    if (name == "date") {
      mail.date = value;
    } else if (name == "from") {
      mail.from = decodeHeader(value);
    } else if (name == "to") {
      mail.to = decodeHeader(value);
    } else if (name == "subject") {
      mail.subject = decodeHeader(value);
    } else if (name == "content-transfer-encoding") {
      encoding = lowerAscii(value);
    }
  }
  const auto body = std::string_view(text).substr(bodyAt);
  mail.text = encoding == "base64"             ? fromBase64(body)
              : encoding == "quoted-printable" ? fromQuoted(body, false)
                                               : std::string(body);
  return mail;
}

std::string mailLink(const MailFile& mail) {
  const auto plain = mail.text.find("http://");
  const auto begin = std::min(plain, mail.text.find("https://"));
  if (begin == std::string::npos) {
    return {};
  }
  return mail.text.substr(begin, mail.text.find_first_of(" \t\r\n<>\"", begin) - begin);
}

std::string mailToken(const MailFile& mail) {
  const std::string link = mailLink(mail);
  for (const char* mark : {"#token=", "?token=", "&token="}) {
    if (const auto place = link.find(mark); place != std::string::npos) {
      const auto begin = place + 7;
      return link.substr(begin, link.find_first_of("&#", begin) - begin);
    }
  }
  return {};
}

MailFolder readMailFolder(const std::string& folder) {
  MailFolder result;
  std::error_code error;
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code gone;  // a file may be removed during the scan
    const auto time = it->last_write_time(gone);
    if (it->path().extension() == ".eml" && !gone && it->is_regular_file(gone) &&
        it->file_size(gone) <= kMaxMailBytes) {
      files.emplace_back(time, it->path());
    }
  }
  if (error) {
    result.problem = "the mailbox " + folder + " cannot be read: " + error.message();
    return result;
  }
  // Names are time-ordered ids: they order mails with equal times.
  std::sort(files.begin(), files.end(), std::greater<>());
  for (const auto& [time, path] : files) {
    std::ifstream in(path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    if (!text.empty()) {
      result.mails.push_back(parseMail(path.stem().string(), text));
    }
  }
  return result;
}

}  // namespace ks::cli
