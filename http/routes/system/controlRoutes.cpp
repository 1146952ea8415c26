#include "http/routes/system/controlRoutes.hpp"

#include <utility>

#include "http/routes/system/controlSchemas.hpp"
#include "http/routing/actorBridge.hpp"
#include "http/routing/controlSpec.hpp"

namespace ks {

namespace {

void addAdministratorRoute(RouteTable& routes, const ControlRoutesConfig& config) {
  auto spec = controlSpec(HttpMethod::post, "/control/administrators", "controlCreateAdministrator",
                          "Make an administrator with a one-time password");
  spec.deadline = std::chrono::seconds{15};
  spec.errors = {ErrorCode::emailTaken, ErrorCode::overloaded};
  routes.add(std::move(spec), bodyInput(administratorInputSchema()),
             {output(201, "Made", administratorOutputSchema()),
              output(200, "There is one already", administratorOutputSchema())},
             [config](const RequestCall<AdministratorInput>& call) -> HttpResponse {
               auto made = askActor<CreateAdministratorAnswer>(
                   config.system, config.auth(), call.context,
                   CreateAdministratorRequest{call.context, call.body.email, call.body.onlyIfNone});
               if (!made) {
                 return HttpResponse(made.fault());
               }
               AdministratorOutput out;
               out.created = made.value().outcome == CreateAdministratorOutcome::created;
               out.email = made.value().email;
               if (out.created) {
                 out.oneTimePassword = made.value().oneTimePassword;
               }
               return HttpResponse::json(out.created ? 201 : 200, administratorOutputSchema(), out);
             });
}

}  // namespace

void addControlRoutes(RouteTable& routes, const ControlRoutesConfig& config) {
  routes.add(controlSpec(HttpMethod::get, "/control/status", "controlStatus",
                         "Health, queues and collector of the process"),
             noInput(), {output(200, "The process", controlStatusSchema())},
             [config](const RequestCall<>& call) -> HttpResponse {
               return HttpResponse::json(200, controlStatusSchema(), config.status(call.context));
             });
  routes.add(controlSpec(HttpMethod::get, "/control/actors", "controlActors", "Every actor of the process"),
             noInput(), {output(200, "The actors", controlActorsSchema())},
             [config](const RequestCall<>&) -> HttpResponse {
               return HttpResponse::json(200, controlActorsSchema(), ControlActorsOutput{config.actors()});
             });
  routes.add(controlSpec(HttpMethod::get, "/control/settings", "controlSettings",
                         "The settings in force, secrets masked"),
             noInput(), {output(200, "The settings", controlSettingsSchema())},
             [config](const RequestCall<>&) -> HttpResponse {
               return HttpResponse::json(200, controlSettingsSchema(),
                                         ControlSettingsOutput{config.settings()});
             });
  if (config.auth) {
    addAdministratorRoute(routes, config);
  }
}

}  // namespace ks
