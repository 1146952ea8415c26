#include "http/server/requestParser.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "http/server/httpMessage.hpp"

namespace ks {
namespace {

/// tchar of RFC 9110.
constexpr auto kTokenCharacters = [] {
  std::array<bool, 256> token{};
  for (const char c :
       std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    token[static_cast<unsigned char>(c)] = true;
  }
  return token;
}();

bool isTokenCharacter(char c) { return kTokenCharacters[static_cast<unsigned char>(c)]; }

bool isValueCharacter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

bool isTargetCharacter(char c) { return c > 0x20 && c < 0x7f && c != '#'; }

/// Without the spaces and tabs around it.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const auto begin = std::min(text.find_first_not_of(kBlanks), text.size());
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

bool listHas(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    if (equalNoCase(trimmed(list.substr(0, end)), token)) {
      return true;
    }
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace

std::vector<std::pair<std::string_view, std::string_view>> headersOf(std::string_view head) {
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  while (!head.empty()) {
    head.remove_prefix(std::min(head.find('\n'), head.size() - 1) + 1);  // first the request line
    const auto line = head.substr(0, head.find_first_of("\r\n"));
    if (const auto colon = line.find(':'); colon != std::string_view::npos) {
      headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
  }
  return headers;
}

void RequestFraming::restart() noexcept {
  head_.headers.clear();
  head_ = RequestHead{{}, {}, std::move(head_.headers), 0, 0, false, false, false};
  fault_ = Fault{};
  lineStart_ = searchFrom_ = headBytes_ = 0;
}

RequestFraming::State RequestFraming::refuse(ErrorCode code, const char* message) {
  fault_ = makeFault(code);
  fault_.message = message;
  return State::refused;
}

RequestFraming::State RequestFraming::advance(std::string_view bytes) {
  if (fault_.code != ErrorCode::internal) {
    return State::refused;
  }
  if (headBytes_ == 0) {
    if (!bytes.empty() && (bytes.front() < 'A' || bytes.front() > 'Z')) {
      return refuse(ErrorCode::badRequest, "This is not an HTTP request");
    }
    while (headBytes_ == 0) {
      const auto end = bytes.find('\n', searchFrom_);
      if (end == std::string_view::npos) {
        searchFrom_ = bytes.size();
        if (bytes.size() <= limits_.headerBytes) {
          return State::incomplete;
        }
        return refuse(tooLongCode(), "");
      }
      if (end == 0 || bytes[end - 1] != '\r') {
        return refuse(ErrorCode::badRequest, "A line of the request does not end with CRLF");
      }
      if (end >= limits_.headerBytes) {
        return refuse(tooLongCode(), "");
      }
      const bool emptyLine = end - 1 == lineStart_;
      lineStart_ = searchFrom_ = end + 1;
      if (emptyLine) {
        headBytes_ = lineStart_;
      }
    }
  }
  // Views are rebuilt: the bytes may have moved since the last call.
  if (const State state = parseHead(bytes); state == State::refused) {
    return state;
  }
  return bytes.size() >= head_.messageBytes() ? State::complete : State::incomplete;
}

RequestFraming::State RequestFraming::parseHead(std::string_view bytes) {
  head_.headers.clear();
  head_.headBytes = headBytes_;
  std::string_view rest = bytes.substr(0, headBytes_ - 2);
  bool first = true;
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    if (!(first ? parseRequestLine(line) : parseHeaderLine(line))) {
      return State::refused;
    }
    first = false;
  }
  // After the headers: the refusal then carries the request's own id.
  return checkRequestLine() && checkHeaders() ? State::complete : State::refused;
}

bool RequestFraming::parseRequestLine(std::string_view line) {
  const auto methodEnd = line.find(' ');
  const auto targetEnd = methodEnd == std::string_view::npos ? methodEnd : line.find(' ', methodEnd + 1);
  if (targetEnd == std::string_view::npos) {
    refuse(ErrorCode::badRequest, "The request line is not valid");
    return false;
  }
  head_.method = line.substr(0, methodEnd);
  head_.target = line.substr(methodEnd + 1, targetEnd - methodEnd - 1);
  const auto version = line.substr(targetEnd + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    refuse(ErrorCode::badRequest, "The request line is not valid, or its version is not HTTP/1.1");
    return false;
  }
  head_.version10 = version == "HTTP/1.0";
  head_.keepAlive = !head_.version10;
  return true;
}

bool RequestFraming::checkRequestLine() {
  if (httpMethodFromName(head_.method) == HttpMethod::other) {
    refuse(ErrorCode::methodNotAllowed, "");
    return false;
  }
  if (head_.target.size() > limits_.targetBytes ||
      std::min(head_.target.find('?'), head_.target.size()) > limits_.pathBytes) {
    refuse(ErrorCode::uriTooLong, "");
    return false;
  }
  if (!head_.target.starts_with('/') ||
      !std::all_of(head_.target.begin(), head_.target.end(), isTargetCharacter)) {
    refuse(ErrorCode::badRequest, "The request target is not valid");
    return false;
  }
  return true;
}

bool RequestFraming::parseHeaderLine(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos ||
      !std::all_of(line.begin(), line.begin() + static_cast<long>(colon), isTokenCharacter)) {
    refuse(ErrorCode::badRequest, "A header line is not valid");
    return false;
  }
  const auto value = trimmed(line.substr(colon + 1));
  if (!std::all_of(value.begin(), value.end(), isValueCharacter)) {
    refuse(ErrorCode::badRequest, "A header's value has characters that are not allowed");
    return false;
  }
  if (head_.headers.size() >= limits_.headers) {
    refuse(ErrorCode::headersTooLarge, "There are too many headers");
    return false;
  }
  head_.headers.emplace_back(line.substr(0, colon), value);
  return true;
}

bool RequestFraming::checkHeaders() {
  std::size_t hosts = 0;
  std::size_t lengths = 0;
  const bool version11 = !head_.version10;
  for (const auto& [name, value] : head_.headers) {
    if (equalNoCase(name, "Host")) {
      ++hosts;
    } else if (equalNoCase(name, "Content-Length")) {
      const auto* end = value.data() + value.size();
      const auto read = std::from_chars(value.data(), end, head_.bodyBytes);
      if (++lengths > 1 || read.ptr != end || value.empty() ||
          (read.ec != std::errc{} && read.ec != std::errc::result_out_of_range)) {
        refuse(ErrorCode::badRequest, "Content-Length must be one number");
        return false;
      }
      if (read.ec != std::errc{} || head_.bodyBytes > limits_.bodyBytes) {
        refuse(ErrorCode::payloadTooLarge, "");
        return false;
      }
    } else if (equalNoCase(name, "Transfer-Encoding")) {
      refuse(ErrorCode::badRequest, "Send the body with a Content-Length, without Transfer-Encoding");
      return false;
    } else if (equalNoCase(name, "Content-Encoding") && !equalNoCase(value, "identity")) {
      refuse(ErrorCode::unsupportedMediaType, "Send the body without Content-Encoding");
      return false;
    } else if (equalNoCase(name, "Expect")) {
      if (!equalNoCase(value, "100-continue")) {
        refuse(ErrorCode::badRequest, "Only Expect: 100-continue is understood");
        return false;
      }
      head_.expectsContinue = version11;
    } else if (equalNoCase(name, "Connection")) {
      head_.keepAlive = listHas(value, "close") ? false : head_.keepAlive || listHas(value, "keep-alive");
    }
  }
  if (hosts > 1 || (version11 && hosts == 0)) {
    refuse(ErrorCode::badRequest, "There must be one Host header");
    return false;
  }
  return true;
}

}  // namespace ks
