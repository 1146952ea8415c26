#include "http/routes/administration/userRoutes.hpp"

#include <algorithm>
#include <utility>

#include "http/routes/administration/userSchemas.hpp"
#include "http/routing/asks.hpp"

namespace ks {
namespace {

RouteSpec userRoute(HttpMethod method, const std::string& path, std::string operationId, std::string summary,
                    std::string permission, std::vector<ErrorCode> errors = {}) {
  return adminRoute(method, "/users" + path, std::move(operationId), std::move(summary), "users",
                    RouteAccess::needs(std::move(permission)), std::move(errors));
}

/// What is done to one account. It opens the account to somebody, or takes it away from somebody, hence only
/// after a fresh sign-in.
RouteSpec userChange(HttpMethod method, const std::string& path, std::string operationId, std::string summary,
                     std::vector<ErrorCode> errors = {}, std::string permission = "users:write") {
  errors.insert(errors.end(), {ErrorCode::userNotFound, ErrorCode::rankTooLow, ErrorCode::conflict});
  auto spec = userRoute(method, "/{id}" + path, std::move(operationId), std::move(summary),
                        std::move(permission), std::move(errors));
  spec.access.recentOnly = true;
  return spec;
}

void checkUntil(const UserCommand& wish, TimePoint now) {
  if (wish.until && *wish.until <= now) {
    throw FaultAnswer{fieldFault(ErrorCode::outOfRange, "until", "until must be in the future")};
  }
}

template <class Call>
ChangedUser changeUser(const UserRoutesConfig& config, const Call& call, UserCommand wish) {
  ChangeUser change{call.context, call.path.id, std::move(wish), std::nullopt};
  if (call.expectedVersion) {
    change.expectedVersion = static_cast<std::int32_t>(*call.expectedVersion);
  }
  return call.ask(config.users(), std::move(change));
}

template <class Call>
AdminUser changedUser(const UserRoutesConfig& config, const Call& call, UserCommand wish) {
  return foundOr(changeUser(config, call, std::move(wish)).user, ErrorCode::userNotFound);
}

/// A change without further input; requires a fresh sign-in like all changes of accounts.
void addPlainChange(RouteTable& routes, const UserRoutesConfig& config, const std::string& path,
                    std::string operationId, std::string summary, UserOperation operation) {
  routes.add(userChange(HttpMethod::post, "/" + path, std::move(operationId), std::move(summary)),
             ok("The account"), [config, operation](const IdCall<>& call) {
               return changedUser(config, call, {.operation = operation});
             });
}

void addFindRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  routes.add(
      userRoute(HttpMethod::get, "", "listUsers", "Search accounts", "users:read",
                {ErrorCode::outOfRange, ErrorCode::cursorInvalid}),
      ok("A page of accounts"), [config](const QueryCall<UserSearch>& call) {
        return userPage(call.ask(config.users(), SearchUsers{call.context, call.query}), call.query.limit);
      });

  routes.add(
      userRoute(HttpMethod::get, "/{id}", "getUser", "One account", "users:read", {ErrorCode::userNotFound}),
      ok("The account"), [config](const IdCall<>& call) {
        return call.ask(config.users(), FindUser{call.context, {call.path.id, {}, {}, {}}});
      });

  auto lookup = userRoute(HttpMethod::post, "/lookup", "lookUpUser", "Find an account by its exact name",
                          "users:read", {ErrorCode::userNotFound});
  lookup.description = "Not a search. The e-mail address is in the body, so it appears in no log.";
  routes.add(std::move(lookup), ok("The account"), [config](const RequestCall<UserKey>& call) {
    const auto& in = call.body;
    if ((in.email.empty() ? 0 : 1) + (in.username.empty() ? 0 : 1) + (in.externalId.empty() ? 0 : 1) != 1) {
      throw FaultAnswer{fieldFault(ErrorCode::validationFailed, "email",
                                   "Give exactly one of email, username and external_id")};
    }
    return call.ask(config.users(), FindUser{call.context, in});
  });
}

void addEditRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  auto change = userChange(HttpMethod::patch, "", "changeUser", "Change an account",
                           {ErrorCode::emailTaken, ErrorCode::usernameTaken, ErrorCode::selfServiceOnly});
  change.ifMatch = IfMatchRule::required;
  change.description =
      "If-Match carries the version that was read (the answer's ETag). Another address: the old one, where "
      "it was verified, is told and can undo it for 7 days; one's own is changed with POST "
      "/api/auth/me/email.";
  routes.add(std::move(change), ok("The account"),
             [config](const IdCall<UserChangeInput>& call) { return changedUser(config, call, call.body); });

  routes.add(userChange(HttpMethod::del, "", "deleteUser", "Delete an account", {ErrorCode::lastAdmin},
                        "users:delete"),
             noContent("Deleted"), [config](const QueryCall<DeleteUserQuery, IdPath>& call) {
               changeUser(config, call, commandOf(UserOperation::remove, call.query));
               return Done{};
             });

  auto roles = userChange(HttpMethod::put, "/roles", "setUserRoles", "The roles of an account",
                          {ErrorCode::roleNotFound, ErrorCode::cannotGrantHigherRole, ErrorCode::lastAdmin},
                          "roles:write");
  roles.description = "Ends the account's sessions, because a session contains its permissions.";
  routes.add(std::move(roles), ok("The account"), [config](const IdCall<UserRolesInput>& call) {
    return changedUser(config, call, commandOf(UserOperation::setRoles, call.body));
  });
}

void addStateRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  auto suspend = userChange(HttpMethod::post, "/suspend", "suspendUser", "Suspend an account",
                            {ErrorCode::lastAdmin, ErrorCode::outOfRange});
  suspend.description = "Its sessions end at once. With `until` the suspension ends by itself.";
  routes.add(std::move(suspend), ok("The account"), [config](const IdCall<SuspendInput>& call) {
    checkUntil(call.body, config.clock.now());
    return changedUser(config, call, commandOf(UserOperation::suspend, call.body));
  });
  addPlainChange(routes, config, "unsuspend", "unsuspendUser", "Lift a suspension", UserOperation::unsuspend);
  addPlainChange(routes, config, "verify-email", "verifyUserEmail", "Mark the e-mail address as verified",
                 UserOperation::verifyEmail);
  addPlainChange(routes, config, "require-password-change", "requireUserPasswordChange",
                 "Require a new password at the next sign-in, and end the sessions",
                 UserOperation::requirePasswordChange);
  addPlainChange(routes, config, "unlock", "unlockUser",
                 "Clear the failed sign-ins and codes that lock the account", UserOperation::unlock);
  addPlainChange(routes, config, "mfa/reset", "resetUserFactors",
                 "Remove the second factors and recovery codes, end the sessions and send the user a mail",
                 UserOperation::resetFactors);
  auto reset = userChange(HttpMethod::post, "/password-reset", "resetUserPassword",
                          "Let the user choose a new password");
  reset.description =
      "By mail, or with a link in the answer for a user whose mail does not arrive. An earlier link is void.";
  routes.add(
      std::move(reset), accepted("The mail will be sent"), [config](const IdCall<PasswordResetInput>& call) {
        return PasswordResetOutput{
            changeUser(config, call,
                       {.operation = UserOperation::resetPassword, .byLink = call.body.deliver == "link"})};
      });
}

UserOperation batchOperation(const UserBatchInput& in, const Principal& caller, TimePoint now) {
  if (in.name == "suspend") {
    if (in.reason.empty()) {
      throw FaultAnswer{fieldFault(ErrorCode::required, "reason", "suspend requires a reason")};
    }
    checkUntil(in, now);
    return UserOperation::suspend;
  }
  if ((in.name == "delete" && !caller.may("users:delete")) ||
      (in.name == "end_sessions" && !caller.may("sessions:revoke"))) {
    throw FaultAnswer{makeFault(ErrorCode::permissionDenied)};
  }
  return in.name == "delete"         ? UserOperation::remove
         : in.name == "end_sessions" ? UserOperation::endSessions
         : in.name == "unsuspend"    ? UserOperation::unsuspend
         : in.name == "verify_email" ? UserOperation::verifyEmail
         : in.name == "unlock"       ? UserOperation::unlock
                                     : UserOperation::requirePasswordChange;
}

void addCreateRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  auto create = userRoute(HttpMethod::post, "", "createUser", "Create an account", "users:write",
                          {ErrorCode::emailTaken, ErrorCode::usernameTaken, ErrorCode::conflict,
                           ErrorCode::roleNotFound, ErrorCode::cannotGrantHigherRole, ErrorCode::outOfRange});
  create.access.recentOnly = true;
  create.description =
      "Administrators cannot choose passwords: the user gets an invitation by mail and chooses one (POST "
      "/api/auth/password/reset), or has one elsewhere whose hash is taken over (password_hash).";
  routes.add(std::move(create), created("The account"),
             asks<RequestCall<NewAccount>, CreateUser>(config.users));

  auto batch = userRoute(HttpMethod::post, "/batch", "changeUsers", "The same change to up to 1,000 accounts",
                         "users:write");
  batch.access.recentOnly = true;
  batch.description = "Each account independently: a refusal of one does not affect the others.";
  routes.add(std::move(batch), ok("The outcome of each"), [config](const RequestCall<UserBatchInput>& call) {
    auto wish = commandOf(batchOperation(call.body, *call.context.principal, config.clock.now()), call.body);
    auto ids = call.body.ids;
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    auto done = call.ask(config.users(), ChangeUsers{call.context, std::move(ids), std::move(wish)});
    UserBatchOutput out;
    for (const auto& [id, one] : done.users) {
      const bool changed = one.refused == ErrorCode::none;
      out.results.push_back({id, changed, changed ? std::string{} : std::string{describe(one.refused).name}});
    }
    return out;
  });
}

}  // namespace

void addUserRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  addFindRoutes(routes, config);
  addCreateRoutes(routes, config);
  addEditRoutes(routes, config);
  addStateRoutes(routes, config);
}

}  // namespace ks
