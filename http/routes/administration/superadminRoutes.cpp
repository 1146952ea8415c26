#include <utility>

#include "http/routes/administration/userRoutes.hpp"
#include "http/routes/administration/userSchemas.hpp"
#include "http/routing/asks.hpp"

namespace ks {
ObjectSchema<GrantSuperadmin> schemaFor(Of<GrantSuperadmin> /*of*/) {
  return ObjectSchema<GrantSuperadmin>("SuperadminWish", "Why the account becomes a superadmin")
      .field("reason", &GrantSuperadmin::reason,
             rules().length(1, 500).describe("shown to the other superadmins, and in the audit trail"));
}

ObjectSchema<SuperadminGrant> schemaFor(Of<SuperadminGrant> /*of*/) {
  return ObjectSchema<SuperadminGrant>("SuperadminGrant",
                                       "Pending until another superadmin requests the same")
      .field("user_id", &SuperadminGrant::userId)
      .field("email", &SuperadminGrant::email, rules().orNull())
      .field("kind", &SuperadminGrant::kind,
             rules().describe("grant: the account becomes a superadmin; restore: its suspension ends"))
      .field("asked_by", &SuperadminGrant::askedBy)
      .field("reason", &SuperadminGrant::reason)
      .field("asked_at", &SuperadminGrant::askedAt)
      .field("expires_at", &SuperadminGrant::expiresAt);
}

void addSuperadminRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  auto grant = adminRoute(HttpMethod::post, "/users/{id}/superadmin", "grantSuperadmin",
                          "Make an account a superadmin, or restore a suspended one", "roles",
                          RouteAccess::needs("roles:write").recent().byPeople(),
                          {ErrorCode::userNotFound, ErrorCode::rankTooLow, ErrorCode::conflict});
  grant.description =
      "For superadmins. A single superadmin does it at once. If there are more, the first request is "
      "answered 202 and the others get a mail; a second one who requests the same within 24 hours confirms "
      "it. Any change of the account, or of the first superadmin's own, voids the request.";
  routes.add(std::move(grant),
             {output<AdminUser>(200, "Done: the account"),
              output<SuperadminGrant>(202, "Pending for another superadmin")},
             [config](const IdCall<GrantSuperadmin>& call) -> HttpResponse {
               const auto made = call.ask(config.users(), messageOf(call));
               const auto& [user, waiting] = made;
               return user      ? recordAnswer(200, *user)
                      : waiting ? HttpResponse::json(202, *waiting)
                                : HttpResponse(ErrorCode::conflict);
             });

  auto withdraw =
      adminRoute(HttpMethod::del, "/users/{id}/superadmin", "withdrawSuperadmin",
                 "Withdraw a pending superadmin request; any superadmin may", "roles",
                 RouteAccess::needs("roles:write").byPeople(), {ErrorCode::notFound, ErrorCode::rankTooLow});
  routes.add(std::move(withdraw), noContent("Withdrawn"), asks<IdCall<>, WithdrawSuperadmin>(config.users));

  routes.add(
      adminRoute(HttpMethod::get, "/superadmin-grants", "listSuperadminGrants",
                 "Pending superadmin requests, oldest first", "roles", RouteAccess::needs("roles:read")),
      ok("What waits"), asks<RequestCall<>, ListSuperadminGrants>(config.users));
}

}  // namespace ks
