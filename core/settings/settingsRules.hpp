#pragma once
#include "core/settings/settings.hpp"

namespace ks {

/// Rules over several settings, and what production forbids; adds to `loaded.faults` and `loaded.warnings`.
/// Settings that already have a fault are skipped.
void checkSettingsTogether(LoadedSettings& loaded);

}  // namespace ks
