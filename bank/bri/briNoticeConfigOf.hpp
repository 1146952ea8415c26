#pragma once
#include "bank/bri/briNotices.hpp"
#include "core/result.hpp"
#include "core/settings/settings.hpp"

namespace ks {

/// Reads the file of K_BRI_NOTICE_KEY_FILE. `field` of a fault is the variable, its message the cause.
/// K_BRI_NOTICE_CLIENT_ID is set.
[[nodiscard]] Result<BriNoticeConfig> briNoticeConfigOf(const Settings& settings);

}  // namespace ks
