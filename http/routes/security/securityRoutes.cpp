#include "http/routes/security/securityRoutes.hpp"

#include <utility>

#include "http/routes/security/securitySchemas.hpp"

namespace ks {
namespace {

RouteSpec listRoute(const std::string& path, std::string operationId, std::string summary) {
  auto spec = monitoringRoute("/security" + path, std::move(operationId), std::move(summary));
  spec.errors.push_back(ErrorCode::cursorInvalid);
  return spec;
}

void addListRoutes(RouteTable& routes, const MonitoringRoutesConfig& config) {
  routes.add(listRoute("/violations", "securityViolations", "Refusals by a rate limit, newest first"),
             ok("A page of violations"), asksStorage<ViolationQuery>(config));

  routes.add(listRoute("/suspicious", "securitySuspicious", "Findings of the detection rules, newest first"),
             ok("A page of activities"), asksStorage<ActivityQuery>(config));

  routes.add(listRoute("/bans", "listBans", "Bans, newest first, including ended ones"), ok("A page of bans"),
             asksStorage<BanQuery, QueryCall<BanQuery>>(config));

  routes.add(monitoringRoute("/security/ips", "securityIps", "Addresses with the most violations"),
             ok("The addresses, worst first"), [config](const QueryCall<InRange<TopViolatorQuery>>& call) {
               const auto now = config.clock.now();
               const auto range = rangeOf(call.query, now);
               auto top = call.askStorage(config.storage(), TopViolatorQuery{range, call.query.limit, now});
               return pageOf(std::move(top.rows), call.query.limit, {});
             });
}

}  // namespace

void addSecurityRoutes(RouteTable& routes, const MonitoringRoutesConfig& config,
                       const std::function<ActivityActor()>& activities) {
  addListRoutes(routes, config);

  auto address = monitoringRoute("/security/ips/{ip}", "securityIp", "Report on one address");
  address.description =
      "Counts and requests of at most seven days. An IPv6 address means its /64, which is searched row by "
      "row: ask for no longer range than needed.";
  address.errors.push_back(ErrorCode::invalidFormat);
  routes.add(std::move(address), ok("The address"),
             [config](const RequestCall<NoInput, InRange<AddressQuery>, AddressPath>& call) {
               const auto now = config.clock.now();
               const auto range = rangeOf(call.query, now);
               return call.askStorage(config.storage(), AddressQuery{call.path.ip, range, now});
             });

  routes.add(adminRoute(HttpMethod::patch, "/monitoring/security/suspicious/{id}", "resolveActivity",
                        "Resolve a suspicious activity", "monitoring", RouteAccess::needs("monitoring:write"),
                        {ErrorCode::notFound}),
             ok("The activity"), asks<IdCall<SettleActivity>>(activities));
}

}  // namespace ks
