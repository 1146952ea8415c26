#include <algorithm>
#include <string>
#include <utility>

#include "actors/challengeState.hpp"
#include "actors/factorActor.hpp"
#include "actors/sealContexts.hpp"
#include "core/logging.hpp"
#include "crypto/recoveryCode.hpp"
#include "crypto/totp.hpp"

namespace ks {
caf::result<LoginAnswer> FactorState::verify(VerifyFactor& request) {
  if (!looksLikeSecretToken(request.mfaToken.reveal())) {
    return toCafError(makeFault(ErrorCode::mfaTokenExpired));
  }
  auto promise = self->make_response_promise<LoginAnswer>();
  auto shared = std::make_shared<VerifyFactor>(std::move(request));
  BeginChallengeAttempt attempt{deps_.crypto->tokens.possibleHashes(kChallengePurpose, shared->mfaToken),
                                attemptLimits(), now()};
  storeThen<&FactorRepositoryInterface::beginChallengeAttempt>(
      shared->context, std::move(attempt), promise,
      [this, shared, promise](AttemptRecord& record) mutable { judgeChallenge(shared, record, promise); });
  return promise;
}

void FactorState::judgeChallenge(const std::shared_ptr<VerifyFactor>& request, const AttemptRecord& attempt,
                                 LoginPromise promise) {
  const auto& context = request->context;
  switch (attempt.outcome) {
    case AttemptOutcome::noChallenge:
      promise.deliver(toCafError(makeFault(ErrorCode::mfaTokenExpired)));
      return;
    case AttemptOutcome::challengeUsedUp: {
      auto fault = makeFault(ErrorCode::mfaTokenExpired);
      fault.message = "At most " + std::to_string(attemptLimits().perChallenge) +
                      " codes may be tried in one sign-in; begin again";
      promise.deliver(toCafError(std::move(fault)));
      return;
    }
    case AttemptOutcome::accountLimit:
      refuseCode(context, attempt.user.id, accountLimitFault(attempt), promise);
      return;
    case AttemptOutcome::counted:
      break;
  }
  if (attempt.user.status != UserStatus::active) {
    refuseCode(context, attempt.user.id, makeFault(ErrorCode::accountSuspended), promise);
    return;
  }
  auto proof = [&]() -> Result<FactorProof> {
    if (request->method == FactorMethod::totp) {
      return proveByTotp(attempt, request->code);
    }
    auto hash = recoveryCodeHash(request->code.reveal());
    if (!hash) {
      return makeFault(ErrorCode::mfaCodeInvalid);
    }
    return FactorProof{Uuid{}, 0, std::move(*hash)};
  }();
  if (!proof.ok()) {
    refuseCode(context, attempt.user.id, std::move(proof.fault()), promise);
    return;
  }
  openProvenSession(request, attempt, proof.value(), promise);
}

void FactorState::openProvenSession(const std::shared_ptr<VerifyFactor>& request,
                                    const AttemptRecord& attempt, const FactorProof& proof,
                                    LoginPromise promise) {
  const auto payload =
      deps_.crypto->cipher.open(attempt.payloadSealed, challengeContext(attempt.challengeId));
  const auto state = payload.ok() ? ChallengeState::parse(payload.value().reveal()) : std::nullopt;
  if (!state) {
    promise.deliver(toCafError(makeFault(ErrorCode::internal, "the challenge's state cannot be read")));
    return;
  }
  auto context = request->context;
  context.client.deviceId = state->deviceId;
  context.client.deviceName = state->deviceName;
  const bool byRecoveryCode = request->method == FactorMethod::recoveryCode;
  auto made =
      makeSession(deps_, context, attempt.user,
                  {state->transport, state->remember, 2, {"pwd", byRecoveryCode ? "recovery_code" : "otp"}});
  if (!made.ok()) {
    promise.deliver(toCafError(std::move(made.fault())));
    return;
  }
  auto fresh = std::make_shared<const FreshSession>(std::move(made.value()));
  CompleteChallenge completion;
  completion.challengeId = attempt.challengeId;
  completion.proof = proof;
  completion.session = fresh->record.session;
  completion.audit = auditOfUser(deps_.environment, context, "auth.login", attempt.user.id);
  completion.audit.sessionId = completion.session.id;
  completion.audit.after = {{"method", byRecoveryCode ? "recovery_code" : "totp"}};
  const int left = std::max(attempt.recoveryCodesLeft - 1, 0);
  if (byRecoveryCode) {
    auto notice =
        composeMail("recoveryCodesUsed", attempt.user.locale, attempt.user.email, std::to_string(left));
    if (!notice.ok()) {
      promise.deliver(toCafError(std::move(notice.fault())));
      return;
    }
    completion.notice = std::move(notice.value());
  }
  storeThen<&FactorRepositoryInterface::completeChallenge>(
      context, std::move(completion), promise,
      [this, context, fresh, byRecoveryCode, left, promise](ProofOutcome& outcome) mutable {
        const auto& userId = fresh->record.user.id;
        if (outcome == ProofOutcome::over) {
          promise.deliver(toCafError(makeFault(ErrorCode::mfaTokenExpired)));
          return;
        }
        if (outcome != ProofOutcome::accepted) {
          refuseCode(context, userId,
                     makeFault(outcome == ProofOutcome::reused ? ErrorCode::mfaCodeReused
                                                               : ErrorCode::mfaCodeInvalid),
                     promise);
          return;
        }
        logAudit("auth.login.succeeded", "A user signed in with a second factor",
                 {{"user_id", userId.toString()}, {"session_id", fresh->record.session.id.toString()}});
        LoginAnswer extra;
        extra.tokens.deviceToken = fresh->deviceToken;
        if (byRecoveryCode) {
          wakeMail();
          extra.recoveryCodesLeft = left;
        }
        noteDevice(context, *fresh);
        answerWithTokens(context, fresh->record, fresh->refreshKey, 0, promise, std::move(extra));
      });
}

Result<FactorProof> FactorState::proveByTotp(const AttemptRecord& attempt, const SecretText& code) {
  const auto digits = readTotpCode(code.reveal());
  if (!attempt.factor || !digits) {
    return makeFault(ErrorCode::mfaCodeInvalid);
  }
  auto secret =
      deps_.crypto->cipher.open(attempt.factor->secretSealed, factorSecretContext(attempt.factor->id));
  if (!secret.ok()) {
    return std::move(secret.fault());
  }
  const auto step = findTotpStep(secret.value(), *digits, now());
  if (!step) {
    return makeFault(ErrorCode::mfaCodeInvalid);
  }
  if (*step <= attempt.factor->lastUsedStep) {
    return makeFault(ErrorCode::mfaCodeReused);
  }
  return FactorProof{attempt.factor->id, *step, {}};
}

void FactorState::refuseCode(const RequestContext& context, const Uuid& userId, Fault fault,
                             LoginPromise promise) {
  const bool guessed = fault.code == ErrorCode::mfaCodeInvalid || fault.code == ErrorCode::mfaCodeReused ||
                       fault.code == ErrorCode::invalidCredentials;
  auto event = auditOfUser(deps_.environment, context, "auth.mfa.verify", userId,
                           guessed ? AuditOutcome::fail : AuditOutcome::deny);
  event.reason = reasonName(fault.code);
  if (recorded(std::move(event), promise)) {
    logSecurity(
        "auth.mfa.refused", "A second factor was refused",
        {{"reason", describe(fault.code).name}, {"user_id", userId.toString()}, {"ip", context.client.ip}});
    promise.deliver(toCafError(audited(std::move(fault))));
  }
}

AttemptLimits FactorState::attemptLimits() const {
  const auto& policy = *deps_.policy;
  return {policy.codesPerChallenge, policy.codesPerAccount, now() - policy.codesWindow};
}

Fault FactorState::accountLimitFault(const AttemptRecord& attempt) const {
  const auto& policy = *deps_.policy;
  auto fault = makeFault(ErrorCode::tooManyAttempts);
  const auto wait =
      std::chrono::ceil<std::chrono::seconds>(attempt.windowBegan + policy.codesWindow - now()).count();
  fault.retryAfterS = static_cast<std::uint32_t>(std::max<std::int64_t>(wait, 1));
  fault.message = "At most " + std::to_string(policy.codesPerAccount) + " codes may be tried within " +
                  std::to_string(policy.codesWindow.count()) + " minutes";
  return fault;
}

}  // namespace ks
