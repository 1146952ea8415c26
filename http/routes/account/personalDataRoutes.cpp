#include "http/routes/account/personalDataRoutes.hpp"

#include <utility>

#include "http/routes/account/personalDataSchemas.hpp"
#include "http/routing/actorBridge.hpp"

namespace ks {
namespace {

constexpr std::chrono::seconds kPasswordDeadline{15};
constexpr const char* kArchiveType = "application/vnd.k-services.personal-data+json";

RouteSpec ownDataRoute(HttpMethod method, std::string path, std::string operationId, std::string summary) {
  RouteSpec spec;
  spec.method = method;
  spec.path = "/api/auth/me" + std::move(path);
  spec.operationId = std::move(operationId);
  spec.summary = std::move(summary);
  spec.tag = "personal data";
  spec.access = RouteAccess::signedIn();
  return spec;
}

void addExportRoutes(RouteTable& routes, const PersonalDataRoutesConfig& config) {
  auto order = ownDataRoute(HttpMethod::post, "/export", "orderDataExport", "Order a copy of one's own data");
  order.access = RouteAccess::signedIn().onDevice(DeviceRule::own);
  order.description =
      "A mail says when it is ready. One at a time: the one under way, or made within the hour, is answered.";
  routes.add(std::move(order), noInput(), {output(202, "The order", dataExportOutputSchema())},
             [config](const RequestCall<>& call) -> HttpResponse {
               auto job = askActor<DataExport>(config.system, config.personalData(), call.context,
                                               OrderExportRequest{call.context});
               return job ? HttpResponse::json(202, dataExportOutputSchema(), dataExportOutput(job.value()))
                          : HttpResponse(job.fault());
             });

  auto fetch = ownDataRoute(HttpMethod::get, "/export/{id}", "fetchDataExport", "The copy of one's own data");
  fetch.description = "Kept for seven days. It holds no secrets and nobody else's data.";
  fetch.errors = {ErrorCode::jobNotFound};
  fetch.access = RouteAccess::signedIn().onDevice(DeviceRule::own);
  fetch.impersonation = ImpersonationRule::closed;
  routes.add(
      std::move(fetch), pathInput(dataExportPathSchema()),
      {{.status = 200, .description = "The copy: a JSON object", .contentType = kArchiveType},
       output(202, "It is still to be made", dataExportOutputSchema())},
      [config](const RequestCall<NoInput, NoInput, DataExportPath>& call) -> HttpResponse {
        auto found = askActor<FetchedExport>(config.system, config.personalData(), call.context,
                                             FetchExportRequest{call.context, call.path.id});
        if (!found) {
          return HttpResponse(found.fault());
        }
        if (found.value().content.empty()) {
          return HttpResponse::json(202, dataExportOutputSchema(), dataExportOutput(found.value().job));
        }
        auto answer = HttpResponse::text(200, kArchiveType, std::string{found.value().content.reveal()});
        answer.setHeader("Content-Disposition", "attachment; filename=\"personal-data.json\"");
        return answer;
      });
}

}  // namespace

void addPersonalDataRoutes(RouteTable& routes, const PersonalDataRoutesConfig& config) {
  auto activity =
      ownDataRoute(HttpMethod::get, "/activity", "ownActivity", "Own security events, newest first");
  activity.errors = {ErrorCode::outOfRange, ErrorCode::cursorInvalid};
  activity.impersonation = ImpersonationRule::closed;  // entries of the audit trail
  routes.add(
      std::move(activity), queryInput(ownActivityInputSchema()),
      ownActivityListSchema().outputs("A page of events"),
      [config](const RequestCall<NoInput, OwnActivityInput>& call) -> HttpResponse {
        auto page =
            askActor<OwnActivityPage>(config.system, config.personalData(), call.context,
                                      OwnActivityRequest{call.context, call.query.limit, call.query.cursor});
        return page ? ownActivityListSchema().answer(call.request, std::move(page.value().entries),
                                                     page.value().limit, std::move(page.value().nextCursor))
                    : HttpResponse(page.fault());
      });
  addExportRoutes(routes, config);

  auto end = ownDataRoute(HttpMethod::del, "", "deleteAccount", "Delete one's own account");
  end.description = "Ends every session. A sign-in before the time of deletion cancels it.";
  end.errors = {ErrorCode::currentPasswordInvalid, ErrorCode::lastAdmin, ErrorCode::tooManyAttempts,
                ErrorCode::overloaded};
  end.access = RouteAccess::signedIn().onDevice(DeviceRule::withFactor);
  end.deadline = kPasswordDeadline;
  routes.add(std::move(end), bodyInput(deleteAccountInputSchema()),
             {output(202, "The account will be deleted", deletionScheduledSchema())},
             [config](const RequestCall<DeleteAccountInput>& call) -> HttpResponse {
               auto scheduled =
                   askActor<DeletionScheduled>(config.system, config.personalData(), call.context,
                                               DeleteAccountRequest{call.context, call.body.password});
               return scheduled ? HttpResponse::json(202, deletionScheduledSchema(), scheduled.value())
                                : HttpResponse(scheduled.fault());
             });
}

}  // namespace ks
