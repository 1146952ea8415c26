#include "http/routes/administration/settingsRoutes.hpp"

#include <utility>

#include "http/routes/administration/settingsSchemas.hpp"
#include "http/routing/actorBridge.hpp"
#include "http/routing/controlSpec.hpp"
#include "http/routing/ifMatch.hpp"

namespace ks {
namespace {

HttpResponse settingsAnswer(const LiveSettings& live) {
  auto answer = HttpResponse::json(200, settingsSchema(), settingsOutputOf(live));
  answer.setHeader("ETag", "\"" + std::to_string(live.version) + "\"");
  return answer;
}

HttpResponse change(const SettingsRoutesConfig& config, ChangeSettings wish) {
  const auto context = wish.context;
  auto changed = askActor<LiveSettingsPtr>(config.system, config.settings(), context, std::move(wish));
  return changed ? settingsAnswer(*changed.value()) : HttpResponse(std::move(changed.fault()));
}

}  // namespace

void addSettingsRoutes(RouteTable& routes, const SettingsRoutesConfig& config) {
  routes.add(
      {.path = "/api/admin/settings",
       .operationId = "settings",
       .summary = "The settings that can be changed while everything runs",
       .description = "Values in force, where each comes from, and what it may be.",
       .tag = "settings",
       .access = RouteAccess::needs("settings:read")},
      noInput(), {output(200, "The settings; ETag is their version", settingsSchema())},
      [config](const RequestCall<>&) -> HttpResponse { return settingsAnswer(*config.board->current()); });

  routes.add(
      {.method = HttpMethod::patch,
       .path = "/api/admin/settings",
       .operationId = "changeSettings",
       .summary = "Change settings",
       .description =
           "All or none. null gives a setting back to the environment, the file or the default. "
           "If-Match takes the version that was read. Every process follows within a second, the "
           "gateway's limits within two; a shorter retention takes effect when retention next runs. Those "
           "marked superadmin_only a superadmin who is signed in changes, nobody else and no key: "
           "PERMISSION_DENIED names the setting.",
       .tag = "settings",
       .access = RouteAccess::needs("settings:write").recent(),
       .errors = {ErrorCode::preconditionRequired, ErrorCode::versionMismatch, ErrorCode::settingUnknown,
                  ErrorCode::settingNotLive, ErrorCode::outOfRange, ErrorCode::tooLong}},
      bodyInput(settingsChangeSchema()), {output(200, "The settings afterwards", settingsSchema())},
      [config](const RequestCall<WishesInput<TypedWishes>>& call) -> HttpResponse {
        auto version = ifMatchVersion(call.request);
        if (!version) {
          return HttpResponse(std::move(version.fault()));
        }
        return change(config, {call.context, version.value(), call.body.settings.values});
      });

  routes.add({.path = "/api/admin/settings/history",
              .operationId = "settingsHistory",
              .summary = "Who changed which setting, newest first",
              .tag = "settings",
              .access = RouteAccess::needs("settings:read"),
              .errors = {ErrorCode::cursorInvalid, ErrorCode::settingUnknown}},
             queryInput(settingsHistoryQuerySchema()), settingsHistorySchema().outputs("A page of changes"),
             [config](const RequestCall<NoInput, SettingsHistoryInput>& call) -> HttpResponse {
               const auto& in = call.query;
               auto page = askActor<SettingsHistoryPage>(
                   config.system, config.settings(), call.context,
                   ListSettingsHistory{call.context, {in.variable, in.limit, in.cursor}});
               return page ? settingsHistorySchema().answer(call.request, std::move(page.value().rows),
                                                            in.limit, std::move(page.value().nextCursor))
                           : HttpResponse(std::move(page.fault()));
             });
}

void addSettingsControlRoutes(RouteTable& routes, const SettingsRoutesConfig& config) {
  auto spec = controlSpec(HttpMethod::patch, "/control/settings", "controlChangeSettings", "Change settings");
  spec.errors = {ErrorCode::settingUnknown, ErrorCode::settingNotLive, ErrorCode::versionMismatch};
  routes.add(std::move(spec), bodyInput(controlSettingsChangeSchema()),
             {output(200, "The settings afterwards", settingsSchema())},
             [config](const RequestCall<WishesInput<TextWishes>>& call) -> HttpResponse {
               return change(config, {call.context, std::nullopt, call.body.settings.values});
             });
}

}  // namespace ks
