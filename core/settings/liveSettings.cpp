#include "core/settings/liveSettings.hpp"

#include <algorithm>

#include "core/settings/settingsTable.hpp"
#include "core/settings/settingsValue.hpp"
#include "core/text/utf8.hpp"

namespace ks {
namespace {

constexpr std::size_t kShownCharacters = 200;

std::string liveFaultOf(const SettingDescription* setting) {
  if (setting == nullptr) {
    return "is not a setting";
  }
  return setting->isLive() ? "allowed: " + allowedText(*setting)
                           : "cannot be changed while running; set it in the environment or .env and restart";
}

}  // namespace

LoadedSettings layerSettings(const LoadedSettings& base, const StoredSettings& stored) {
  LoadedSettings layered = base;
  layered.faults.clear();
  for (const auto& [variable, value] : stored) {
    const auto* const setting = findSetting(variable);
    const auto shown = replaceBadUtf8(cutUtf8(value, kShownCharacters));
    if (setting == nullptr || !setting->isLive() || !storeLiveSetting(*setting, value, layered.settings)) {
      layered.faults.push_back({variable, shown, "database", liveFaultOf(setting)});
      continue;
    }
    const auto place =
        std::find_if(layered.effective.begin(), layered.effective.end(),
                     [&name = variable](const EffectiveSetting& one) { return one.variable == name; });
    if (place != layered.effective.end()) {
      *place = {variable, shown, SettingOrigin::database};
    }
  }
  return layered;
}

}  // namespace ks
