#include "core/text/url.hpp"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "core/network/ipAddress.hpp"
#include "core/text/utf8.hpp"

namespace ks {
namespace {

bool isScheme(std::string_view text) {
  const auto isAllowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  };
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z' &&
         std::all_of(text.begin(), text.end(), isAllowed);
}

bool isHostText(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

bool readPort(std::string_view text, std::uint16_t& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

bool readHostAndPort(std::string_view text, UrlParts& parts) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos || !IpAddress::parse(text.substr(1, close - 1))) {
      return false;
    }
    parts.host = lowerAscii(text.substr(1, close - 1));
    const auto rest = text.substr(close + 1);
    return rest.empty() || (rest.front() == ':' && readPort(rest.substr(1), parts.port));
  }
  const auto colon = text.find(':');
  parts.host = lowerAscii(text.substr(0, colon));
  return isHostText(parts.host) &&
         (colon == std::string_view::npos || readPort(text.substr(colon + 1), parts.port));
}

void readUser(std::string_view text, UrlParts& parts) {
  const auto colon = text.find(':');
  parts.user = text.substr(0, colon);
  if (colon != std::string_view::npos) {
    parts.password = text.substr(colon + 1);
  }
}

/// Where passwords are: begin and length, in order.
using PasswordPlaces = std::vector<std::pair<std::size_t, std::size_t>>;

bool isNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::size_t valueEnd(std::string_view text, std::size_t begin, bool isUrl) {
  if (isUrl) {
    return std::min(text.find_first_of("&#", begin), text.size());
  }
  if (begin < text.size() && text[begin] == '\'') {
    for (std::size_t i = begin + 1; i < text.size(); ++i) {
      if (text[i] == '\\') {
        ++i;
      } else if (text[i] == '\'') {
        return i + 1;
      }
    }
    return text.size();
  }
  return std::min(text.find_first_of(" \t\r\n", begin), text.size());
}

PasswordPlaces findPasswords(std::string_view text) {
  PasswordPlaces places;
  const auto scheme = text.find("://");
  const bool isUrl = scheme != std::string_view::npos;
  std::size_t searchFrom = 0;
  if (isUrl) {
    const auto begin = scheme + 3;
    // A password may contain an unescaped slash by mistake; the last @ before the query is the safe end.
    const auto query = std::min(text.find('?', begin), text.size());
    const auto at = text.substr(0, query).rfind('@');
    if (at != std::string_view::npos && at >= begin) {
      const auto colon = text.substr(0, at).find(':', begin);
      if (colon != std::string_view::npos) {
        places.emplace_back(colon + 1, at - colon - 1);
      }
      searchFrom = at;
    }
  }
  const std::string lower = lowerAscii(text);
  for (auto hit = lower.find("password", searchFrom); hit != std::string::npos;
       hit = lower.find("password", hit + 1)) {
    auto equals = hit + 8;
    while (equals < text.size() && text[equals] == ' ' && !isUrl) {
      ++equals;
    }
    if (equals >= text.size() || text[equals] != '=' ||
        (hit > 0 && isNameCharacter(text[hit - 1]) && !lower.substr(0, hit).ends_with("ssl"))) {
      continue;
    }
    auto begin = equals + 1;
    while (begin < text.size() && text[begin] == ' ' && !isUrl) {
      ++begin;
    }
    places.emplace_back(begin, valueEnd(text, begin, isUrl) - begin);
  }
  return places;
}

}  // namespace

std::optional<UrlParts> parseUrl(std::string_view text) {
  if (!isUtf8(text) || hasControlCharacter(text) || text.find_first_of(" #") != std::string_view::npos) {
    return std::nullopt;
  }
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  UrlParts parts;
  parts.scheme = lowerAscii(text.substr(0, colon));
  std::string_view rest = text.substr(colon + 3);
  if (const auto question = rest.find('?'); question != std::string_view::npos) {
    parts.query = rest.substr(question + 1);
    rest = rest.substr(0, question);
  }
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    parts.path = rest.substr(slash);
    rest = rest.substr(0, slash);
  }
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    readUser(rest.substr(0, at), parts);
    rest = rest.substr(at + 1);
  }
  if (!isScheme(parts.scheme) || !readHostAndPort(rest, parts)) {
    return std::nullopt;
  }
  return parts;
}

std::optional<std::string> normalizeOrigin(std::string_view text) {
  const auto parts = parseUrl(text);
  if (!parts || (parts->scheme != "http" && parts->scheme != "https") || parts->host.empty() ||
      !parts->path.empty() || text.find_first_of("@?") != std::string_view::npos) {
    return std::nullopt;
  }
  const bool isV6 = parts->host.find(':') != std::string::npos;
  std::string origin = parts->scheme + "://" + (isV6 ? "[" + parts->host + "]" : parts->host);
  const std::uint16_t standard = parts->scheme == "https" ? 443 : 80;
  if (parts->port != 0 && parts->port != standard) {
    origin += ":" + std::to_string(parts->port);
  }
  return origin;
}

bool isLoopbackHost(std::string_view host) {
  const auto address = IpAddress::parse(host);
  return address ? address->isLoopback() : host == "localhost";
}

std::string maskPasswords(std::string_view text) {
  std::string out;
  std::size_t done = 0;
  for (const auto& [begin, length] : findPasswords(text)) {
    if (begin < done) {
      continue;
    }
    out.append(text.substr(done, begin - done)).append("***");
    done = begin + length;
  }
  return out.append(text.substr(done));
}

std::optional<std::string> passwordIn(std::string_view text) {
  const auto places = findPasswords(text);
  if (places.empty()) {
    return std::nullopt;
  }
  return std::string(text.substr(places.front().first, places.front().second));
}

}  // namespace ks
