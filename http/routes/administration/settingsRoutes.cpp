#include "http/routes/administration/settingsRoutes.hpp"

#include <utility>

#include "http/routes/administration/settingsSchemas.hpp"
#include "http/routing/asks.hpp"
#include "http/routing/controlSpec.hpp"

namespace ks {
namespace {

template <class Call>
SettingsOutput change(const SettingsRoutesConfig& config, const Call& call) {
  return settingsOutputOf(*call.ask(
      config.settings(), ChangeSettings{call.context, call.expectedVersion, call.body.settings.values}));
}

}  // namespace

void addSettingsRoutes(RouteTable& routes, const SettingsRoutesConfig& config) {
  routes.add({.path = "/api/admin/settings",
              .operationId = "settings",
              .summary = "The settings that can be changed while everything runs",
              .description = "Values in force, their origin, and allowed values.",
              .tag = "settings",
              .access = RouteAccess::needs("settings:read")},
             ok("The settings; ETag is their version"),
             [config](const RequestCall<>&) { return settingsOutputOf(*config.board->current()); });

  routes.add(
      {.method = HttpMethod::patch,
       .path = "/api/admin/settings",
       .operationId = "changeSettings",
       .summary = "Change settings",
       .description =
           "All or none. null resets a setting to the environment, the file or the default. If-Match "
           "requires the version that was read. Every process follows within a second, the gateway's limits "
           "within two; a shorter retention takes effect when retention next runs. Those marked "
           "superadmin_only can be changed only by a signed-in superadmin, not by a key: PERMISSION_DENIED "
           "names the setting.",
       .tag = "settings",
       .access = RouteAccess::needs("settings:write").recent(),
       .errors = {ErrorCode::settingUnknown, ErrorCode::settingNotLive, ErrorCode::outOfRange,
                  ErrorCode::tooLong},
       .ifMatch = IfMatchRule::required},
      ok("The settings afterwards"),
      [config](const RequestCall<WishesInput<TypedWishes>>& call) { return change(config, call); });

  routes.add({.path = "/api/admin/settings/history",
              .operationId = "settingsHistory",
              .summary = "Who changed which setting, newest first",
              .tag = "settings",
              .access = RouteAccess::needs("settings:read"),
              .errors = {ErrorCode::cursorInvalid, ErrorCode::settingUnknown}},
             ok("A page of changes"), asks<QueryCall<ListSettingsHistory>>(config.settings));
}

void addSettingsControlRoutes(RouteTable& routes, const SettingsRoutesConfig& config) {
  auto spec = controlSpec(HttpMethod::patch, "/control/settings", "controlChangeSettings", "Change settings");
  spec.errors = {ErrorCode::settingUnknown, ErrorCode::settingNotLive, ErrorCode::versionMismatch};
  routes.add(std::move(spec), ok("The settings afterwards"),
             [config](const RequestCall<WishesInput<TextWishes>>& call) { return change(config, call); });
}

}  // namespace ks
