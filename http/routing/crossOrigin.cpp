#include "http/routing/crossOrigin.hpp"

#include <algorithm>

namespace ks {
namespace {

/// Seconds that a browser may cache the answer to a preflight.
constexpr const char* kRemembered = "600";

std::string allowedMethods(const HttpResponse& answer) {
  const auto found = std::find_if(answer.headers.begin(), answer.headers.end(),
                                  [](const auto& header) { return header.first == "Allow"; });
  return found == answer.headers.end() ? std::string{} : found->second;
}

}  // namespace

void addCrossOriginHeaders(HttpResponse& answer, const HttpRequest& request,
                           const std::vector<std::string>& trustedOrigins) {
  if (trustedOrigins.empty()) {
    return;
  }
  const auto methods =
      request.method == HttpMethod::options && request.hasHeader("Access-Control-Request-Method")
          ? allowedMethods(answer)
          : std::string{};
  answer.setHeader("Vary", !methods.empty()
                               ? "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
                               : "Origin");
  const auto origin = request.header("Origin");
  if (std::find(trustedOrigins.begin(), trustedOrigins.end(), origin) == trustedOrigins.end()) {
    return;
  }
  answer.setHeader("Access-Control-Allow-Origin", std::string(origin));
  answer.setHeader("Access-Control-Allow-Credentials", "true");
  if (!methods.empty()) {
    answer.setHeader("Access-Control-Allow-Methods", methods);
    answer.setHeader("Access-Control-Allow-Headers",
                     "Authorization, Content-Type, Idempotency-Key, If-Match, X-CSRF-Token, X-Request-ID");
    answer.setHeader("Access-Control-Max-Age", kRemembered);
  } else {
    answer.setHeader("Access-Control-Expose-Headers",
                     "ETag, Idempotent-Replayed, Retry-After, X-Next-Cursor, X-Request-ID");
  }
}

}  // namespace ks
