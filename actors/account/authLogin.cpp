#include <utility>

#include "actors/account/authActor.hpp"
#include "actors/account/challengeState.hpp"
#include "actors/account/deviceNotice.hpp"
#include "actors/runtime/sealContexts.hpp"
#include "core/logging/logging.hpp"

namespace ks {

caf::result<LoginAnswer> AuthState::login(LoginRequest& request) {
  auto password = normalizePassword(request.password, deps_.policy->password);
  if (!password.ok()) {
    return toCafError(std::move(password.fault()));
  }
  auto promise = self->make_response_promise<LoginAnswer>();
  auto shared = std::make_shared<LoginRequest>(std::move(request));
  auto normal = std::make_shared<SecretText>(std::move(password.value()));
  storeThen(shared->context, FindCredential{shared->identifier}, promise,
            [this, shared, normal, promise](FoundCredential& found) mutable {
              auto guess = std::make_shared<SecretGuess>(guessOfPassword(
                  deps_, shared->context, "auth.login", shared->identifier, std::move(found.account)));
              guess->claimPhc = std::move(found.claimPhc);
              guess->typed = otherThanNormal(shared->password, *normal);
              checkPassword(guess, *normal, promise,
                            [this, shared, normal, guess, promise](PasswordVerdict& verdict) mutable {
                              judgeLogin(shared, *normal, *guess, verdict, promise);
                            });
            });
  return promise;
}

void AuthState::refuseLogin(const SecretGuess& guess, ErrorCode code, const char* reason,
                            LoginPromise promise) {
  if (recorded(auditOfGuess(deps_.environment, guess, AuditOutcome::deny, reason), promise)) {
    logRefusedGuess(guess, reason);
    fail(promise, audited(makeFault(code)));
  }
}

void AuthState::judgeLogin(const std::shared_ptr<LoginRequest>& request, const SecretText& password,
                           const SecretGuess& guess, const PasswordVerdict& verdict, LoginPromise promise) {
  const auto refuse = [&](ErrorCode code, const char* reason) { refuseLogin(guess, code, reason, promise); };
  const auto& credential = guess.credential;
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
  if (user.mfaEnabled) {
    demandFactor(*request, guess, std::move(promise));
    return;
  }
  openSession(request->context, user, {request->transport, request->remember, 1, {"pwd"}}, promise);
}

void AuthState::demandFactor(const LoginRequest& request, const SecretGuess& guess, LoginPromise promise) {
  const auto& client = request.context.client;
  const auto& user = guess.credential->user;
  const ChallengeState state{request.transport, request.remember, client.deviceId, client.deviceName,
                             guess.key};
  NewChallenge challenge;
  challenge.id = deps_.environment.uuids.next();
  auto sealed = deps_.crypto->cipher.seal(state.toText(), challengeContext(challenge.id));
  if (!sealed.ok()) {
    return fail(promise, std::move(sealed.fault()));
  }
  auto demand = std::make_shared<FactorDemand>();
  demand->token = makeSecretToken(deps_.environment.random);
  demand->expiresInS = static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(deps_.policy->challengeLife).count());
  challenge.userId = user.id;
  challenge.sessionEpoch = user.sessionEpoch;
  challenge.tokenHash = deps_.crypto->tokens.storedHash(kChallengePurpose, demand->token);
  challenge.payloadSealed = std::move(sealed.value());
  challenge.now = now();
  challenge.expires = challenge.now + deps_.policy->challengeLife;
  challenge.audit = auditOfUser(deps_.environment, request.context, "auth.mfa.challenge", user.id);
  storeThen(request.context, std::move(challenge), promise,
            [demand, promise](int& recoveryCodesLeft) mutable {
              demand->methods = {"totp"};
              if (recoveryCodesLeft > 0) {
                demand->methods.emplace_back("recovery_code");
              }
              LoginAnswer answer;
              answer.demand = demand;
              promise.deliver(std::move(answer));
            });
}

void AuthState::openSession(const RequestContext& context, const UserRecord& user, const SessionCommand& wish,
                            const LoginPromise& promise) {
  auto made = makeSession(deps_, context, user, wish);
  if (!made.ok()) {
    return fail(promise, std::move(made.fault()));
  }
  auto fresh = std::make_shared<const FreshSession>(std::move(made.value()));
  OpenSession opening{fresh->record.session, auditOfUser(deps_.environment, context, "auth.login", user.id)};
  opening.audit.sessionId = opening.session.id;
  opening.sessionEpoch = user.sessionEpoch;
  storeThen(context, std::move(opening), promise, [this, context, fresh, promise](Done&) mutable {
    logAudit(
        "auth.login.succeeded", "A user signed in",
        {{"user_id", fresh->record.user.id.toString()}, {"session_id", fresh->record.session.id.toString()}});
    noteNewDevice(deps_, context, *fresh);
    LoginAnswer extra;
    extra.tokens.deviceToken = fresh->deviceToken;
    answerWithTokens(context, fresh->record, fresh->refreshKey, 0, promise, std::move(extra));
  });
}

void AuthState::upgradeHash(const RequestContext& context, Uuid userId, const std::string& oldPhc,
                            const SecretText& password) {
  if (hashesInFlight >= deps_.policy->hashesInFlight / 2) {
    return;  // the next sign-in will do it
  }
  ++hashesInFlight;
  compat::ask(self, deps_.passwords.pick(), caf::timespan{deps_.policy->hashTimeout},
              HashPassword{context, password})
      .then(
          [this, context, userId, oldPhc](std::string& phc) {
            --hashesInFlight;
            compat::tellAnon(deps_.storage.pick(),
                             storageJob(context, UpgradePasswordHash{userId, oldPhc, phc}));
          },
          [this](caf::error& error) {
            --hashesInFlight;
            logFault("auth.hash.upgradeFailed", "An old password hash could not be upgraded",
                     faultFromCafError(error));
          });
}

}  // namespace ks
