#include <utility>

#include "actors/account/deviceNotice.hpp"
#include "actors/account/deviceTraits.hpp"
#include "actors/account/factorActor.hpp"
#include "core/logging/logging.hpp"

namespace ks {
namespace {

constexpr const char* kReauthenticateAction = "auth.reauthenticate";

}  // namespace

caf::result<LoginAnswer> FactorState::reauthenticate(Reauthenticate& request) {
  auto promise = self->make_response_promise<LoginAnswer>();
  auto shared = std::make_shared<Reauthenticate>(std::move(request));
  ownSessionThen(shared->context, promise, [this, shared, promise](SessionRecord& found) mutable {
    if (shared->totp) {
      reauthenticateByCode(shared->context, found, *shared->totp, promise);
    } else if (found.user.mfaEnabled) {
      refusePasswordAlone(shared->context, found.user.id, promise);
    } else {
      reauthenticateByPassword(shared->context, found, shared->password.value_or(SecretText{}), promise);
    }
  });
  return promise;
}

void FactorState::reauthenticateByCode(const RequestContext& context, const SessionRecord& caller,
                                       const SecretText& code, const LoginPromise& promise) {
  const auto guess = std::make_shared<SecretGuess>(
      guessInSession(deps_, context, kCodeAction, SecretKind::code, {caller.user, {}}));
  admitGuess(guess, promise, [this, guess, caller, code, promise]() mutable {
    storeThen(guess->context, FindFactors{caller.user.id}, promise,
              [this, guess, caller, code, promise](std::vector<FactorRecord>& factors) mutable {
                auto proof = proveByTotp(deps_, factors, code);
                if (proof.ok()) {
                  replaceSession(guess->context, caller, proof.value(), guess, promise);
                } else {
                  refuseCode(guess, std::move(proof.fault()), promise);
                }
              });
  });
}

void FactorState::refusePasswordAlone(const RequestContext& context, const Uuid& userId,
                                      LoginPromise promise) {
  auto fault = makeFault(ErrorCode::mfaRequired);
  fault.methods = {"totp"};
  fault.message = "This account has a second factor: confirm with a code of it, as totp";
  auto event = auditOfUser(deps_.environment, context, kReauthenticateAction, userId, AuditOutcome::deny);
  event.reason = reasonName(fault.code);
  fail(std::move(promise), refusal(std::move(fault), std::move(event)));
}

void FactorState::reauthenticateByPassword(const RequestContext& context, const SessionRecord& caller,
                                           const SecretText& password, const LoginPromise& promise) {
  ownPasswordThen(
      context, kReauthenticateAction, password, promise,
      [this, context, caller, promise](const CredentialRecord&) mutable {
        replaceSession(context, caller, std::nullopt, nullptr, promise);
      },
      ErrorCode::invalidCredentials);
}

void FactorState::replaceSession(const RequestContext& context, const SessionRecord& caller,
                                 const std::optional<FactorProof>& proof, const Guess& guess,
                                 const LoginPromise& promise) {
  // Only a code gives two factors, nothing that the session had before.
  auto made = proof ? makeSuccessor(deps_, context, caller.user, caller.session, 2, "otp")
                    : makeSuccessor(deps_, context, caller.user, caller.session, 1, "pwd");
  if (!made.ok()) {
    if (guess) {
      refuseCode(guess, std::move(made.fault()), promise);
    } else {
      fail(promise, std::move(made.fault()));
    }
    return;
  }
  auto fresh = std::make_shared<const FreshSession>(std::move(made.value()));
  const bool moved = !isOnDevice(deps_.crypto->devices, caller.session.deviceHash, context.client,
                                 caller.session.transport == "cookie");
  ReplaceSession replacement;
  replacement.oldSession = caller.session.id;
  replacement.proof = proof;
  replacement.session = fresh->record.session;
  replacement.guessKey = guess ? guess->key : Bytes{};
  replacement.audit = auditOfUser(deps_.environment, context, kReauthenticateAction, caller.user.id);
  replacement.audit.sessionId = replacement.session.id;
  replacement.audit.before = {{"session_id", caller.session.id.toString()}};
  replacement.audit.after = {{"method", proof ? "totp" : "password"}};
  storeThen(
      context, std::move(replacement), promise,
      [this, context, fresh, old = caller.session.id, moved, guess, promise](ProofOutcome& outcome) mutable {
        const auto& userId = fresh->record.user.id;
        if (outcome != ProofOutcome::accepted) {
          auto fault =
              makeFault(outcome == ProofOutcome::over ? ErrorCode::sessionRevoked : ErrorCode::mfaCodeReused);
          if (guess) {
            refuseCode(guess, std::move(fault), promise);
          } else {
            deny(context, kReauthenticateAction, userId, std::move(fault), promise);
          }
          return;
        }
        sessionsEnded(context, userId, {old});
        if (moved) {
          noteNewDevice(deps_, context, *fresh);
        }
        logAudit("auth.reauthenticated", "A user confirmed who they are",
                 {{"session_id", fresh->record.session.id.toString()}});
        LoginAnswer extra;
        if (fresh->record.session.transport == "cookie") {
          extra.tokens.deviceToken = fresh->deviceToken;  // which the new session is bound to
        }
        answerWithTokens(context, fresh->record, fresh->refreshKey, 0, promise, std::move(extra));
      });
}

}  // namespace ks
