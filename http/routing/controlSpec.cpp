#include "http/routing/controlSpec.hpp"

#include <utility>

namespace ks {

RouteSpec controlSpec(HttpMethod method, std::string path, std::string operationId, std::string summary) {
  return {.method = method,
          .path = std::move(path),
          .operationId = std::move(operationId),
          .summary = std::move(summary),
          .tag = "control",
          .access = RouteAccess::open(),
          .csrf = CsrfRule::none,
          .admitted = false,
          .documented = false};
}

}  // namespace ks
