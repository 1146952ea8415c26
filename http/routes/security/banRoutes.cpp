#include "http/routes/security/banRoutes.hpp"

#include "http/routes/security/banSchemas.hpp"
#include "http/routing/actorBridge.hpp"
#include "http/routing/controlSpec.hpp"

namespace ks {
namespace {

Result<IpBan> addBan(const BanRoutesConfig& config, const RequestContext& context, const BanInput& input) {
  AddBan wish;
  wish.context = context;
  wish.network = input.address;
  wish.reason = input.reason;
  wish.length = std::chrono::seconds{input.expiresInS};
  return askActor<IpBan>(config.system, config.bans(), context, std::move(wish));
}

HttpResponse banAnswer(int status, const Result<IpBan>& ban) {
  return ban ? HttpResponse::json(status, banSchema(), ban.value()) : HttpResponse(ban.fault());
}

}  // namespace

void addBanRoutes(RouteTable& routes, const BanRoutesConfig& config) {
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
      bodyInput(banInputSchema()), {output(201, "The ban", banSchema())},
      [config](const RequestCall<BanInput>& call) -> HttpResponse {
        return banAnswer(201, addBan(config, call.context, call.body));
      });

  routes.add({.method = HttpMethod::del,
              .path = "/api/admin/monitoring/security/bans/{id}",
              .operationId = "liftBan",
              .summary = "Lift a ban",
              .description = "A ban that is over already stays as it is.",
              .tag = "monitoring",
              .access = RouteAccess::needs("monitoring:write"),
              .errors = {ErrorCode::notFound}},
             pathInput(banPathSchema()), {noContent("Lifted")},
             [config](const RequestCall<NoInput, NoInput, BanPath>& call) -> HttpResponse {
               auto lifted = askActor<IpBan>(config.system, config.bans(), call.context,
                                             LiftBan{call.context, call.path.id.toString()});
               return lifted ? HttpResponse::empty() : HttpResponse(lifted.fault());
             });
}

void addBanControlRoutes(RouteTable& routes, const BanRoutesConfig& config) {
  routes.add(
      controlSpec(HttpMethod::get, "/control/bans", "controlListBans", "Standing bans"), noInput(),
      {output(200, "The bans", standingBansSchema())}, [config](const RequestCall<>& call) -> HttpResponse {
        auto bans =
            askActor<std::vector<IpBan>>(config.system, config.bans(), call.context, ListBans{call.context});
        return bans ? HttpResponse::json(200, standingBansSchema(), StandingBansOutput{bans.value()})
                    : HttpResponse(bans.fault());
      });

  auto add = controlSpec(HttpMethod::post, "/control/bans", "controlAddBan", "Ban an address or a network");
  add.errors = {ErrorCode::addressProtected, ErrorCode::conflict, ErrorCode::overloaded};
  routes.add(std::move(add), bodyInput(banInputSchema()), {output(201, "The ban", banSchema())},
             [config](const RequestCall<BanInput>& call) -> HttpResponse {
               return banAnswer(201, addBan(config, call.context, call.body));
             });

  auto lift = controlSpec(HttpMethod::del, "/control/bans/{ban}", "controlLiftBan", "Lift a ban");
  lift.errors = {ErrorCode::notFound};
  routes.add(std::move(lift), pathInput(standingBanPathSchema()), {output(200, "The ban", banSchema())},
             [config](const RequestCall<NoInput, NoInput, StandingBanPath>& call) -> HttpResponse {
               return banAnswer(200, askActor<IpBan>(config.system, config.bans(), call.context,
                                                     LiftBan{call.context, call.path.ban}));
             });
}

}  // namespace ks
