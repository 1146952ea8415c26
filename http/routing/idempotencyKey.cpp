#include "http/routing/idempotencyKey.hpp"

#include <algorithm>

namespace ks {
namespace {

bool isPrintableKey(std::string_view key) {
  return key.front() != ' ' && key.back() != ' ' &&
         std::all_of(key.begin(), key.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

Result<std::string> idempotencyKeyOf(const HttpRequest& request) {
  const auto wrong = [](ErrorCode code, const char* message) {
    return fieldFault(code, kIdempotencyKeyHeader, message);
  };
  const auto sent = std::count_if(request.headers.begin(), request.headers.end(), [](const auto& header) {
    return equalNoCase(header.first, kIdempotencyKeyHeader);
  });
  const auto key = request.header(kIdempotencyKeyHeader);
  if (key.empty()) {
    return wrong(ErrorCode::required, "send this header: a key of your choice, new for each thing to create");
  }
  if (sent > 1) {
    return wrong(ErrorCode::invalidFormat, "appears more than once");
  }
  if (key.size() > kIdempotencyKeyBytes) {
    return wrong(ErrorCode::tooLong, "must have at most 255 characters");
  }
  if (!isPrintableKey(key)) {
    return wrong(ErrorCode::invalidFormat, "must have printable ASCII characters only");
  }
  return std::string(key);
}

}  // namespace ks
