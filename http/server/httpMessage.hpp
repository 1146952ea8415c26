#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "http/schema/objectSchema.hpp"
#include "http/server/eventStream.hpp"

namespace ks {

/// Whether two names are the same but for the case of ASCII letters.
[[nodiscard]] bool equalNoCase(std::string_view a, std::string_view b) noexcept;

enum class HttpMethod : std::uint8_t { get, head, post, put, patch, del, options, other };

[[nodiscard]] HttpMethod httpMethodFromName(std::string_view name) noexcept;
[[nodiscard]] std::string_view httpMethodName(HttpMethod method) noexcept;

/// A whole request, body included. The views live as long as the call of the handler.
struct HttpRequest {
  HttpMethod method = HttpMethod::other;
  std::string_view target;  ///< path and query as sent
  std::string_view body;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string_view peerAddress;  ///< numeric address of the TCP peer; empty on a Unix socket
  bool overUnixSocket = false;   ///< came from the gateway: X-Real-IP counts

  /// First value of a header, names compared without case; empty when absent.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
  [[nodiscard]] bool hasHeader(std::string_view name) const noexcept;
  /// Value of a cookie; empty when absent.
  [[nodiscard]] std::string_view cookie(std::string_view name) const noexcept;
};

/// What a handler answers. Converts from a Fault, so that `return result.fault();` answers the error body.
struct HttpResponse {
  int status = 200;
  std::string contentType = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<Fault> fault;
  EventStreamPtr stream;  ///< the answer has no body but continues as these events
  std::string
      userId;  ///< for X-User-ID where the handler alone knows it (login); else the principal's is taken

  HttpResponse() = default;
  HttpResponse(Fault problem) : status(describe(problem.code).httpStatus), fault(std::move(problem)) {}
  HttpResponse(ErrorCode code) : HttpResponse(makeFault(code)) {}

  template <class T>
  static HttpResponse json(int status, const T& object) {
    HttpResponse answer;
    answer.status = status;
    answer.body.reserve(512);
    schemaOf<T>().write(answer.body, object);
    return answer;
  }
  /// Text that is JSON already.
  static HttpResponse rawJson(int status, std::string json);
  static HttpResponse text(int status, std::string contentType, std::string body);
  /// 204, or another status that has no body.
  static HttpResponse empty(int status = 204);
  /// Server-sent events until one side ends them.
  static HttpResponse events(EventStreamPtr stream);

  /// Cookie with Path=/; HttpOnly; Secure; SameSite=Strict. `name` starts with `__Host-`.
  void setCookie(std::string_view name, std::string_view value, std::chrono::seconds maxAge);
  void clearCookie(std::string_view name);
  void setHeader(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
  }
};

}  // namespace ks
