#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "http/routing/routeTable.hpp"

// What the OpenAPI document says of errors.
namespace ks {

/// The names of the error codes that a route can answer, by status: its own, and those of its kind.
[[nodiscard]] std::map<int, std::vector<std::string>> namesByStatus(const Route& route);

/// The name of the response component of a status.
[[nodiscard]] const char* errorComponent(int status);
[[nodiscard]] nlohmann::ordered_json errorResponses();
[[nodiscard]] nlohmann::ordered_json errorSchemas();

}  // namespace ks
