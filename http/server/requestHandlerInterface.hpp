#pragma once
#include <string_view>

#include "core/result.hpp"
#include "http/server/httpMessage.hpp"

namespace ks {

/// What a server does with complete requests. Called by several threads at once.
class RequestHandlerInterface {
 public:
  virtual ~RequestHandlerInterface() = default;

  /// Whether the connection loop may try to answer such a request itself.
  [[nodiscard]] virtual bool isQuick(HttpMethod method, std::string_view target) const = 0;
  /// The finished answer: body rendered, all headers set. Throws nothing but WouldWait, and that only where
  /// waiting is forbidden.
  [[nodiscard]] virtual HttpResponse dispatch(const HttpRequest& request) const = 0;
  /// The answer to what could not be read as a request. `requestId` may be empty.
  [[nodiscard]] virtual HttpResponse refuse(Fault fault, std::string_view requestId) const = 0;
};

}  // namespace ks
