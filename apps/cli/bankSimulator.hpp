#pragma once
#include <optional>

#include "apps/cli/cliContext.hpp"
#include "apps/cli/processQuery.hpp"
#include "core/text/url.hpp"

namespace ks::cli {

/// Where the simulated bank is; nothing in production, without K_BRI_URL, or where that may be a real bank.
std::optional<UrlParts> bankSimulatorOf(const Settings& settings);

/// `url`, `reachable`, and of one that answers `accounts`, `qrs`, `credits` and `faults` (rules that are on); null where
/// there is none.
Json bankSimulatorState(const Settings& settings);

}  // namespace ks::cli
