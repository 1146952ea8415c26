#include "http/routes/security/securityRoutes.hpp"

#include <utility>

#include "http/routes/security/securitySchemas.hpp"
#include "messages/platform/requestAudit.hpp"

namespace ks {
namespace {

RouteSpec listRoute(const std::string& path, std::string operationId, std::string summary) {
  auto spec = monitoringRoute("/security" + path, std::move(operationId), std::move(summary));
  spec.errors.push_back(ErrorCode::cursorInvalid);
  return spec;
}

void addListRoutes(RouteTable& routes, const MonitoringRoutesConfig& config) {
  routes.add(listRoute("/violations", "securityViolations", "Refusals by a rate limit, newest first"),
             queryInput(violationQuerySchema()), violationListSchema().outputs("A page of violations"),
             [config](const RequestCall<NoInput, ViolationQueryInput>& call) -> HttpResponse {
               const auto& in = call.query;
               const auto range = rangeOf(in, config.clock.now());
               if (!range) {
                 return HttpResponse(range.fault());
               }
               auto page = askMonitoring<ViolationPage>(config, call.context,
                                                        ViolationQuery{{range.value(), in.limit, in.cursor},
                                                                       in.service == "all" ? "" : in.service,
                                                                       in.remoteIp});
               return page ? violationListSchema().answer(call.request, std::move(page.value().rows),
                                                          in.limit, std::move(page.value().nextCursor))
                           : HttpResponse(page.fault());
             });

  routes.add(listRoute("/suspicious", "securitySuspicious", "What the detection rules found, newest first"),
             queryInput(activityQuerySchema()), activityListSchema().outputs("A page of activities"),
             [config](const RequestCall<NoInput, ActivityQueryInput>& call) -> HttpResponse {
               const auto& in = call.query;
               const auto range = rangeOf(in, config.clock.now());
               if (!range) {
                 return HttpResponse(range.fault());
               }
               auto page = askMonitoring<ActivityPage>(
                   config, call.context,
                   ActivityQuery{
                       {range.value(), in.limit, in.cursor}, in.type, in.severity, in.remoteIp, in.resolved});
               return page ? activityListSchema().answer(call.request, std::move(page.value().rows), in.limit,
                                                         std::move(page.value().nextCursor))
                           : HttpResponse(page.fault());
             });

  routes.add(listRoute("/bans", "listBans", "Bans, newest first; also those that are over"),
             queryInput(banQuerySchema()), banListSchema().outputs("A page of bans"),
             [config](const RequestCall<NoInput, BanQueryInput>& call) -> HttpResponse {
               const auto& in = call.query;
               auto page = askMonitoring<BanPage>(
                   config, call.context,
                   BanQuery{{{}, in.limit, in.cursor}, config.clock.now(), in.standing});
               return page ? banListSchema().answer(call.request, std::move(page.value().rows), in.limit,
                                                    std::move(page.value().nextCursor))
                           : HttpResponse(page.fault());
             });

  routes.add(monitoringRoute("/security/ips", "securityIps", "Addresses with the most violations"),
             queryInput(topViolatorQuerySchema()),
             topViolatorListSchema().outputs("The addresses, worst first"),
             [config](const RequestCall<NoInput, TopViolatorQueryInput>& call) -> HttpResponse {
               const auto now = config.clock.now();
               const auto range = rangeOf(call.query, now);
               if (!range) {
                 return HttpResponse(range.fault());
               }
               auto top = askMonitoring<TopViolators>(config, call.context,
                                                      TopViolatorQuery{range.value(), call.query.limit, now});
               return top ? topViolatorListSchema().answer(call.request, std::move(top.value().rows),
                                                           call.query.limit, {})
                          : HttpResponse(top.fault());
             });
}

}  // namespace

void addSecurityRoutes(RouteTable& routes, const MonitoringRoutesConfig& config, UuidGenerator& uuids) {
  addListRoutes(routes, config);

  auto address = monitoringRoute("/security/ips/{ip}", "securityIp", "Everything about one address");
  address.description =
      "Counts and requests of at most seven days. An IPv6 address stands for its /64, which is looked for "
      "row by "
      "row: ask for no longer range than needed.";
  address.errors.push_back(ErrorCode::invalidFormat);
  routes.add(std::move(address), pathInput(addressPathSchema()).withQuery(addressQuerySchema()),
             {output(200, "The address", addressReportSchema())},
             [config](const RequestCall<NoInput, AddressQueryInput, AddressPath>& call) -> HttpResponse {
               const auto now = config.clock.now();
               const auto range = rangeOf(call.query, now);
               if (!range) {
                 return HttpResponse(range.fault());
               }
               auto report = askMonitoring<AddressReport>(config, call.context,
                                                          AddressQuery{call.path.ip, range.value(), now});
               return report ? HttpResponse::json(200, addressReportSchema(), report.value())
                             : HttpResponse(report.fault());
             });

  auto resolve =
      monitoringRoute("/security/suspicious/{id}", "resolveActivity", "Mark an activity as dealt with");
  resolve.method = HttpMethod::patch;
  resolve.access = RouteAccess::needs("monitoring:write");
  resolve.errors = {ErrorCode::notFound};
  routes.add(
      std::move(resolve), bodyInput(activityChangeSchema()).withPath(activityPathSchema()),
      {output(200, "The activity", activitySchema())},
      [config, &uuids](const RequestCall<ActivityChange, NoInput, ActivityPath>& call) -> HttpResponse {
        ResolveActivity change;
        change.id = call.path.id;
        change.by = call.context.principal->userId;
        change.resolved = call.body.resolved;
        change.now = config.clock.now();
        change.audit = requestAudit(
            call.context, change.resolved ? "monitoring.activity.resolve" : "monitoring.activity.reopen",
            uuids.next(), change.now);
        change.audit.targetType = "activity";
        change.audit.targetId = change.id.toString();
        auto activity = askMonitoring<ActivityRow>(config, call.context, std::move(change));
        return activity ? HttpResponse::json(200, activitySchema(), activity.value())
                        : HttpResponse(activity.fault());
      });
}

}  // namespace ks
