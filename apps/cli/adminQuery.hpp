#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "apps/cli/cliContext.hpp"
#include "apps/cli/processQuery.hpp"

namespace ks::cli {

/// k-admin's answer on its control socket; nothing, and the reason on `err`, if it failed. `status` becomes
/// the exit status of kctl.
std::optional<Json> askAdmin(CliContext& context, const char* method, const std::string& target,
                             const std::string& body, int& status,
                             std::chrono::seconds patience = std::chrono::seconds{5});

/// A text as one segment of a path, or as a value in a query.
[[nodiscard]] std::string pathSegment(const std::string& text);

}  // namespace ks::cli
