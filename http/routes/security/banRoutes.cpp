#include "http/routes/security/banRoutes.hpp"

#include "http/routes/security/banSchemas.hpp"
#include "http/routing/asks.hpp"
#include "http/routing/controlSpec.hpp"

namespace ks {
void addBanRoutes(RouteTable& routes, const std::function<BanActor()>& bans) {
  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/admin/monitoring/security/bans",
       .operationId = "addBan",
       .summary = "Ban an address or a network",
       .description = "The gateway answers it with 403 within two seconds. Your own address, those of "
                      "signed-in administrators, of trusted proxies and of the machine itself are refused.",
       .tag = "monitoring",
       .access = RouteAccess::needs("monitoring:write"),
       .errors = {ErrorCode::addressProtected, ErrorCode::conflict, ErrorCode::overloaded}},
      created("The ban"), asks<RequestCall<AddBan>>(bans));

  routes.add(
      described(adminRoute(HttpMethod::del, "/monitoring/security/bans/{id}", "liftBan", "Lift a ban",
                           "monitoring", RouteAccess::needs("monitoring:write"), {ErrorCode::notFound}),
                "A ban that has ended is not changed."),
      noContent("Lifted"), [bans](const IdCall<>& call) {
        return call.ask(bans(), LiftBan{call.context, call.path.id.toString()});
      });
}

void addBanControlRoutes(RouteTable& routes, const std::function<BanActor()>& bans) {
  routes.add(controlSpec(HttpMethod::get, "/control/bans", "controlListBans", "Standing bans"),
             ok("The bans"), asks<RequestCall<>, ListBans>(bans));

  auto add = controlSpec(HttpMethod::post, "/control/bans", "controlAddBan", "Ban an address or a network");
  add.errors = {ErrorCode::addressProtected, ErrorCode::conflict, ErrorCode::overloaded};
  routes.add(std::move(add), created("The ban"), asks<RequestCall<AddBan>>(bans));

  auto lift = controlSpec(HttpMethod::del, "/control/bans/{ban}", "controlLiftBan", "Lift a ban");
  lift.errors = {ErrorCode::notFound};
  routes.add(std::move(lift), ok("The ban"), asks<PathCall<LiftBan>>(bans));
}

}  // namespace ks
