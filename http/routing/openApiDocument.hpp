#pragma once
#include <string>

#include "http/routing/routeTable.hpp"

namespace ks {

struct OpenApiInfo {
  std::string title;
  std::string version;
  std::string description = {};
  std::string serverUrl = "/";
  std::string licenseName = {};
  std::string licenseUrl = {};
};

/// The OpenAPI 3.1 document (JSON) of every documented route.
[[nodiscard]] std::string openApiDocument(const RouteTable& routes, const OpenApiInfo& info);

}  // namespace ks
