#include "http/server/responseWriter.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "http/schema/jsonWriter.hpp"

namespace ks {
namespace {

constexpr int kNoContent = 204;
constexpr int kNotModified = 304;

std::string_view reasonOf(int status) {
  constexpr std::array<std::pair<int, std::string_view>, 23> kReasons{
      {{200, "OK"},
       {201, "Created"},
       {202, "Accepted"},
       {204, "No Content"},
       {302, "Found"},
       {304, "Not Modified"},
       {400, "Bad Request"},
       {401, "Unauthorized"},
       {403, "Forbidden"},
       {404, "Not Found"},
       {405, "Method Not Allowed"},
       {409, "Conflict"},
       {410, "Gone"},
       {413, "Content Too Large"},
       {414, "URI Too Long"},
       {415, "Unsupported Media Type"},
       {422, "Unprocessable Content"},
       {429, "Too Many Requests"},
       {431, "Request Header Fields Too Large"},
       {500, "Internal Server Error"},
       {502, "Bad Gateway"},
       {503, "Service Unavailable"},
       {504, "Gateway Timeout"}}};
  const auto* found = std::find_if(kReasons.begin(), kReasons.end(),
                                   [status](const auto& one) { return one.first == status; });
  return found == kReasons.end() ? std::string_view{} : found->second;
}

/// A line break in a value would begin another header, or the body.
bool isHeaderValue(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos;
}

void appendHeader(std::string& out, std::string_view name, std::string_view value) {
  if (isHeaderValue(value)) {
    out.append(name).append(": ").append(value).append("\r\n");
  }
}

}  // namespace

std::string answerText(const HttpResponse& answer, AnswerForm form) {
  std::string out;
  out.reserve(512 + answer.body.size());
  out += "HTTP/1.1 ";
  appendJsonInteger(out, answer.status);
  out.append(" ").append(reasonOf(answer.status)).append("\r\n");
  if (!form.keepAlive) {
    out += "Connection: close\r\n";
  } else if (form.version10) {
    out += "Connection: keep-alive\r\n";
  }
  for (const auto& [name, value] : answer.headers) {
    appendHeader(out, name, value);
  }
  if (!answer.contentType.empty()) {
    appendHeader(out, "Content-Type", answer.contentType);
  }
  if (!answer.stream && answer.status != kNoContent && answer.status != kNotModified) {
    out += "Content-Length: ";
    appendJsonInteger(out, static_cast<std::int64_t>(answer.body.size()));
    out += "\r\n";
  }
  out += "\r\n";
  if (!form.head) {
    out += answer.body;
  }
  return out;
}

}  // namespace ks
