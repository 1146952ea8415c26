#include "http/routes/account/personalDataRoutes.hpp"

#include <utility>

#include "http/routes/account/personalDataSchemas.hpp"
#include "http/routing/asks.hpp"

namespace ks {
namespace {

constexpr std::chrono::seconds kPasswordDeadline{15};
constexpr const char* kArchiveType = "application/vnd.k-services.personal-data+json";

RouteSpec ownDataRoute(HttpMethod method, std::string path, std::string operationId, std::string summary) {
  return {.method = method,
          .path = "/api/auth/me" + std::move(path),
          .operationId = std::move(operationId),
          .summary = std::move(summary),
          .tag = "personal data",
          .access = RouteAccess::signedIn()};
}

void addExportRoutes(RouteTable& routes, const std::function<PersonalDataActor()>& personalData) {
  auto order = ownDataRoute(HttpMethod::post, "/export", "orderDataExport", "Order a copy of your own data");
  order.access = RouteAccess::signedIn().onDevice(DeviceRule::own);
  order.description =
      "A mail says when it is ready. One at a time: a copy in progress, or made within the hour, is returned.";
  routes.add(std::move(order), accepted("The order"), asks<RequestCall<>, OrderExportRequest>(personalData));

  auto fetch =
      ownDataRoute(HttpMethod::get, "/export/{id}", "fetchDataExport", "Fetch the copy of your own data");
  fetch.description = "Kept for seven days. It holds no secrets and nobody else's data.";
  fetch.errors = {ErrorCode::jobNotFound};
  fetch.access = RouteAccess::signedIn().onDevice(DeviceRule::own);
  fetch.impersonation = ImpersonationRule::closed;
  routes.add(std::move(fetch),
             {{.status = 200, .description = "The copy: a JSON object", .contentType = kArchiveType},
              output<DataExport>(202, "It is not ready yet")},
             [personalData](const IdCall<>& call) -> HttpResponse {
               auto found = call.ask(personalData(), messageOf<FetchExportRequest>(call));
               if (found.content.empty()) {
                 return HttpResponse::json(202, found.job);
               }
               auto answer = HttpResponse::text(200, kArchiveType, std::string{found.content.reveal()});
               answer.setHeader("Content-Disposition", "attachment; filename=\"personal-data.json\"");
               return answer;
             });
}

}  // namespace

void addPersonalDataRoutes(RouteTable& routes, const std::function<PersonalDataActor()>& personalData) {
  auto activity =
      ownDataRoute(HttpMethod::get, "/activity", "ownActivity", "Own security events, newest first");
  activity.errors = {ErrorCode::outOfRange, ErrorCode::cursorInvalid};
  activity.impersonation = ImpersonationRule::closed;  // entries of the audit trail
  routes.add(std::move(activity), ok("A page of events"), asks<QueryCall<OwnActivityRequest>>(personalData));
  addExportRoutes(routes, personalData);

  auto end = ownDataRoute(HttpMethod::del, "", "deleteAccount", "Delete your own account");
  end.description = "Ends every session. A sign-in before the deletion time cancels it.";
  end.errors = {ErrorCode::currentPasswordInvalid, ErrorCode::lastAdmin, ErrorCode::tooManyAttempts,
                ErrorCode::overloaded};
  end.access = RouteAccess::signedIn().onDevice(DeviceRule::withFactor);
  end.deadline = kPasswordDeadline;
  routes.add(std::move(end), accepted("The account will be deleted"),
             asks<RequestCall<DeleteAccountRequest>>(personalData));
}

}  // namespace ks
