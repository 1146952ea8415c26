#pragma once
#include "bank/bri/briConfig.hpp"
#include "core/result.hpp"
#include "core/settings/settings.hpp"

namespace ks {

/// Reads the file of K_BRI_PRIVATE_KEY_FILE. `field` of a fault is the variable, its message the cause. K_BRI_URL is
/// set.
[[nodiscard]] Result<BriConfig> briConfigOf(const Settings& settings);

}  // namespace ks
