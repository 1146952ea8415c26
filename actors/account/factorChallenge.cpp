#include <algorithm>
#include <string>
#include <utility>

#include "actors/account/challengeState.hpp"
#include "actors/account/deviceNotice.hpp"
#include "actors/account/factorActor.hpp"
#include "actors/runtime/sealContexts.hpp"
#include "core/logging/logging.hpp"

namespace ks {

caf::result<LoginAnswer> FactorState::verify(VerifyFactor& request) {
  if (!looksLikeSecretToken(request.mfaToken.reveal())) {
    return toCafError(makeFault(ErrorCode::mfaTokenExpired));
  }
  auto promise = self->make_response_promise<LoginAnswer>();
  auto shared = std::make_shared<VerifyFactor>(std::move(request));
  BeginChallengeAttempt attempt{deps_.crypto->tokens.possibleHashes(kChallengePurpose, shared->mfaToken),
                                deps_.policy->codesPerChallenge, now()};
  storeThen(shared->context, std::move(attempt), promise,
            [this, shared, promise](AttemptRecord& record) mutable {
              judgeChallenge(shared, std::make_shared<const AttemptRecord>(std::move(record)), promise);
            });
  return promise;
}

void FactorState::judgeChallenge(const std::shared_ptr<VerifyFactor>& request,
                                 const std::shared_ptr<const AttemptRecord>& attempt,
                                 const LoginPromise& promise) {
  const auto& context = request->context;
  if (attempt->outcome != AttemptOutcome::counted) {
    auto fault = makeFault(ErrorCode::mfaTokenExpired);
    if (attempt->outcome == AttemptOutcome::challengeUsedUp) {
      fault.message = "At most " + std::to_string(deps_.policy->codesPerChallenge) +
                      " codes may be tried in one sign-in; begin again";
    }
    return fail(promise, std::move(fault));
  }
  if (attempt->user.status != UserStatus::active) {
    deny(context, kCodeAction, attempt->user.id, makeFault(ErrorCode::accountSuspended), promise);
    return;
  }
  const auto payload =
      deps_.crypto->cipher.open(attempt->payloadSealed, challengeContext(attempt->challengeId));
  const auto state = payload.ok() ? ChallengeState::parse(payload.value().reveal()) : std::nullopt;
  if (!state) {
    return fail(promise, makeFault(ErrorCode::internal, "the challenge's state cannot be read"));
  }
  auto ofDevice = context;
  ofDevice.client.deviceId = state->deviceId;
  ofDevice.client.deviceName = state->deviceName;
  const auto guess = std::make_shared<SecretGuess>(guessOfCode(deps_, ofDevice, attempt->user));
  admitGuess(guess, promise, [this, request, attempt, state = *state, guess, promise]() mutable {
    tryCode(request, *attempt, state, guess, promise);
  });
}

void FactorState::tryCode(const std::shared_ptr<VerifyFactor>& request, const AttemptRecord& attempt,
                          const ChallengeState& state, const Guess& guess, const LoginPromise& promise) {
  std::vector<FactorRecord> factors;
  if (attempt.factor) {
    factors.push_back(*attempt.factor);
  }
  auto proof = request->method == FactorMethod::totp ? proveByTotp(deps_, factors, request->code)
                                                     : proveByRecoveryCode(request->code);
  if (proof.ok()) {
    openProvenSession(attempt, state, proof.value(), guess, promise);
  } else {
    refuseCode(guess, std::move(proof.fault()), promise);
  }
}

void FactorState::openProvenSession(const AttemptRecord& attempt, const ChallengeState& state,
                                    const FactorProof& proof, const Guess& guess,
                                    const LoginPromise& promise) {
  const auto& context = guess->context;
  const bool byRecoveryCode = proof.factorId.isNil();
  auto made =
      makeSession(deps_, context, attempt.user,
                  {state.transport, state.remember, 2, {"pwd", byRecoveryCode ? "recovery_code" : "otp"}});
  if (!made.ok()) {
    refuseCode(guess, std::move(made.fault()), promise);
    return;
  }
  auto fresh = std::make_shared<const FreshSession>(std::move(made.value()));
  CompleteChallenge completion;
  completion.challengeId = attempt.challengeId;
  completion.proof = proof;
  completion.session = fresh->record.session;
  completion.guessKey = guess->key;
  completion.audit = auditOfUser(deps_.environment, context, "auth.login", attempt.user.id);
  completion.audit.sessionId = completion.session.id;
  completion.audit.after = {{"method", byRecoveryCode ? "recovery_code" : "totp"}};
  const int left = std::max(attempt.recoveryCodesLeft - 1, 0);
  if (byRecoveryCode) {
    auto notice =
        composeMail("recoveryCodesUsed", attempt.user.locale, attempt.user.email, std::to_string(left));
    if (!notice.ok()) {
      refuseCode(guess, std::move(notice.fault()), promise);
      return;
    }
    completion.notice = std::move(notice.value());
  }
  storeThen(context, std::move(completion), promise,
            [this, guess, passwordKey = state.passwordKey, fresh, byRecoveryCode, left,
             promise](ProofOutcome& outcome) mutable {
              if (outcome != ProofOutcome::accepted) {
                refuseCode(guess, makeFault(errorOfProof(outcome)), promise);
                return;
              }
              clearBefore(*guess, passwordKey);
              logAudit("auth.login.succeeded", "A user signed in with a second factor",
                       {{"user_id", fresh->record.user.id.toString()},
                        {"session_id", fresh->record.session.id.toString()}});
              LoginAnswer extra;
              extra.tokens.deviceToken = fresh->deviceToken;
              if (byRecoveryCode) {
                wakeMail();
                extra.recoveryCodesLeft = left;
              }
              noteNewDevice(deps_, guess->context, *fresh);
              answerWithTokens(guess->context, fresh->record, fresh->refreshKey, 0, promise,
                               std::move(extra));
            });
}

void FactorState::deny(const RequestContext& context, const char* action, const Uuid& userId, Fault fault,
                       LoginPromise promise) {
  auto event = auditOfUser(deps_.environment, context, action, userId, AuditOutcome::deny);
  event.reason = reasonName(fault.code);
  fail(std::move(promise), refusal(std::move(fault), std::move(event)));
}

}  // namespace ks
