#include <utility>

#include "actors/authActor.hpp"
#include "core/logging.hpp"

namespace ks {
namespace {

std::string lowerCase(std::string text) {
  for (auto& c : text) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

}  // namespace

caf::result<LoginAnswer> AuthState::login(LoginRequest& request) {
  auto password = normalizePassword(request.password, deps_.policy.password);
  if (!password.ok()) {
    return toCafError(std::move(password.fault()));
  }
  auto promise = self->make_response_promise<LoginAnswer>();
  auto shared = std::make_shared<LoginRequest>(std::move(request));
  auto normal = std::make_shared<SecretText>(std::move(password.value()));
  storeThen<&AccountRepositoryInterface::findCredential>(
      shared->context, shared->identifier, promise,
      [this, shared, normal, promise](std::optional<CredentialRecord>& found) mutable {
        auto credential = std::make_shared<std::optional<CredentialRecord>>(std::move(found));
        auto phc = *credential ? (*credential)->passwordPhc : std::string{};
        hashThen<PasswordVerdict>(
            shared->context, VerifyPassword{{}, *normal, std::move(phc)}, promise,
            [this, shared, normal, credential, promise](PasswordVerdict& verdict) mutable {
              judgeLogin(shared, *normal, *credential, verdict, promise);
            });
      });
  return promise;
}

void AuthState::refuseLogin(const LoginRequest& request, const std::optional<CredentialRecord>& credential,
                            ErrorCode code, const char* reason, LoginPromise promise) {
  // Which account was meant, whether there is one or not, without saying it.
  const auto subject =
      toHex(deps_.crypto->tokens.storedHash("login_identifier", SecretText{lowerCase(request.identifier)}));
  const auto userId = credential ? credential->user.id : Uuid{};
  auto event = auditOfUser(deps_.environment, request.context, "auth.login", userId,
                           code == ErrorCode::invalidCredentials ? AuditOutcome::fail : AuditOutcome::deny);
  event.reason = reason;
  if (!credential) {
    event.actorType = "anonymous";
    event.targetType = "identifier";
    event.targetId = subject;
  }
  if (recorded(std::move(event), promise)) {
    logSecurity("auth.login.failed", "A sign-in was refused",
                {{"reason", reason},
                 {"user_id", credential ? userId.toString() : std::string{}},
                 {"ip", request.context.client.ip},
                 {"subject", subject}});
    promise.deliver(toCafError(makeFault(code)));
  }
}

void AuthState::judgeLogin(const std::shared_ptr<LoginRequest>& request, const SecretText& password,
                           const std::optional<CredentialRecord>& credential, const PasswordVerdict& verdict,
                           LoginPromise promise) {
  const auto refuse = [&](ErrorCode code, const char* reason) {
    refuseLogin(*request, credential, code, reason, promise);
  };
  if (!credential || !verdict.matches) {
    return refuse(ErrorCode::invalidCredentials, credential ? "wrong_password" : "unknown_identifier");
  }
  const auto& user = credential->user;
  if (user.status == UserStatus::suspended) {
    return refuse(ErrorCode::accountSuspended, "suspended");
  }
  if (user.status == UserStatus::deleted) {
    return refuse(ErrorCode::invalidCredentials, "deleted");
  }
  if (user.status == UserStatus::pending || !user.emailVerifiedAt) {
    return refuse(ErrorCode::emailNotVerified, "email_not_verified");
  }
  if (user.passwordChangeRequired) {
    return refuse(ErrorCode::passwordChangeRequired, "password_change_required");
  }
  if (verdict.needsUpgrade) {
    upgradeHash(request->context, user.id, credential->passwordPhc, password);
  }
  openSession(request->context, user, {request->transport, request->remember, 1, {"pwd"}},
              std::move(promise));
}

void AuthState::openSession(const RequestContext& context, const UserRecord& user, const SessionWish& wish,
                            LoginPromise promise) {
  auto made = makeSession(deps_, context, user, wish);
  if (!made.ok()) {
    promise.deliver(toCafError(std::move(made.fault())));
    return;
  }
  auto fresh = std::make_shared<const FreshSession>(std::move(made.value()));
  OpenSession opening{fresh->record.session, auditOfUser(deps_.environment, context, "auth.login", user.id)};
  opening.audit.sessionId = opening.session.id;
  storeThen<&AccountRepositoryInterface::openSession>(
      context, std::move(opening), promise, [this, context, fresh, promise](Done&) mutable {
        logAudit("auth.login.succeeded", "A user signed in",
                 {{"user_id", fresh->record.user.id.toString()},
                  {"session_id", fresh->record.session.id.toString()}});
        answerWithTokens(context, fresh->record, fresh->refreshKey, 0, promise);
      });
}

void AuthState::upgradeHash(const RequestContext& context, Uuid userId, const std::string& oldPhc,
                            const SecretText& password) {
  if (hashesInFlight >= deps_.policy.hashesInFlight / 2) {
    return;  // the next sign-in will do it; this is no time for extra work
  }
  ++hashesInFlight;
  compat::ask(self, deps_.passwords.pick(), caf::timespan{deps_.policy.hashTimeout},
              HashPassword{context, password})
      .then(
          [this, context, userId, oldPhc](std::string& phc) {
            --hashesInFlight;
            compat::tellAnon(
                deps_.storage.pick(),
                storageJob<&AccountRepositoryInterface::upgradePasswordHash>(context, {userId, oldPhc, phc}));
          },
          [this](caf::error& error) {
            --hashesInFlight;
            logFault("auth.hash.upgradeFailed", "An old password hash could not be upgraded",
                     faultFromCafError(error));
          });
}

}  // namespace ks
