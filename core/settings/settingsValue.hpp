#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/settings/settings.hpp"
#include "core/settings/settingsTable.hpp"

namespace ks {

/// Checks `value` (not empty) by the setting's kind and stores it; false when it is not allowed.
bool storeSetting(const SettingDescription& setting, std::string_view value, Settings& settings);

/// The same for what an administrator sets while running: an empty text is an empty list.
bool storeLiveSetting(const SettingDescription& setting, std::string_view value, Settings& settings);

/// One key of K_CRYPTO_MASTER_KEYS, still in base64.
struct MasterKeyText {
  std::string id;
  std::string base64;
};

/// Splits and checks `id:base64(32 bytes)[,…]`; nothing when any part is wrong or an id occurs twice.
std::optional<std::vector<MasterKeyText>> splitMasterKeys(std::string_view text);

}  // namespace ks
