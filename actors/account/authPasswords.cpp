#include <utility>

#include "actors/account/authActor.hpp"
#include "core/logging/logging.hpp"

namespace ks {

template <class Next>
void AuthState::secondFactorThen(const std::shared_ptr<ChangePasswordRequest>& request,
                                 const SecretGuess& password, DonePromise promise, Next next) {
  const auto& user = password.credential->user;
  if (!user.mfaEnabled) {
    next();
    return;
  }
  const auto guess = std::make_shared<SecretGuess>(guessOfCode(deps_, request->context, user));
  if (!request->totp && !request->recoveryCode) {
    return fail(promise,
                refusal(messageFault(ErrorCode::mfaRequired,
                                     "Send a code of the second factor with it: totp or recovery_code"),
                        auditOfGuess(deps_.environment, *guess, AuditOutcome::deny, "mfa_required")));
  }
  admitGuess(guess, promise,
             [this, request, guess, promise, passwordKey = password.key, next = std::move(next)]() mutable {
               storeThen(guess->context, FindFactors{guess->credential->user.id}, promise,
                         [this, request, guess, promise, passwordKey,
                          next = std::move(next)](std::vector<FactorRecord>& factors) mutable {
                           auto proof = request->totp ? proveByTotp(deps_, factors, *request->totp)
                                                      : proveByRecoveryCode(*request->recoveryCode);
                           if (!proof.ok()) {
                             refuseCode(guess, std::move(proof.fault()), promise);
                             return;
                           }
                           const auto& owner = guess->credential->user;
                           TakeProof take{owner.id, std::move(proof.value()), guess->key, now(),
                                          auditOfGuess(deps_.environment, *guess, AuditOutcome::ok, "")};
                           storeThen(guess->context, std::move(take), promise,
                                     [this, guess, promise, passwordKey,
                                      next = std::move(next)](ProofOutcome& outcome) mutable {
                                       if (outcome == ProofOutcome::accepted) {
                                         clearBefore(*guess, passwordKey);
                                         next();
                                       } else {
                                         refuseCode(guess, makeFault(errorOfProof(outcome)), promise);
                                       }
                                     });
                         });
             });
}

caf::result<Done> AuthState::changePassword(ChangePasswordRequest& request) {
  auto current = normalizePassword(request.currentPassword, deps_.policy->password);
  if (!current.ok()) {
    return toCafError(std::move(current.fault()));
  }
  // By the lower limit; the account's own limit is checked after the current password was right.
  auto next = checkNewPassword(request.newPassword, "new_password", {request.identifier, kServiceName}, true,
                               deps_.policy->password);
  if (!next.ok()) {
    return toCafError(std::move(next.fault()));
  }
  if (current.value().reveal() == next.value().reveal()) {
    return toCafError(fieldFault(ErrorCode::passwordUnchanged, "new_password"));
  }
  auto promise = self->make_response_promise<Done>();
  auto shared = std::make_shared<ChangePasswordRequest>(std::move(request));
  const auto typed = otherThanNormal(shared->currentPassword, current.value());
  shared->currentPassword = std::move(current.value());
  shared->newPassword = std::move(next.value());
  storeThen(
      shared->context, FindCredential{shared->identifier}, promise,
      [this, shared, typed, promise](FoundCredential& found) mutable {
        auto guess = std::make_shared<SecretGuess>(guessOfPassword(
            deps_, shared->context, "auth.password.change", shared->identifier, std::move(found.account)));
        guess->typed = typed;
        checkPassword(
            guess, shared->currentPassword, promise,
            [this, shared, guess, promise](PasswordVerdict&) mutable {
              if (guess->credential->user.status == UserStatus::suspended) {
                return fail(promise, ErrorCode::accountSuspended);
              }
              const auto& user = guess->credential->user;
              if (auto allowed = checkNewPassword(shared->newPassword, "new_password", contextWordsOf(user),
                                                  user.mfaEnabled, deps_.policy->password);
                  !allowed.ok()) {
                return fail(promise, std::move(allowed.fault()));
              }
              secondFactorThen(shared, *guess, promise, [this, shared, guess, promise]() mutable {
                hashThen<std::string>(shared->context, HashPassword{{}, shared->newPassword}, promise,
                                      [this, shared, guess, promise](std::string& newPhc) mutable {
                                        storeNewPassword(shared, *guess->credential, newPhc, promise);
                                      });
              });
            });
      });
  return promise;
}

void AuthState::storeNewPassword(const std::shared_ptr<ChangePasswordRequest>& request,
                                 const CredentialRecord& credential, const std::string& phc,
                                 DonePromise promise) {
  auto notice = composeMail("passwordChanged", credential.user.locale, credential.user.email, {});
  if (!notice.ok()) {
    return fail(promise, std::move(notice.fault()));
  }
  ChangePassword change;
  change.userId = credential.user.id;
  change.passwordPhc = phc;
  change.expectedPhc = credential.passwordPhc;
  change.keepKeys = request->keepKeys;
  change.notice = std::move(notice.value());
  change.now = now();
  change.audit = auditOfUser(deps_.environment, request->context, "auth.password.change", change.userId);
  const auto context = request->context;
  const auto userId = credential.user.id;
  storeThen(context, std::move(change), promise,
            [this, context, userId, promise](ChangePasswordOutcome& outcome) mutable {
              if (!outcome) {
                return fail(promise,
                            messageFault(ErrorCode::conflict, "The password was changed in the meantime"));
              }
              sessionsEnded(context, userId, *outcome);
              wakeMail();
              logAudit("auth.password.changed", "A password was changed",
                       {{"user_id", userId.toString()}, {"sessions_ended", outcome->size()}});
              promise.deliver(Done{});
            });
}

}  // namespace ks
