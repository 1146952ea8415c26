#pragma once
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "actors/account/accountSteps.hpp"
#include "actors/account/factorProof.hpp"
#include "actors/account/passwordPolicy.hpp"
#include "actors/account/secretGuess.hpp"

namespace ks {

/// Checks of secrets that may be guessed: each is counted and may be refused before it is looked at, and
/// failures lock. Storage decides: AdmitAttempt, in persistence/postgres/account/lockAndLimitOperations.cpp.
template <class Actor>
class LoginGuard : public AccountSteps<Actor> {
  using Steps = AccountSteps<Actor>;

 public:
  using Steps::self;

 protected:
  using Steps::deliverInStepsOf;
  using Steps::deps_;
  using Steps::hashQueueFull;
  using Steps::now;
  using Steps::recorded;
  using Steps::Steps;
  using Steps::storeThen;
  using Steps::wakeMail;

  using Guess = std::shared_ptr<SecretGuess>;

  /// Whether a secret may be tried is decided before it is checked, and it counts as a failure until
  /// then: continues with `next()`, followed by refuseGuess(), withdrawGuess() or whatever clears the count.
  template <class Promise, class Next>
  void admitGuess(const Guess& guess, Promise promise, Next next) {
    guess->since = self->clock().now();
    if (ladderOf(*deps_.policy, *guess).empty()) {
      next();
    } else {
      askAdmission(guess, guess->key, Milliseconds{0}, promise,
                   [this, guess, promise, next = std::move(next)](Admission& admission, bool waited) mutable {
                     guess->admission = admission;
                     if (!admission.admitted) {
                       denyGuess(guess, waited, promise);
                     } else if (unlockRecorded(guess, promise)) {
                       next();
                     }
                   });
    }
  }

  /// A wrong one: audited, counted permanently, reported by mail if it locks, and answered with `fault`.
  template <class Promise>
  void refuseGuess(const Guess& guess, const char* reason, Promise promise, Fault fault) {
    fault = audited(std::move(fault));
    if (!recorded(auditOfGuess(deps_.environment, *guess, AuditOutcome::fail, reason), promise)) {
      return;
    }
    logRefusedGuess(*guess, reason);
    settleWrong(guess, guess->key, guess->admission, promise,
                [this, guess, promise, fault = std::move(fault)]() mutable {
                  settleWrong(guess, guess->accountKey, guess->accountAdmission, promise,
                              [this, guess, promise, fault = std::move(fault)]() mutable {
                                if (isLock(protection(*guess).lockSeconds)) {
                                  tellOfLock(guess, promise, std::move(fault));
                                } else {
                                  refuseInStep(guess, promise, std::move(fault));
                                }
                              });
                });
  }

  /// No longer counts: there was no verdict and no answer; or it was right and the rest may fail.
  void withdrawGuess(const SecretGuess& guess) {
    auto unbounded = guess.context;
    unbounded.deadline = {};
    const auto withdraw = [&](const Bytes& key, const Admission& admission) {
      if (admission.failures > 0) {
        compat::tellAnon(deps_.storage.pick(), storageJob(unbounded, SettleAttempt{key, guess.tryId, false}));
      }
    };
    withdraw(guess.key, guess.admission);
    withdraw(guess.accountKey, guess.accountAdmission);
  }

  /// The code that followed was right: this also clears the count of the password before it, asynchronously.
  void clearBefore(const SecretGuess& guess, const Bytes& passwordKey) {
    if (!passwordKey.empty() && passwordKey != guess.key) {
      auto unbounded = guess.context;
      unbounded.deadline = {};
      compat::tellAnon(deps_.storage.pick(), storageJob(unbounded, ClearAttempts{passwordKey}));
    }
  }

  /// For a code that proves nothing, or no longer does.
  template <class Promise>
  void refuseCode(const Guess& guess, Fault fault, Promise promise) {
    if (fault.code == ErrorCode::mfaCodeInvalid || fault.code == ErrorCode::mfaCodeReused) {
      const auto reason = reasonName(fault.code);
      refuseGuess(guess, reason.c_str(), promise, std::move(fault));
    } else {  // no verdict on the code
      withdrawGuess(*guess);
      fail(promise, std::move(fault));
    }
  }

  /// `next(PasswordVerdict&)` for a right password; others, also of unknown accounts, are hashed too.
  template <class Promise, class Next>
  void checkPassword(const Guess& guess, const SecretText& password, Promise promise, Next next,
                     ErrorCode wrong = ErrorCode::invalidCredentials) {
    if (hashQueueFull(promise)) {
      return;  // before it is counted as a failure
    }
    admitGuess(guess, promise, [this, guess, password, promise, next = std::move(next), wrong]() mutable {
      hashGuess(guess, password, promise, std::move(next), wrong);
    });
  }

  /// Continues with `next(CredentialRecord)` if `typed` is the signed-in user's own password; a wrong one
  /// counts and is answered with `wrong`. One that could never have been chosen is not checked.
  template <class Promise, class Next>
  void ownPasswordThen(const RequestContext& context, const char* action, const SecretText& typed,
                       Promise promise, Next next, ErrorCode wrong = ErrorCode::currentPasswordInvalid) {
    auto normal = normalizePassword(typed, deps_.policy->password);
    if (!normal.ok()) {
      auto event =
          auditOfUser(deps_.environment, context, action, context.principal->userId, AuditOutcome::fail);
      event.reason = "wrong_password";
      return fail(promise, refusal(makeFault(wrong), std::move(event)));
    }
    storeThen(context, FindOwnCredential{context.principal->userId}, promise,
              [this, context, action, password = std::move(normal.value()), typed, promise,
               next = std::move(next), wrong](std::optional<CredentialRecord>& found) mutable {
                if (!found) {
                  return fail(promise, ErrorCode::sessionRevoked);
                }
                const auto guess = std::make_shared<SecretGuess>(
                    guessInSession(deps_, context, action, SecretKind::password, std::move(*found)));
                guess->typed = otherThanNormal(typed, password);
                checkPassword(
                    guess, password, promise,
                    [guess, next = std::move(next)](PasswordVerdict&) mutable { next(*guess->credential); },
                    wrong);
              });
  }

 private:
  /// As deliverInStep(), after a password was checked: once, and as it was typed if that differs.
  template <class Promise>
  void refuseInStep(const Guess& guess, Promise promise, Fault fault) {
    const auto step = deps_.policy->loginAnswerStep;
    const auto earliest = guess->typed.empty() ? guess->since : guess->since + step;
    deliverInStepsOf(step, earliest, guess->context, std::move(promise), toCafError(std::move(fault)));
  }

  /// The verdict on a try that was counted by `key`.
  template <class Promise, class Next>
  void settleWrong(const Guess& guess, const Bytes& key, const Admission& admission, Promise promise,
                   Next next) {
    if (admission.lockSeconds == 0) {
      next();
      return;
    }
    storeThen(guess->context, SettleAttempt{key, guess->tryId}, promise,
              [next = std::move(next)](Done&) mutable { next(); });
  }

  /// Whether the guess may be tried by the count of `key`: `answered(Admission&, waited)`.
  template <class Promise, class Answered>
  void askAdmission(const Guess& guess, const Bytes& key, Milliseconds paused, Promise promise,
                    Answered answered) {
    AdmitAttempt attempt{key,
                         std::nullopt,
                         guess->tryId,
                         ladderOf(*deps_.policy, *guess),
                         now() - deps_.policy->failuresCounted,
                         now(),
                         now() - deps_.policy->hashTimeout};
    if (guess->credential) {
      attempt.userId = guess->credential->user.id;
    }
    storeThen(
        guess->context, std::move(attempt), promise,
        [this, guess, key, paused, promise, answered = std::move(answered)](Admission& admission) mutable {
          if (admission.undecided) {
            awaitVerdict(guess, key, paused, promise, std::move(answered));
          } else {
            answered(admission, paused > Milliseconds{0});
          }
        });
  }

  /// False: the end of a lock cannot be audited, and `promise` was failed.
  template <class Promise>
  bool unlockRecorded(const Guess& guess, Promise& promise) {
    if (isLock(protection(*guess).endedLockSeconds) &&
        !recorded(auditOfLock(deps_.environment, *guess, "auth.login.unlock", "time"), promise)) {
      withdrawGuess(*guess);
      return false;
    }
    return true;
  }

  /// Verdict of the account's own count on a guess that the identifier's count admitted. Asked after the
  /// secret was checked and before it is used: a lock takes the time of a wrong secret, and has its answer.
  template <class Promise, class Next>
  void admitToAccount(const Guess& guess, Promise promise, Next next) {
    if (guess->accountKey.empty() || ladderOf(*deps_.policy, *guess).empty()) {
      next();
      return;
    }
    askAdmission(guess, guess->accountKey, Milliseconds{0}, promise,
                 [this, guess, promise, next = std::move(next)](Admission& admission, bool) mutable {
                   guess->accountLocked = !admission.admitted;
                   if (admission.admitted) {
                     guess->accountAdmission = admission;
                     if (!unlockRecorded(guess, promise)) {
                       return;
                     }
                   }
                   next();
                 });
  }

  /// A simultaneous try decides about a lock: retries soon. Holds neither a hash nor a count.
  template <class Promise, class Answered>
  void awaitVerdict(const Guess& guess, const Bytes& key, Milliseconds paused, Promise promise,
                    Answered answered) {
    const auto& policy = *deps_.policy;
    if (guessesWaiting_ >= policy.guessesWaiting || self->clock().now() - guess->since >= policy.guessWait) {
      auto fault = makeFault(ErrorCode::overloaded, "other tries of the same account are being judged");
      fault.retryAfterS = 1;
      withdrawGuess(*guess);
      refuseInStep(guess, promise, std::move(fault));
      return;
    }
    const auto pause = std::clamp(paused * 2, policy.shortestGuessPause, policy.longestGuessPause);
    ++guessesWaiting_;
    self->run_delayed(caf::timespan{pause},
                      [this, guess, key, pause, promise, answered = std::move(answered)]() mutable {
                        --guessesWaiting_;
                        askAdmission(guess, key, pause, promise, std::move(answered));
                      });
  }

  template <class Promise>
  void denyGuess(const Guess& guess, bool waited, Promise promise) {
    logRefusedGuess(*guess, "locked");
    auto fault = refusal(tooManyAttempts(guess->admission.lockSeconds),
                         auditOfGuess(deps_.environment, *guess, AuditOutcome::deny, "locked"));
    if (waited) {  // for a hash, whose time depends on its owner
      refuseInStep(guess, promise, std::move(fault));
    } else {
      fail(promise, std::move(fault));
    }
  }

  template <class Promise, class Next>
  void hashGuess(const Guess& guess, const SecretText& password, Promise promise, Next next,
                 ErrorCode wrong) {
    auto phc = guess->credential ? guess->credential->passwordPhc : std::string{};
    this->template hashThen<PasswordVerdict>(
        guess->context, VerifyPassword{{}, password, std::move(phc), guess->claimPhc, guess->typed}, promise,
        [this, guess, promise, next = std::move(next), wrong](PasswordVerdict& verdict) mutable {
          admitToAccount(guess, promise,
                         [this, guess, promise, verdict, next = std::move(next), wrong]() mutable {
                           judgeGuess(guess, verdict, promise, std::move(next), wrong);
                         });
        },
        [this, guess] { withdrawGuess(*guess); });
  }

  template <class Promise, class Next>
  void judgeGuess(const Guess& guess, PasswordVerdict verdict, Promise promise, Next next, ErrorCode wrong) {
    if (verdict.matchesClaim) {
      refuseGuess(guess, "email_not_verified", promise, makeFault(ErrorCode::emailNotVerified));
    } else if (!guess->credential) {
      refuseGuess(guess, "unknown_identifier", promise, makeFault(wrong));
    } else if (guess->accountLocked) {
      refuseGuess(guess, "account_locked", promise, makeFault(wrong));
    } else if (!verdict.matches) {
      refuseGuess(guess, "wrong_password", promise, makeFault(wrong));
    } else {
      settleRight(guess, guess->key, guess->admission, promise,
                  [this, guess, promise, verdict, next = std::move(next)]() mutable {
                    settleRight(guess, guess->accountKey, guess->accountAdmission, promise,
                                [verdict, next = std::move(next)]() mutable { next(verdict); });
                  });
    }
  }

  /// A right password clears the count of `key`, unless a code must follow: then only this try counts no
  /// more.
  template <class Promise, class Next>
  void settleRight(const Guess& guess, const Bytes& key, const Admission& admission, Promise promise,
                   Next next) {
    auto goOn = [next = std::move(next)](Done&) mutable { next(); };
    if (admission.failures == 0) {  // nothing was counted
      Done done;
      goOn(done);
    } else if (guess->firstOfTwo && guess->credential->user.mfaEnabled) {
      storeThen(guess->context, SettleAttempt{key, guess->tryId, false}, promise, std::move(goOn));
    } else {
      storeThen(guess->context, ClearAttempts{key}, promise, std::move(goOn));
    }
  }

  template <class Promise>
  void tellOfLock(const Guess& guess, Promise promise, Fault fault) {
    auto report = lockReport(deps_, *guess);
    if (!report.ok()) {
      return fail(promise, std::move(report.fault()));
    }
    storeThen(guess->context, std::move(report.value()), promise,
              [this, guess, promise, fault = std::move(fault)](Done&) mutable {
                wakeMail();
                refuseInStep(guess, promise, std::move(fault));
              });
  }

  std::size_t guessesWaiting_ = 0;
};

}  // namespace ks
