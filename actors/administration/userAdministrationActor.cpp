#include "actors/administration/userAdministrationActor.hpp"

#include <utility>

#include "actors/mail/mailTemplates.hpp"
#include "core/logging/logging.hpp"
#include "core/text/mailPayload.hpp"
#include "core/text/timeText.hpp"
#include "crypto/importedHash.hpp"

namespace ks {
namespace {

const char* actionOf(const UserCommand& wish) {
  switch (wish.operation) {
    case UserOperation::update:
      return "user.update";
    case UserOperation::suspend:
      return "user.suspend";
    case UserOperation::unsuspend:
      return "user.unsuspend";
    case UserOperation::verifyEmail:
      return "user.email.verify";
    case UserOperation::requirePasswordChange:
      return "user.password.require_change";
    case UserOperation::unlock:
      return "user.unlock";
    case UserOperation::resetPassword:
      return "user.password.reset";
    case UserOperation::resetFactors:
      return "user.mfa.reset";
    case UserOperation::impersonate:
      return "user.impersonate";
    case UserOperation::setRoles:
      return "user.roles.set";
    case UserOperation::endSessions:
      return "user.sessions.revoke";
    case UserOperation::remove:
      return wish.mode == DeletionMode::anonymize ? "user.anonymize" : "user.delete";
  }
  return "";
}

}  // namespace

UserAdministrationState::UserAdministrationState(UserAdministrationActor::pointer selfPointer,
                                                 std::shared_ptr<ActorProbe> probe,
                                                 UserAdministrationDependencies dependencies)
    : AccountSteps(selfPointer, std::move(probe), std::move(dependencies.accounts)),
      queries_(std::move(dependencies.storage)),
      publicUrl_(std::move(dependencies.publicUrl)),
      invitationLife_(dependencies.invitationLife) {}

UserAdministrationActor::behavior_type UserAdministrationState::make_behavior() {
  return {
      guarded(self, probe_, [this](SearchUsers& request) { return search(request); }),
      guarded(self, probe_, [this](FindUser& request) { return find(request); }),
      guarded(self, probe_, [this](ChangeUser& request) { return change(request); }),
      guarded(self, probe_, [this](ImpersonateUser& request) { return impersonate(request); }),
      guarded(self, probe_, [this](GrantSuperadmin& request) { return grantSuperadmin(request); }),
      guarded(self, probe_, [this](WithdrawSuperadmin& request) { return withdrawSuperadmin(request); }),
      guarded(self, probe_, [this](ListSuperadminGrants& request) { return superadminGrants(request); }),
      guarded(self, probe_, [this](ChangeUsers& request) { return changeMany(request); }),
      guarded(self, probe_, [this](CreateUser& request) { return create(request); }),
      guarded(self, probe_, [this](SearchSessions& request) { return sessions(request); }),
      guarded(self, probe_, [this](EndSessions& request) { return endSessions(request); }),
      guarded(self, probe_, [this](ListRoles& request) { return roles(request); }),
      guarded(self, probe_, [this](ChangeRole& request) { return changeRole(request); }),
      guarded(self, probe_, [this](StartUserImport& request) { return startImport(request); }),
      guarded(self, probe_, [this](FindJob& request) { return findJob(request); }),
      guarded(self, probe_, [this](AskUserActivity& request) { return activity(request); }),
      guarded(self, probe_, [this](AskUserStatistics& request) { return statistics(request); }),
  };
}

AuditEvent UserAdministrationState::auditOfCaller(const RequestContext& context, const char* action,
                                                  const char* targetType) const {
  auto event = auditOf(deps_.environment, context, action);
  if (!context.principal) {
    event.actorType = "operator";
  }
  event.targetType = targetType;
  return event;
}

std::optional<Uuid> UserAdministrationState::actorOf(const RequestContext& context) {
  return context.principal ? std::optional{context.principal->userId} : std::nullopt;
}

Fault UserAdministrationState::refusalOf(ErrorCode code) {
  auto fault = makeFault(code);
  switch (code) {
    case ErrorCode::selfServiceOnly:
      fault.message = "Change your own address with POST /api/auth/me/email";
      fault.field = "email";
      break;
    case ErrorCode::emailTaken:
      fault.field = "email";
      break;
    case ErrorCode::usernameTaken:
      fault.field = "username";
      break;
    case ErrorCode::roleNotFound:
      fault.field = "roles";
      break;
    case ErrorCode::permissionDenied:
      fault.message =
          "You may act on accounts, and grant roles, that have no more permissions than you, with "
          "roles:write";
      break;
    default:
      break;
  }
  return audited(std::move(fault));  // by the statement that refused
}

caf::result<UserPage> UserAdministrationState::search(SearchUsers& request) {
  return queryAnswer(request.context, std::move(request.query));
}

caf::result<AdminUser> UserAdministrationState::find(FindUser& request) {
  auto promise = self->make_response_promise<AdminUser>();
  queryThen(request.context, std::move(request.key), promise,
            deliveryOr<AdminUser>(ErrorCode::userNotFound, promise));
  return promise;
}

caf::result<ChangedUser> UserAdministrationState::change(ChangeUser& request) {
  auto promise = self->make_response_promise<ChangedUser>();
  auto refusal = refusalOfGivenName(deps_.policy->usernames, request.wish.username.value_or(""));
  if (!refusal) {
    changeAllowed(request, promise);
    return promise;
  }
  // A name that the account already has is not new.
  const auto shared = std::make_shared<ChangeUser>(std::move(request));
  queryThen(shared->context, UserKey{shared->userId, {}, {}, {}}, promise,
            [this, shared, refusal = std::move(*refusal), promise](std::optional<AdminUser>& user) mutable {
              if (!user || user->username != *shared->wish.username) {
                return fail(promise, std::move(refusal));
              }
              shared->wish.username.reset();
              changeAllowed(*shared, promise);
            });
  return promise;
}

void UserAdministrationState::changeAllowed(ChangeUser& request, const ChangePromise& promise) {
  UserChange change;
  change.actor = actorOf(request.context);
  change.userId = request.userId;
  change.expectedVersion = request.expectedVersion;
  change.now = now();
  change.audit = auditOfCaller(request.context, actionOf(request.wish), "user");
  change.audit.targetId = request.userId.toString();
  change.wish = std::move(request.wish);
  const auto operation = change.wish.operation;
  if (operation != UserOperation::resetPassword && operation != UserOperation::resetFactors &&
      operation != UserOperation::suspend && !change.wish.email) {
    storeChange(request.context, std::move(change), {}, promise);
    return;
  }
  // The user is informed by mail, in the user's language.
  queryThen(request.context, UserKey{request.userId, {}, {}, {}}, promise,
            [this, context = request.context, shared = std::make_shared<UserChange>(std::move(change)),
             promise = ChangePromise{promise}](std::optional<AdminUser>& user) mutable {
              if (!user) {
                return fail(promise, ErrorCode::userNotFound);
              }
              std::optional<SecretText> link;
              if (auto fault = addMail(*shared, *user, link)) {
                return fail(promise, std::move(*fault));
              }
              storeChange(context, std::move(*shared), std::move(link), promise);
            });
}

std::optional<Fault> UserAdministrationState::addMail(UserChange& change, const AdminUser& user,
                                                      std::optional<SecretText>& link) {
  if (change.wish.operation == UserOperation::update) {
    return addMoveNotice(change, user);
  }
  const bool reset = change.wish.operation == UserOperation::resetPassword;
  if (user.email.empty() && !change.wish.byLink) {
    if (!reset) {
      return std::nullopt;
    }
    return messageFault(ErrorCode::conflict, "the account has no e-mail address");
  }
  std::string payload;
  if (change.wish.operation == UserOperation::suspend) {
    MailValues values{{"reason", change.wish.reason}};
    if (change.wish.until) {
      values["until"] = formatTime(*change.wish.until);
    }
    payload = mailPayload(values);
  } else if (reset) {
    const auto token = makeSecretToken(deps_.environment.random);
    change.token =
        ResetToken{deps_.environment.uuids.next(), deps_.crypto->tokens.storedHash("reset_password", token),
                   change.now + deps_.policy->resetTokenLife};
    if (change.wish.byLink) {
      link = SecretText{mailLink("resetPassword", token.reveal(), publicUrl_)};
      return std::nullopt;
    }
    payload = token.reveal();
  }
  const char* text = reset                                             ? "resetPassword"
                     : change.wish.operation == UserOperation::suspend ? "accountSuspended"
                                                                       : "factorRemoved";
  auto mail = composeMail(text, user.locale, user.email, payload);
  if (!mail.ok()) {
    return std::move(mail.fault());
  }
  change.mail = std::move(mail.value());
  return std::nullopt;
}

std::optional<Fault> UserAdministrationState::addMoveNotice(UserChange& change, const AdminUser& user) {
  if (!user.emailVerified || change.wish.email == user.email) {
    return std::nullopt;
  }
  const auto undo = makeSecretToken(deps_.environment.random);
  auto mail =
      composeMail("emailMoved", user.locale, user.email,
                  mailPayload({{"token", std::string{undo.reveal()}}, {"new_address", *change.wish.email}}));
  if (!mail.ok()) {
    return std::move(mail.fault());
  }
  change.mail = std::move(mail.value());
  change.undo =
      MoveUndo{deps_.environment.uuids.next(), deps_.crypto->tokens.storedHash("change_email_undo", undo),
               change.now + deps_.policy->emailUndoLife, user.email};
  return std::nullopt;
}

void UserAdministrationState::storeChange(const RequestContext& requestContext, UserChange change,
                                          std::optional<SecretText> link, ChangePromise promise) {
  const std::string action = change.audit.action;
  const auto expires = change.token ? std::optional{change.token->expires} : std::nullopt;
  const bool mailed = change.mail.has_value();
  const auto changedId = change.userId;
  queryThen(requestContext, std::move(change), promise,
            [this, context = requestContext, userId = changedId, action, mailed, expires,
             shown = std::make_shared<std::optional<SecretText>>(std::move(link)),
             promise](UserChangeOutcome& outcome) mutable {
              if (outcome.refused != ErrorCode::none) {
                logSecurity("admin.user.refused", "A change of an account was refused",
                            {{"action", action},
                             {"target", userId.toString()},
                             {"reason", std::string{describe(outcome.refused).name}}});
                return fail(promise, refusalOf(outcome.refused));
              }
              sessionsEnded(context, userId, outcome.sessionsEnded);
              if (mailed) {
                wakeMail();
              }
              logAudit("admin.user.changed", "An administrator changed an account",
                       {{"action", action}, {"target", userId.toString()}});
              queryThen(context, UserKey{userId, {}, {}, {}}, promise,
                        [promise, shown, expires,
                         ended = outcome.sessionsEnded.size()](std::optional<AdminUser>& user) mutable {
                          promise.deliver(ChangedUser{std::move(user), ended, std::move(*shown), expires});
                        });
            });
}

caf::result<UsersChangeOutcome> UserAdministrationState::changeMany(ChangeUsers& request) {
  auto promise = self->make_response_promise<UsersChangeOutcome>();
  UsersChange change;
  change.actor = actorOf(request.context);
  change.userIds = std::move(request.userIds);
  change.now = now();
  change.audit = auditOfCaller(request.context, actionOf(request.wish), "user");
  change.wish = std::move(request.wish);
  for (std::size_t i = 0; i < change.userIds.size(); ++i) {
    change.auditIds.push_back(deps_.environment.uuids.next());
  }
  const std::string action = change.audit.action;
  queryThen(request.context, std::move(change), promise,
            [this, context = request.context, action, promise](UsersChangeOutcome& outcome) mutable {
              for (const auto& [userId, one] : outcome.users) {
                sessionsEnded(context, userId, one.sessionsEnded);
              }
              logAudit("admin.users.changed", "An administrator changed accounts",
                       {{"action", action}, {"accounts", static_cast<std::int64_t>(outcome.users.size())}});
              promise.deliver(std::move(outcome));
            });
  return promise;
}

caf::result<AdminUser> UserAdministrationState::create(CreateUser& request) {
  if (auto refusal = refusalOfGivenName(deps_.policy->usernames, request.username)) {
    return toCafError(std::move(*refusal));
  }
  NewUser user;
  static_cast<NewAccount&>(user) = request;
  user.actor = actorOf(request.context);
  user.id = deps_.environment.uuids.next();
  user.now = now();
  user.audit = auditOfCaller(request.context, "user.create", "user");
  user.audit.targetId = user.id.toString();
  if (user.passwordHash.empty()) {
    const auto token = makeSecretToken(deps_.environment.random);
    auto mail = composeMail("invitation", user.locale, user.email, token.reveal());
    if (!mail.ok()) {
      return toCafError(std::move(mail.fault()));
    }
    user.tokenHash = deps_.crypto->tokens.storedHash("reset_password", token);
    user.tokenId = deps_.environment.uuids.next();
    user.tokenExpires = user.now + invitationLife_;
    user.mail = std::move(mail.value());
  } else if (const auto longest = longestImportedHash(deps_.policy->loginAnswerStep);
             importedHashForm(user.passwordHash.reveal(), longest) != HashForm::usable) {
    const auto cost = importedHashCost(user.passwordHash.reveal());
    return toCafError(
        fieldFault(cost ? ErrorCode::outOfRange : ErrorCode::invalidFormat, "password_hash",
                   cost ? "checking this hash takes about " +
                              std::to_string(std::chrono::ceil<std::chrono::milliseconds>(*cost).count()) +
                              " ms or too much memory; K_LOGIN_ANSWER_MS allows " +
                              std::to_string(longest.count()) + " ms"
                        : "password_hash must be argon2id, bcrypt, scrypt or PBKDF2 in PHC or crypt form"));
  }
  auto promise = self->make_response_promise<AdminUser>();
  const auto id = user.id;
  queryThen(
      request.context, std::move(user), promise,
      [this, context = request.context, id, promise](UserChangeOutcome& outcome) mutable {
        if (outcome.refused != ErrorCode::none) {
          return fail(promise, refusalOf(outcome.refused));
        }
        logAudit("admin.user.created", "An administrator created an account", {{"target", id.toString()}});
        wakeMail();
        queryThen(context, UserKey{id, {}, {}, {}}, promise,
                  deliveryOr<AdminUser>(ErrorCode::userNotFound, promise));
      });
  return promise;
}

}  // namespace ks
