#include <utility>

#include "http/routes/administration/roleSchemas.hpp"
#include "http/routes/administration/userRoutes.hpp"
#include "http/routes/administration/userSchemas.hpp"
#include "http/routes/monitoring/eventSchemas.hpp"
#include "http/routing/actorBridge.hpp"

namespace ks {
namespace {

RouteSpec sessionRoute(HttpMethod method, std::string path, std::string operationId, std::string summary,
                       std::string permission) {
  RouteSpec spec;
  spec.method = method;
  spec.path = "/api/admin" + std::move(path);
  spec.operationId = std::move(operationId);
  spec.summary = std::move(summary);
  spec.tag = "sessions";
  spec.access = RouteAccess::needs(std::move(permission));
  return spec;
}

HttpResponse sessionPage(const UserRoutesConfig& config, const RequestContext& context,
                         const HttpRequest& request, SessionSearch query) {
  const auto limit = query.limit;
  auto page = askActor<AdminSessionPage>(config.system, config.users(), context,
                                         SearchSessions{context, std::move(query)});
  return page ? adminSessionListSchema().answer(request, std::move(page.value().rows), limit,
                                                std::move(page.value().nextCursor))
              : HttpResponse(page.fault());
}

Result<ChangedUser> endSessionsOf(const UserRoutesConfig& config, const RequestContext& context,
                                  const Uuid& userId, std::optional<Uuid> sessionId) {
  UserCommand wish;
  wish.operation = UserOperation::endSessions;
  wish.session = sessionId;
  return askActor<ChangedUser>(config.system, config.users(), context,
                               ChangeUser{context, userId, std::move(wish), std::nullopt});
}

}  // namespace

void addUserSessionRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  auto fleet = sessionRoute(HttpMethod::get, "/sessions", "listAllSessions", "Live sessions, newest first",
                            "sessions:read");
  fleet.errors = {ErrorCode::outOfRange, ErrorCode::cursorInvalid, ErrorCode::invalidFormat};
  routes.add(std::move(fleet), queryInput(sessionSearchSchema()),
             adminSessionListSchema().outputs("A page of sessions"),
             [config](const RequestCall<NoInput, SessionSearch>& call) -> HttpResponse {
               return sessionPage(config, call.context, call.request, call.query);
             });

  auto revoke = sessionRoute(HttpMethod::post, "/sessions/revoke", "revokeSessions", "End many sessions",
                             "sessions:revoke");
  revoke.description = "Never the caller's own, nor those of accounts of an equal or higher rank.";
  revoke.errors = {ErrorCode::invalidFormat};
  routes.add(std::move(revoke), bodyInput(revokeChosenSchema()),
             {output(200, "How many", revokeChosenOutputSchema())},
             [config](const RequestCall<RevokeChosenInput>& call) -> HttpResponse {
               auto done =
                   askActor<EndSessionsAnswer>(config.system, config.users(), call.context,
                                               EndSessions{call.context, call.body.filter, call.body.dryRun});
               return done ? HttpResponse::json(200, revokeChosenOutputSchema(),
                                                RevokeChosenOutput{done.value().chosen, done.value().ended})
                           : HttpResponse(done.fault());
             });

  auto list = sessionRoute(HttpMethod::get, "/users/{id}/sessions", "listUserSessions",
                           "Live sessions of an account", "sessions:read");
  list.errors = {ErrorCode::outOfRange, ErrorCode::cursorInvalid};
  routes.add(std::move(list), pathInput(userPathSchema()).withQuery(sessionPageSchema()),
             adminSessionListSchema().outputs("A page of sessions"),
             [config](const RequestCall<NoInput, SessionPageQuery, UserPath>& call) -> HttpResponse {
               return sessionPage(config, call.context, call.request,
                                  SessionSearch{call.path.id, {}, call.query.limit, call.query.cursor});
             });

  auto activity = sessionRoute(HttpMethod::get, "/users/{id}/activity", "listUserActivity",
                               "What an account did and what was done to it, newest first", "audit:read");
  activity.tag = "users";
  activity.errors = {ErrorCode::outOfRange, ErrorCode::cursorInvalid};
  routes.add(std::move(activity), pathInput(userPathSchema()).withQuery(sessionPageSchema()),
             auditListSchema().outputs("A page of the audit trail"),
             [config](const RequestCall<NoInput, SessionPageQuery, UserPath>& call) -> HttpResponse {
               auto page = askActor<AuditPage>(
                   config.system, config.users(), call.context,
                   AskUserActivity{call.context, {call.path.id, call.query.limit, call.query.cursor}});
               return page ? auditListSchema().answer(call.request, std::move(page.value().entries),
                                                      call.query.limit, std::move(page.value().nextCursor))
                           : HttpResponse(page.fault());
             });

  auto all = sessionRoute(HttpMethod::del, "/users/{id}/sessions", "revokeUserSessions",
                          "End all sessions of an account", "sessions:revoke");
  all.errors = {ErrorCode::userNotFound, ErrorCode::rankTooLow, ErrorCode::conflict};
  routes.add(std::move(all), pathInput(userPathSchema()), {output(200, "How many", revokedSchema())},
             [config](const RequestCall<NoInput, NoInput, UserPath>& call) -> HttpResponse {
               auto done = endSessionsOf(config, call.context, call.path.id, std::nullopt);
               return done ? HttpResponse::json(200, revokedSchema(),
                                                RevokedSessionsOutput{done.value().sessionsEnded})
                           : HttpResponse(done.fault());
             });

  auto one = sessionRoute(HttpMethod::del, "/users/{id}/sessions/{session_id}", "revokeUserSession",
                          "End a session of an account", "sessions:revoke");
  one.errors = {ErrorCode::userNotFound, ErrorCode::rankTooLow, ErrorCode::conflict,
                ErrorCode::sessionNotFound};
  routes.add(std::move(one), pathInput(userSessionPathSchema()), {noContent("Ended")},
             [config](const RequestCall<NoInput, NoInput, UserSessionPath>& call) -> HttpResponse {
               auto done = endSessionsOf(config, call.context, call.path.id, call.path.sessionId);
               return done ? HttpResponse::empty() : HttpResponse(done.fault());
             });
}

}  // namespace ks
