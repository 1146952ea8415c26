#pragma once
#include <functional>

#include "http/routing/routeTable.hpp"
#include "messages/administration/settingsMessages.hpp"

namespace ks {

struct SettingsRoutesConfig {
  std::function<SettingsActor()> settings;
  std::shared_ptr<const SettingsBoard> board;
};

/// GET and PATCH /api/admin/settings, GET /api/admin/settings/history.
void addSettingsRoutes(RouteTable& routes, const SettingsRoutesConfig& config);

/// PATCH /control/settings {"settings": {"K_X": "text" or null}}.
void addSettingsControlRoutes(RouteTable& routes, const SettingsRoutesConfig& config);

}  // namespace ks
