#pragma once
#include "core/settings/settings.hpp"

namespace ks {

/// Rules over several settings, and what production forbids; adds to `loaded.faults` and `loaded.warnings`.
/// Settings that a fault names already are left out.
void checkSettingsTogether(LoadedSettings& loaded);

}  // namespace ks
