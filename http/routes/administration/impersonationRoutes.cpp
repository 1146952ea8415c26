#include <utility>

#include "http/routes/administration/userRoutes.hpp"
#include "http/routes/administration/userSchemas.hpp"
#include "http/routing/asks.hpp"

namespace ks {
ObjectSchema<ImpersonateUser> schemaFor(Of<ImpersonateUser> /*of*/) {
  return ObjectSchema<ImpersonateUser>("Impersonation", "Why, and for how long")
      .field("reason", &ImpersonateUser::reason, rules().length(1, 500).describe("shown to the user"))
      .field("ttl", &ImpersonateUser::seconds, rules().optional().range(60, 3600).describe("seconds"));
}

namespace {

struct ImpersonationOutput {
  SecretText accessToken;
  std::string tokenType = "Bearer";
  std::uint32_t expiresIn = 0;
  Uuid sessionId;
  Uuid userId;
};
ObjectSchema<ImpersonationOutput> schemaFor(Of<ImpersonationOutput> /*of*/) {
  return ObjectSchema<ImpersonationOutput>("ImpersonationAnswer", "A token with which to act as the user")
      .field("access_token", &ImpersonationOutput::accessToken,
             rules().length(1, 4096).describe("its claim act.sub names the administrator"))
      .field("token_type", &ImpersonationOutput::tokenType)
      .field("expires_in", &ImpersonationOutput::expiresIn, rules().describe("seconds"))
      .field("session_id", &ImpersonationOutput::sessionId)
      .field("user_id", &ImpersonationOutput::userId);
}

}  // namespace

void addImpersonationRoutes(RouteTable& routes, const UserRoutesConfig& config,
                            std::function<AuthActor()> auth) {
  auto begin =
      adminRoute(HttpMethod::post, "/users/{id}/impersonate", "impersonateUser", "Impersonate a user",
                 "users", RouteAccess::needs("users:impersonate").recent().byPeople(),
                 {ErrorCode::userNotFound, ErrorCode::rankTooLow, ErrorCode::conflict});
  begin.description =
      "A session of at most an hour without a refresh token. It reads what the user may read with one "
      "factor, and changes nothing: operations with x-impersonation refused answer IMPERSONATION_DENIED. The "
      "user gets a mail and can end it.";
  routes.add(std::move(begin), created("The session"), [config](const IdCall<ImpersonateUser>& call) {
    auto tokens = call.ask(config.users(), messageOf(call)).tokens;
    return ImpersonationOutput{std::move(tokens.accessToken), "Bearer", tokens.accessExpiresInS,
                               tokens.sessionId, call.path.id};
  });

  auto stop = adminRoute(HttpMethod::post, "/impersonation/stop", "stopImpersonation",
                         "End an impersonation, with its own token", "users", RouteAccess::signedIn(),
                         {ErrorCode::conflict});
  stop.impersonation = ImpersonationRule::open;
  routes.add(std::move(stop), noContent("Ended"), [auth = std::move(auth)](const RequestCall<>& call) {
    if (!call.context.principal->impersonatorId) {
      auto fault = makeFault(ErrorCode::conflict);
      fault.message = "this session is not an impersonation";
      throw FaultAnswer{std::move(fault)};
    }
    return call.ask(auth(), LogoutRequest{call.context});
  });
}

}  // namespace ks
