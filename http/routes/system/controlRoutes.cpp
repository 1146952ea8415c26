#include "http/routes/system/controlRoutes.hpp"

#include <utility>

#include "http/routes/system/controlSchemas.hpp"
#include "http/routing/asks.hpp"
#include "http/routing/controlSpec.hpp"

namespace ks {

namespace {

void addAdministratorRoute(RouteTable& routes, const ControlRoutesConfig& config) {
  auto spec = controlSpec(HttpMethod::post, "/control/administrators", "controlCreateAdministrator",
                          "Create an administrator with a one-time password");
  spec.deadline = std::chrono::seconds{15};
  spec.errors = {ErrorCode::emailTaken, ErrorCode::overloaded};
  routes.add(std::move(spec),
             {output<CreateAdministratorAnswer>(201, "Made"),
              output<CreateAdministratorAnswer>(200, "One already exists")},
             [config](const RequestCall<CreateAdministratorRequest>& call) {
               const auto made = call.ask(config.auth(), messageOf(call));
               return HttpResponse::json(made.outcome == CreateAdministratorOutcome::created ? 201 : 200,
                                         made);
             });
}

}  // namespace

void addControlRoutes(RouteTable& routes, const ControlRoutesConfig& config) {
  routes.add(controlSpec(HttpMethod::get, "/control/status", "controlStatus",
                         "Health, queues and collector of the process"),
             ok("The process"), [config](const RequestCall<>& call) { return config.status(call.context); });
  routes.add(controlSpec(HttpMethod::get, "/control/actors", "controlActors", "Every actor of the process"),
             ok("The actors and the listeners"), [config](const RequestCall<>&) { return config.actors(); });
  routes.add(controlSpec(HttpMethod::get, "/control/settings", "controlSettings",
                         "The settings in force, secrets masked"),
             ok("The settings"), [config](const RequestCall<>&) { return wholeList(config.settings()); });
  if (config.auth) {
    addAdministratorRoute(routes, config);
  }
}

}  // namespace ks
