#include "http/routes/administration/userRoutes.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "http/routes/administration/userSchemas.hpp"
#include "http/routing/actorBridge.hpp"

namespace ks {
namespace {

RouteSpec userRoute(HttpMethod method, std::string path, std::string operationId, std::string summary,
                    std::string permission) {
  RouteSpec spec;
  spec.method = method;
  spec.path = "/api/admin/users" + std::move(path);
  spec.operationId = std::move(operationId);
  spec.summary = std::move(summary);
  spec.tag = "users";
  spec.access = RouteAccess::needs(std::move(permission));
  return spec;
}

/// For what opens an account to somebody, or takes it away from somebody.
RouteSpec fresh(RouteSpec spec) {
  spec.access = std::move(spec.access).recent();
  return spec;
}

/// The errors of everything that is done to one account.
std::vector<ErrorCode> changeErrors(std::initializer_list<ErrorCode> more = {}) {
  std::vector<ErrorCode> errors{ErrorCode::userNotFound, ErrorCode::rankTooLow, ErrorCode::conflict};
  errors.insert(errors.end(), more);
  return errors;
}

HttpResponse userAnswer(int status, const AdminUser& user) {
  auto answer = HttpResponse::json(status, adminUserSchema(), user);
  answer.setHeader("ETag", "\"" + std::to_string(user.version) + "\"");
  return answer;
}

Fault userFieldFault(ErrorCode code, const char* field, const char* message) {
  auto fault = makeFault(code);
  fault.field = field;
  fault.message = message;
  return fault;
}

/// `If-Match: "7"`; a weak or bare number is taken too.
Result<std::int32_t> versionOf(const HttpRequest& request) {
  auto text = request.header("If-Match");
  if (text.empty()) {
    return makeFault(ErrorCode::preconditionRequired);
  }
  if (text.starts_with("W/")) {
    text.remove_prefix(2);
  }
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  std::int32_t version = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), version);
  if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) {
    return makeFault(ErrorCode::versionMismatch);
  }
  return version;
}

Result<ChangedUser> changeUser(const UserRoutesConfig& config, const RequestContext& context, const Uuid& id,
                               UserCommand wish, std::optional<std::int32_t> expectedVersion = std::nullopt) {
  return askActor<ChangedUser>(config.system, config.users(), context,
                               ChangeUser{context, id, std::move(wish), expectedVersion});
}

HttpResponse changedAnswer(const Result<ChangedUser>& changed) {
  if (!changed) {
    return HttpResponse(changed.fault());
  }
  return changed.value().user ? userAnswer(200, *changed.value().user)
                              : HttpResponse(ErrorCode::userNotFound);
}

/// A change that takes nothing but the account, and a fresh sign-in like all that changes one.
void addPlainChange(RouteTable& routes, const UserRoutesConfig& config, const std::string& path,
                    std::string operationId, std::string summary, UserOperation operation) {
  auto spec = fresh(userRoute(HttpMethod::post, "/{id}/" + path, std::move(operationId), std::move(summary),
                              "users:write"));
  spec.errors = changeErrors();
  routes.add(std::move(spec), pathInput(userPathSchema()), {output(200, "The account", adminUserSchema())},
             [config, operation](const RequestCall<NoInput, NoInput, UserPath>& call) -> HttpResponse {
               UserCommand wish;
               wish.operation = operation;
               return changedAnswer(changeUser(config, call.context, call.path.id, std::move(wish)));
             });
}

void addFindRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  auto list = userRoute(HttpMethod::get, "", "listUsers", "Search accounts", "users:read");
  list.errors = {ErrorCode::outOfRange, ErrorCode::cursorInvalid};
  routes.add(std::move(list), queryInput(userSearchSchema()), userListSchema().outputs("A page of accounts"),
             [config](const RequestCall<NoInput, UserSearch>& call) -> HttpResponse {
               auto page = askActor<UserPage>(config.system, config.users(), call.context,
                                              SearchUsers{call.context, call.query});
               return page ? userListSchema().answer(call.request, std::move(page.value().rows),
                                                     call.query.limit, std::move(page.value().nextCursor),
                                                     page.value().total)
                           : HttpResponse(page.fault());
             });

  auto find = userRoute(HttpMethod::get, "/{id}", "getUser", "One account", "users:read");
  find.errors = {ErrorCode::userNotFound};
  routes.add(std::move(find), pathInput(userPathSchema()), {output(200, "The account", adminUserSchema())},
             [config](const RequestCall<NoInput, NoInput, UserPath>& call) -> HttpResponse {
               auto user = askActor<AdminUser>(config.system, config.users(), call.context,
                                               FindUser{call.context, {call.path.id, {}, {}, {}}});
               return user ? userAnswer(200, user.value()) : HttpResponse(user.fault());
             });

  auto lookup =
      userRoute(HttpMethod::post, "/lookup", "lookUpUser", "The account of exactly this name", "users:read");
  lookup.description =
      "Not a search, and not in the address of the request: an e-mail address stands in no log.";
  lookup.errors = {ErrorCode::userNotFound};
  routes.add(
      std::move(lookup), bodyInput(userLookupSchema()), {output(200, "The account", adminUserSchema())},
      [config](const RequestCall<UserLookupInput>& call) -> HttpResponse {
        const auto& in = call.body;
        if ((in.email.empty() ? 0 : 1) + (in.username.empty() ? 0 : 1) + (in.externalId.empty() ? 0 : 1) !=
            1) {
          return HttpResponse(userFieldFault(ErrorCode::validationFailed, "email",
                                             "Give exactly one of email, username and external_id"));
        }
        auto user =
            askActor<AdminUser>(config.system, config.users(), call.context,
                                FindUser{call.context, {std::nullopt, in.email, in.username, in.externalId}});
        return user ? userAnswer(200, user.value()) : HttpResponse(user.fault());
      });
}

void addEditRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  auto change =
      fresh(userRoute(HttpMethod::patch, "/{id}", "changeUser", "Change an account", "users:write"));
  change.description =
      "If-Match carries the version that was read (the answer's ETag). Another address: the old one, where "
      "it "
      "was verified, is told and can undo it for 7 days; one's own is changed with POST /api/auth/me/email.";
  change.errors = changeErrors({ErrorCode::preconditionRequired, ErrorCode::versionMismatch,
                                ErrorCode::emailTaken, ErrorCode::usernameTaken, ErrorCode::selfServiceOnly});
  routes.add(std::move(change), bodyInput(userChangeSchema()).withPath(userPathSchema()),
             {output(200, "The account", adminUserSchema())},
             [config](const RequestCall<UserChangeInput, NoInput, UserPath>& call) -> HttpResponse {
               const auto version = versionOf(call.request);
               if (!version) {
                 return HttpResponse(version.fault());
               }
               UserCommand wish;
               wish.email = call.body.email;
               wish.username = call.body.username;
               wish.displayName = call.body.displayName;
               wish.locale = call.body.locale;
               wish.externalId = call.body.externalId;
               if (call.body.metadata) {
                 wish.metadata = call.body.metadata->text;
               }
               if (call.body.metadataAdmin) {
                 wish.metadataAdmin = call.body.metadataAdmin->text;
               }
               return changedAnswer(
                   changeUser(config, call.context, call.path.id, std::move(wish), version.value()));
             });

  auto remove = fresh(userRoute(HttpMethod::del, "/{id}", "deleteUser", "Delete an account", "users:delete"));
  remove.errors = changeErrors({ErrorCode::lastAdmin});
  routes.add(std::move(remove), pathInput(userPathSchema()).withQuery(deleteUserQuerySchema()),
             {noContent("Deleted")},
             [config](const RequestCall<NoInput, DeleteUserQuery, UserPath>& call) -> HttpResponse {
               UserCommand wish;
               wish.operation = UserOperation::remove;
               wish.mode = call.query.mode;
               auto changed = changeUser(config, call.context, call.path.id, std::move(wish));
               return changed ? HttpResponse::empty() : HttpResponse(changed.fault());
             });

  auto roles = fresh(
      userRoute(HttpMethod::put, "/{id}/roles", "setUserRoles", "The roles of an account", "roles:write"));
  roles.description = "Ends the account's sessions: a session carries its permissions with it.";
  roles.errors =
      changeErrors({ErrorCode::roleNotFound, ErrorCode::cannotGrantHigherRole, ErrorCode::lastAdmin});
  routes.add(std::move(roles), bodyInput(userRolesSchema()).withPath(userPathSchema()),
             {output(200, "The account", adminUserSchema())},
             [config](const RequestCall<UserRolesInput, NoInput, UserPath>& call) -> HttpResponse {
               UserCommand wish;
               wish.operation = UserOperation::setRoles;
               wish.roles = call.body.roles;
               return changedAnswer(changeUser(config, call.context, call.path.id, std::move(wish)));
             });
}

void addStateRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  auto suspend =
      fresh(userRoute(HttpMethod::post, "/{id}/suspend", "suspendUser", "Suspend an account", "users:write"));
  suspend.description = "Its sessions end at once. With `until` the suspension ends by itself.";
  suspend.errors = changeErrors({ErrorCode::lastAdmin, ErrorCode::outOfRange});
  routes.add(
      std::move(suspend), bodyInput(suspendSchema()).withPath(userPathSchema()),
      {output(200, "The account", adminUserSchema())},
      [config](const RequestCall<SuspendInput, NoInput, UserPath>& call) -> HttpResponse {
        if (call.body.until && *call.body.until <= config.clock.now()) {
          return HttpResponse(userFieldFault(ErrorCode::outOfRange, "until", "until must be in the future"));
        }
        UserCommand wish;
        wish.operation = UserOperation::suspend;
        wish.reason = call.body.reason;
        wish.until = call.body.until;
        return changedAnswer(changeUser(config, call.context, call.path.id, std::move(wish)));
      });
  addPlainChange(routes, config, "unsuspend", "unsuspendUser", "Lift a suspension", UserOperation::unsuspend);
  addPlainChange(routes, config, "verify-email", "verifyUserEmail", "Take the e-mail address for verified",
                 UserOperation::verifyEmail);
  addPlainChange(routes, config, "require-password-change", "requireUserPasswordChange",
                 "Ask for a new password at the next sign-in, and end the sessions",
                 UserOperation::requirePasswordChange);
  addPlainChange(routes, config, "unlock", "unlockUser",
                 "Forget the failed sign-ins and codes that lock the account", UserOperation::unlock);
  addPlainChange(
      routes, config, "mfa/reset", "resetUserFactors",
      "Take away the second factors and recovery codes, end the sessions and tell the user by mail",
      UserOperation::resetFactors);
  auto reset = fresh(userRoute(HttpMethod::post, "/{id}/password-reset", "resetUserPassword",
                               "Let the user choose a new password", "users:write"));
  reset.description =
      "By mail, or with a link in the answer for a user whose mail does not arrive. An earlier link is void.";
  reset.errors = changeErrors();
  routes.add(std::move(reset), bodyInput(passwordResetSchema()).withPath(userPathSchema()),
             {output(202, "On its way", passwordResetOutputSchema())},
             [config](const RequestCall<PasswordResetInput, NoInput, UserPath>& call) -> HttpResponse {
               UserCommand wish;
               wish.operation = UserOperation::resetPassword;
               wish.byLink = call.body.deliver == "link";
               auto changed = changeUser(config, call.context, call.path.id, std::move(wish));
               if (!changed) {
                 return HttpResponse(changed.fault());
               }
               return HttpResponse::json(
                   202, passwordResetOutputSchema(),
                   PasswordResetOutput{call.body.deliver, std::move(changed.value().resetLink),
                                       changed.value().resetExpires});
             });
}

Result<UserOperation> batchOperation(const UserBatchInput& in, const Principal& caller, TimePoint now) {
  if (in.operation == "suspend") {
    if (in.reason.empty()) {
      return userFieldFault(ErrorCode::required, "reason", "suspend wants a reason");
    }
    if (in.until && *in.until <= now) {
      return userFieldFault(ErrorCode::outOfRange, "until", "until must be in the future");
    }
    return UserOperation::suspend;
  }
  if (in.operation == "delete") {
    return caller.may("users:delete") ? Result<UserOperation>{UserOperation::remove}
                                      : Result<UserOperation>{makeFault(ErrorCode::permissionDenied)};
  }
  if (in.operation == "end_sessions") {
    return caller.may("sessions:revoke") ? Result<UserOperation>{UserOperation::endSessions}
                                         : Result<UserOperation>{makeFault(ErrorCode::permissionDenied)};
  }
  return in.operation == "unsuspend"      ? UserOperation::unsuspend
         : in.operation == "verify_email" ? UserOperation::verifyEmail
         : in.operation == "unlock"       ? UserOperation::unlock
                                          : UserOperation::requirePasswordChange;
}

void addCreateRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  auto create = fresh(userRoute(HttpMethod::post, "", "createUser", "Make an account", "users:write"));
  create.description =
      "Nobody chooses a password for others: the user gets an invitation by mail and chooses it (POST "
      "/api/auth/password/reset), or has one "
      "elsewhere "
      "whose hash is taken over (password_hash).";
  create.errors = {ErrorCode::emailTaken,   ErrorCode::usernameTaken,         ErrorCode::conflict,
                   ErrorCode::roleNotFound, ErrorCode::cannotGrantHigherRole, ErrorCode::outOfRange};
  routes.add(std::move(create), bodyInput(createUserSchema()),
             {output(201, "The account", adminUserSchema())},
             [config](const RequestCall<CreateUserInput>& call) -> HttpResponse {
               const auto& in = call.body;
               auto made = askActor<AdminUser>(
                   config.system, config.users(), call.context,
                   CreateUser{call.context, in.email, in.username, in.displayName, in.locale, in.externalId,
                              in.roles, in.emailVerified, std::string{in.passwordHash.reveal()}});
               return made ? userAnswer(201, made.value()) : HttpResponse(made.fault());
             });

  auto batch = fresh(userRoute(HttpMethod::post, "/batch", "changeUsers",
                               "The same change to up to 1,000 accounts", "users:write"));
  batch.description = "Each account by itself: what is refused of one hinders no other.";
  routes.add(
      std::move(batch), bodyInput(userBatchSchema()),
      {output(200, "What came of each", userBatchOutputSchema())},
      [config](const RequestCall<UserBatchInput>& call) -> HttpResponse {
        const auto operation = batchOperation(call.body, *call.context.principal, config.clock.now());
        if (!operation) {
          return HttpResponse(operation.fault());
        }
        auto ids = call.body.ids;
        std::sort(ids.begin(), ids.end());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        UserCommand wish;
        wish.operation = operation.value();
        wish.reason = call.body.reason;
        wish.until = call.body.until;
        wish.mode = call.body.mode;
        auto done = askActor<UsersChangeOutcome>(config.system, config.users(), call.context,
                                                 ChangeUsers{call.context, std::move(ids), std::move(wish)});
        if (!done) {
          return HttpResponse(done.fault());
        }
        UserBatchOutput out;
        for (const auto& [id, one] : done.value().users) {
          const bool ok = one.refused == ErrorCode::none;
          out.results.push_back({id, ok, ok ? std::string{} : std::string{describe(one.refused).name}});
        }
        return HttpResponse::json(200, userBatchOutputSchema(), out);
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
