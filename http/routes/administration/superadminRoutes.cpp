#include <utility>

#include "http/routes/administration/userRoutes.hpp"
#include "http/routes/administration/userSchemas.hpp"
#include "http/routing/actorBridge.hpp"

namespace ks {
namespace {

struct SuperadminInput {
  std::string reason;
};
const ObjectSchema<SuperadminInput>& superadminInputSchema() {
  static const auto schema =
      ObjectSchema<SuperadminInput>("SuperadminWish")
          .field("reason", &SuperadminInput::reason,
                 rules().length(1, 500).describe("told to the other superadmins, and in the audit trail"));
  return schema;
}

const ObjectSchema<SuperadminGrant>& superadminGrantSchema() {
  static const auto schema =
      ObjectSchema<SuperadminGrant>("SuperadminGrant", "It waits for another superadmin to ask the same")
          .field("user_id", &SuperadminGrant::userId)
          .field("email", &SuperadminGrant::email, rules().orNull())
          .field("kind", &SuperadminGrant::kind,
                 rules().describe("grant: the account becomes a superadmin; restore: its suspension ends"))
          .field("asked_by", &SuperadminGrant::askedBy)
          .field("reason", &SuperadminGrant::reason)
          .field("asked_at", &SuperadminGrant::askedAt)
          .field("expires_at", &SuperadminGrant::expiresAt);
  return schema;
}

struct SuperadminGrantsOutput {
  std::vector<SuperadminGrant> grants;
};
const ObjectSchema<SuperadminGrantsOutput>& superadminGrantsSchema() {
  static const auto schema = ObjectSchema<SuperadminGrantsOutput>("SuperadminGrants")
                                 .field("grants", &SuperadminGrantsOutput::grants, superadminGrantSchema());
  return schema;
}

RouteSpec superadminRoute(HttpMethod method, std::string path, std::string operationId, std::string summary,
                          RouteAccess access) {
  RouteSpec spec;
  spec.method = method;
  spec.path = "/api/admin" + std::move(path);
  spec.operationId = std::move(operationId);
  spec.summary = std::move(summary);
  spec.tag = "roles";
  spec.access = std::move(access);
  return spec;
}

}  // namespace

void addSuperadminRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  auto grant = superadminRoute(HttpMethod::post, "/users/{id}/superadmin", "grantSuperadmin",
                               "Make an account a superadmin, or restore a suspended one",
                               RouteAccess::needs("roles:write").recent().byPeople());
  grant.description =
      "For superadmins. The only one does it at once. Where there are more, the first who asks is answered "
      "202 "
      "and the others are told by mail; the second who asks the same within 24 hours confirms it. Any change "
      "of the account, or of the first one's own, voids what waits.";
  grant.errors = {ErrorCode::userNotFound, ErrorCode::rankTooLow, ErrorCode::conflict};
  routes.add(std::move(grant), bodyInput(superadminInputSchema()).withPath(userPathSchema()),
             {output(200, "Done: the account", adminUserSchema()),
              output(202, "It waits for another superadmin", superadminGrantSchema())},
             [config](const RequestCall<SuperadminInput, NoInput, UserPath>& call) -> HttpResponse {
               auto made =
                   askActor<GrantedSuperadmin>(config.system, config.users(), call.context,
                                               GrantSuperadmin{call.context, call.path.id, call.body.reason});
               if (!made) {
                 return HttpResponse(made.fault());
               }
               const auto& [user, waiting] = made.value();
               return user      ? HttpResponse::json(200, adminUserSchema(), *user)
                      : waiting ? HttpResponse::json(202, superadminGrantSchema(), *waiting)
                                : HttpResponse(ErrorCode::conflict);
             });

  auto withdraw = superadminRoute(HttpMethod::del, "/users/{id}/superadmin", "withdrawSuperadmin",
                                  "Withdraw what waits for another superadmin; any superadmin may",
                                  RouteAccess::needs("roles:write").byPeople());
  withdraw.errors = {ErrorCode::notFound, ErrorCode::rankTooLow};
  routes.add(std::move(withdraw), pathInput(userPathSchema()), {noContent("Withdrawn")},
             [config](const RequestCall<NoInput, NoInput, UserPath>& call) -> HttpResponse {
               auto gone = askActor<Done>(config.system, config.users(), call.context,
                                          WithdrawSuperadmin{call.context, call.path.id});
               return gone ? HttpResponse::empty() : HttpResponse(gone.fault());
             });

  routes.add(superadminRoute(HttpMethod::get, "/superadmin-grants", "listSuperadminGrants",
                             "What waits for another superadmin, the oldest first",
                             RouteAccess::needs("roles:read")),
             noInput(), {output(200, "What waits", superadminGrantsSchema())},
             [config](const RequestCall<>& call) -> HttpResponse {
               auto grants = askActor<std::vector<SuperadminGrant>>(
                   config.system, config.users(), call.context, ListSuperadminGrants{call.context});
               return grants ? HttpResponse::json(200, superadminGrantsSchema(),
                                                  SuperadminGrantsOutput{std::move(grants.value())})
                             : HttpResponse(grants.fault());
             });
}

}  // namespace ks
