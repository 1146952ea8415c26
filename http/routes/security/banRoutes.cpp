#include "http/routes/security/banRoutes.hpp"

#include "http/routes/security/banSchemas.hpp"
#include "http/routing/controlSpec.hpp"

namespace ks {
namespace {

IpBan addBan(const std::function<BanActor()>& bans, const RequestCall<BanInput>& call) {
  AddBan wish;
  wish.context = call.context;
  wish.network = call.body.address;
  wish.reason = call.body.reason;
  wish.length = std::chrono::seconds{call.body.expiresInS};
  return call.ask(bans(), std::move(wish));
}

}  // namespace

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
      created("The ban"), [bans](const RequestCall<BanInput>& call) { return addBan(bans, call); });

  routes.add(
      described(adminRoute(HttpMethod::del, "/monitoring/security/bans/{id}", "liftBan", "Lift a ban",
                           "monitoring", RouteAccess::needs("monitoring:write"), {ErrorCode::notFound}),
                "A ban that has ended is not changed."),
      noContent("Lifted"), [bans](const IdCall<>& call) {
        return call.ask(bans(), LiftBan{call.context, call.path.id.toString()});
      });
}

void addBanControlRoutes(RouteTable& routes, const std::function<BanActor()>& bans) {
  routes.add(
      controlSpec(HttpMethod::get, "/control/bans", "controlListBans", "Standing bans"), ok("The bans"),
      [bans](const RequestCall<>& call) { return wholeList(call.ask(bans(), ListBans{call.context})); });

  auto add = controlSpec(HttpMethod::post, "/control/bans", "controlAddBan", "Ban an address or a network");
  add.errors = {ErrorCode::addressProtected, ErrorCode::conflict, ErrorCode::overloaded};
  routes.add(std::move(add), created("The ban"),
             [bans](const RequestCall<BanInput>& call) { return addBan(bans, call); });

  auto lift = controlSpec(HttpMethod::del, "/control/bans/{ban}", "controlLiftBan", "Lift a ban");
  lift.errors = {ErrorCode::notFound};
  routes.add(std::move(lift), ok("The ban"), [bans](const PathCall<StandingBanPath>& call) {
    return call.ask(bans(), LiftBan{call.context, call.path.ban});
  });
}

}  // namespace ks
