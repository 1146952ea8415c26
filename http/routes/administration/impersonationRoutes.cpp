#include <utility>

#include "http/routes/administration/userRoutes.hpp"
#include "http/routes/administration/userSchemas.hpp"
#include "http/routing/actorBridge.hpp"

namespace ks {
namespace {

struct ImpersonationInput {
  std::string reason;
  std::uint32_t seconds = 900;
};
const ObjectSchema<ImpersonationInput>& impersonationInputSchema() {
  static const auto schema =
      ObjectSchema<ImpersonationInput>("Impersonation")
          .field("reason", &ImpersonationInput::reason, rules().length(1, 500).describe("told to the user"))
          .field("ttl", &ImpersonationInput::seconds, rules().optional().range(60, 3600).describe("seconds"));
  return schema;
}

struct ImpersonationOutput {
  SecretText accessToken;
  std::string tokenType = "Bearer";
  std::uint32_t expiresIn = 0;
  Uuid sessionId;
  Uuid userId;
};
const ObjectSchema<ImpersonationOutput>& impersonationOutputSchema() {
  static const auto schema =
      ObjectSchema<ImpersonationOutput>("ImpersonationAnswer")
          .field("access_token", &ImpersonationOutput::accessToken,
                 rules().length(1, 4096).describe("its claim act.sub names the administrator"))
          .field("token_type", &ImpersonationOutput::tokenType)
          .field("expires_in", &ImpersonationOutput::expiresIn, rules().describe("seconds"))
          .field("session_id", &ImpersonationOutput::sessionId)
          .field("user_id", &ImpersonationOutput::userId);
  return schema;
}

}  // namespace

void addImpersonationRoutes(RouteTable& routes, const UserRoutesConfig& config,
                            std::function<AuthActor()> auth) {
  RouteSpec begin;
  begin.method = HttpMethod::post;
  begin.path = "/api/admin/users/{id}/impersonate";
  begin.operationId = "impersonateUser";
  begin.summary = "Act as another user";
  begin.description =
      "A session of at most an hour without a refresh token. It reads what the user may read with one "
      "factor, "
      "and changes nothing: operations whose x-impersonation is refused answer IMPERSONATION_DENIED. The "
      "user "
      "is told by mail and can end it.";
  begin.tag = "users";
  begin.access = RouteAccess::needs("users:impersonate").recent().byPeople();
  begin.errors = {ErrorCode::userNotFound, ErrorCode::rankTooLow, ErrorCode::conflict};
  routes.add(std::move(begin), bodyInput(impersonationInputSchema()).withPath(userPathSchema()),
             {output(201, "The session", impersonationOutputSchema())},
             [config](const RequestCall<ImpersonationInput, NoInput, UserPath>& call) -> HttpResponse {
               auto answer = askActor<LoginAnswer>(
                   config.system, config.users(), call.context,
                   ImpersonateUser{call.context, call.path.id, call.body.reason, call.body.seconds});
               if (!answer) {
                 return HttpResponse(answer.fault());
               }
               auto& tokens = answer.value().tokens;
               ImpersonationOutput out;
               out.accessToken = std::move(tokens.accessToken);
               out.expiresIn = tokens.accessExpiresInS;
               out.sessionId = tokens.sessionId;
               out.userId = call.path.id;
               return HttpResponse::json(201, impersonationOutputSchema(), out);
             });

  RouteSpec stop;
  stop.method = HttpMethod::post;
  stop.path = "/api/admin/impersonation/stop";
  stop.operationId = "stopImpersonation";
  stop.summary = "End the session in which another user is impersonated, with its own token";
  stop.tag = "users";
  stop.access = RouteAccess::signedIn();
  stop.impersonation = ImpersonationRule::open;
  stop.errors = {ErrorCode::conflict};
  routes.add(std::move(stop), noInput(), {noContent("Ended")},
             [config, auth = std::move(auth)](const RequestCall<>& call) -> HttpResponse {
               if (!call.context.principal->impersonatorId) {
                 auto fault = makeFault(ErrorCode::conflict);
                 fault.message = "this session impersonates nobody";
                 return HttpResponse(std::move(fault));
               }
               auto ended = askActor<Done>(config.system, auth(), call.context, LogoutRequest{call.context});
               return ended ? HttpResponse::empty() : HttpResponse(ended.fault());
             });
}

}  // namespace ks
