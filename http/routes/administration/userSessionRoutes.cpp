#include <utility>

#include "http/routes/administration/roleSchemas.hpp"
#include "http/routes/administration/userRoutes.hpp"
#include "http/routes/administration/userSchemas.hpp"
#include "http/routes/monitoring/eventSchemas.hpp"
#include "http/routing/asks.hpp"

namespace ks {
namespace {

RouteSpec sessionRoute(HttpMethod method, std::string path, std::string operationId, std::string summary,
                       std::string permission, std::vector<ErrorCode> errors) {
  return adminRoute(method, std::move(path), std::move(operationId), std::move(summary), "sessions",
                    RouteAccess::needs(std::move(permission)), std::move(errors));
}

template <class Call>
RevokedSessionsOutput endSessionsOf(const UserRoutesConfig& config, const Call& call,
                                    std::optional<Uuid> session) {
  UserCommand wish{.operation = UserOperation::endSessions, .session = session};
  return {call.ask(config.users(), ChangeUser{call.context, call.path.id, std::move(wish), std::nullopt})};
}

}  // namespace

void addUserSessionRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  const std::vector<ErrorCode> pageErrors{ErrorCode::outOfRange, ErrorCode::cursorInvalid};
  routes.add(sessionRoute(HttpMethod::get, "/sessions", "listAllSessions", "Live sessions, newest first",
                          "sessions:read",
                          {ErrorCode::outOfRange, ErrorCode::cursorInvalid, ErrorCode::invalidFormat}),
             ok("A page of sessions"), asks<QueryCall<SearchSessions>>(config.users));

  routes.add(described(sessionRoute(HttpMethod::post, "/sessions/revoke", "revokeSessions",
                                    "End many sessions", "sessions:revoke", {ErrorCode::invalidFormat}),
                       "Never the caller's own, nor those of accounts of an equal or higher rank."),
             ok("How many"), asks<RequestCall<EndSessions>>(config.users));

  routes.add(
      sessionRoute(HttpMethod::get, "/users/{id}/sessions", "listUserSessions", "Live sessions of an account",
                   "sessions:read", pageErrors),
      ok("A page of sessions"), [config](const QueryCall<SessionPageQuery, IdPath>& call) {
        const SearchSessions search{{call.path.id, {}, call.query.limit, call.query.cursor}, call.context};
        return shown(call.ask(config.users(), search), search.limit);
      });

  auto activity =
      sessionRoute(HttpMethod::get, "/users/{id}/activity", "listUserActivity",
                   "Audit entries by and about an account, newest first", "audit:read", pageErrors);
  activity.tag = "users";
  routes.add(std::move(activity), ok("A page of the audit trail"),
             asks<QueryCall<AskUserActivity, IdPath>>(config.users));

  routes.add(sessionRoute(HttpMethod::del, "/users/{id}/sessions", "revokeUserSessions",
                          "End all sessions of an account", "sessions:revoke",
                          {ErrorCode::userNotFound, ErrorCode::rankTooLow, ErrorCode::conflict}),
             ok("How many"),
             [config](const IdCall<>& call) { return endSessionsOf(config, call, std::nullopt); });

  routes.add(sessionRoute(HttpMethod::del, "/users/{id}/sessions/{session_id}", "revokeUserSession",
                          "End a session of an account", "sessions:revoke",
                          {ErrorCode::userNotFound, ErrorCode::rankTooLow, ErrorCode::conflict,
                           ErrorCode::sessionNotFound}),
             noContent("Ended"), [config](const PathCall<UserSessionPath>& call) {
               return endSessionsOf(config, call, call.path.sessionId);
             });
}

}  // namespace ks
