#include <utility>

#include "actors/factorActor.hpp"
#include "core/logging.hpp"

namespace ks {

caf::result<LoginAnswer> FactorState::reauthenticate(Reauthenticate& request) {
  if (!request.context.principal) {
    return toCafError(makeFault(ErrorCode::tokenMissing));
  }
  auto promise = self->make_response_promise<LoginAnswer>();
  auto shared = std::make_shared<Reauthenticate>(std::move(request));
  storeThen<&AccountRepositoryInterface::findSession>(
      shared->context, shared->context.principal->sessionId, promise,
      [this, shared, promise](std::optional<SessionRecord>& found) mutable {
        if (!found || found->revokedAt) {
          promise.deliver(toCafError(makeFault(ErrorCode::sessionRevoked)));
          return;
        }
        auto caller = std::make_shared<const SessionRecord>(std::move(*found));
        storeThen<&FactorRepositoryInterface::beginFactorAttempt>(
            shared->context, BeginFactorAttempt{caller->user.id, attemptLimits(), now()}, promise,
            [this, shared, caller, promise](AttemptRecord& attempt) mutable {
              judgeReauthentication(shared, caller, attempt, promise);
            });
      });
  return promise;
}

void FactorState::judgeReauthentication(
    const std::shared_ptr<Reauthenticate>& request, const std::shared_ptr<const SessionRecord>& caller,
    const AttemptRecord& attempt,
    LoginPromise promise) {  // NOLINT(performance-unnecessary-value-param): moved on
  const auto& context = request->context;
  if (attempt.outcome != AttemptOutcome::counted) {
    refuseCode(context, caller->user.id,
               attempt.outcome == AttemptOutcome::accountLimit ? accountLimitFault(attempt)
                                                               : makeFault(ErrorCode::sessionRevoked),
               promise);
    return;
  }
  if (request->totp) {
    auto proof = proveByTotp(attempt, *request->totp);
    if (!proof.ok()) {
      refuseCode(context, caller->user.id, std::move(proof.fault()), promise);
      return;
    }
    replaceSession(context, *caller, proof.value(), promise);
    return;
  }
  auto password = normalizePassword(request->password.value_or(SecretText{}), deps_.policy->password);
  if (!password.ok()) {
    refuseCode(context, caller->user.id, makeFault(ErrorCode::invalidCredentials), promise);
    return;
  }
  storeThen<&AccountRepositoryInterface::findCredential>(
      context, caller->user.email, promise,
      [this, request, caller, password = std::move(password.value()),
       promise](FoundCredential& found) mutable {
        const bool own = found.account && found.account->user.id == caller->user.id;
        hashThen<PasswordVerdict>(
            request->context,
            VerifyPassword{{}, std::move(password), own ? found.account->passwordPhc : std::string{}},
            promise, [this, request, caller, promise](PasswordVerdict& verdict) mutable {
              if (!verdict.matches) {
                refuseCode(request->context, caller->user.id, makeFault(ErrorCode::invalidCredentials),
                           promise);
                return;
              }
              replaceSession(request->context, *caller, std::nullopt, promise);
            });
      });
}

void FactorState::replaceSession(const RequestContext& context, const SessionRecord& caller,
                                 const std::optional<FactorProof>& proof, LoginPromise promise) {
  // A password alone lifts no session: what it had before, it has again.
  auto made = proof ? makeSuccessor(deps_, context, caller.user, caller.session, 2, "otp")
                    : makeSuccessor(deps_, context, caller.user, caller.session,
                                    caller.session.assuranceLevel, "pwd");
  if (!made.ok()) {
    promise.deliver(toCafError(std::move(made.fault())));
    return;
  }
  auto fresh = std::make_shared<const FreshSession>(std::move(made.value()));
  ReplaceSession replacement;
  replacement.oldSession = caller.session.id;
  replacement.proof = proof;
  replacement.session = fresh->record.session;
  replacement.audit = auditOfUser(deps_.environment, context, "auth.reauthenticate", caller.user.id);
  replacement.audit.sessionId = replacement.session.id;
  replacement.audit.before = {{"session_id", caller.session.id.toString()}};
  replacement.audit.after = {{"method", proof ? "totp" : "password"}};
  storeThen<&FactorRepositoryInterface::replaceSession>(
      context, std::move(replacement), promise,
      [this, context, fresh, old = caller.session.id, promise](ProofOutcome& outcome) mutable {
        const auto& userId = fresh->record.user.id;
        if (outcome != ProofOutcome::accepted) {
          refuseCode(
              context, userId,
              makeFault(outcome == ProofOutcome::over ? ErrorCode::sessionRevoked : ErrorCode::mfaCodeReused),
              promise);
          return;
        }
        sessionsEnded(context, userId, {old});
        logAudit("auth.reauthenticated", "A user confirmed who they are",
                 {{"session_id", fresh->record.session.id.toString()}});
        answerWithTokens(context, fresh->record, fresh->refreshKey, 0, promise);
      });
}

}  // namespace ks
