#pragma once
#include <optional>
#include <string>

#include "apps/cli/cliContext.hpp"
#include "apps/cli/processQuery.hpp"

namespace ks::cli {

/// What k-admin answers over its control socket; nothing, and why on `err`, when it is no success. `status`
/// becomes what kctl ends with.
std::optional<Json> askAdmin(CliContext& context, const char* method, const std::string& target,
                             const std::string& body, int& status);

}  // namespace ks::cli
