#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/account/attemptKeys.hpp"
#include "actors/account/authDependencies.hpp"
#include "actors/account/factorProof.hpp"
#include "actors/account/passwordPolicy.hpp"
#include "actors/account/secretGuess.hpp"
#include "actors/account/sessionTokens.hpp"
#include "actors/mail/mailComposition.hpp"
#include "actors/platform/storageJob.hpp"
#include "actors/runtime/auditNote.hpp"
#include "actors/runtime/guarded.hpp"
#include "actors/session/sessionEnd.hpp"
#include "core/logging/logging.hpp"

namespace ks {

/// The steps that account actors share; the state of each is derived from this.
template <class Actor>
class AccountSteps {
 public:
  using Pointer = typename Actor::pointer;
  Pointer self;
  std::size_t hashesInFlight = 0;

 protected:
  using DonePromise = caf::typed_response_promise<Done>;
  using LoginPromise = caf::typed_response_promise<LoginAnswer>;

  AccountSteps(Pointer selfPointer, std::shared_ptr<ActorProbe> probe, AuthDependencies dependencies)
      : self(selfPointer), probe_(std::move(probe)), deps_(std::move(dependencies)) {}

  /// `overloaded` at once when too many hashes are under way. `failed()` is called where there is no hash.
  template <class Out, class Message, class Promise, class Next>
  void hashThen(const RequestContext& context, Message message, Promise promise, Next next) {
    hashThen<Out>(context, std::move(message), std::move(promise), std::move(next), [] {});
  }
  template <class Out, class Message, class Promise, class Next, class Failed>
  void hashThen(const RequestContext& context, Message message, Promise promise, Next next, Failed failed) {
    if (tooLate(self, context, promise) || hashQueueFull(promise)) {
      failed();
      return;
    }
    ++hashesInFlight;
    message.context = context;
    compat::ask(self, deps_.passwords.pick(), timeLeft(self, context, deps_.policy->hashTimeout),
                std::move(message))
        .then(
            [this, promise, scope = LogScope{context.requestId, context.userIdText()},
             next = std::move(next)](Out& out) mutable {
              --hashesInFlight;
              continueGuarded(scope, *probe_, promise, next, out);
            },
            [this, promise, failed = std::move(failed)](caf::error& error) mutable {
              --hashesInFlight;
              failed();
              promise.deliver(toCafError(faultFromCafError(error)));
            });
  }

  template <class Op, class Promise, class Next>
  void storeThen(const RequestContext& context, Op operation, Promise promise, Next next) {
    ks::storeThen(self, probe_, context, deps_.policy->storageTimeout, deps_.storage, std::move(operation),
                  std::move(promise), std::move(next));
  }

  Result<OutboxMail> composeMail(std::string mailTemplate, const std::string& locale,
                                 const std::string& recipient, std::string_view payload) {
    return ks::composeMail(deps_.environment.uuids, *deps_.crypto, std::move(mailTemplate), locale, recipient,
                           payload);
  }
  void wakeMail() {
    if (const auto mail = deps_.mail.get()) {
      compat::tell(self, mail, WakeAtom_v);
    }
  }

  /// Answers when the request has a whole number of `answerStep`s left until its deadline, so that the time
  /// of the answer does not tell how long the work took: it differs between an account and none.
  template <class Promise, class Answer>
  void deliverInStep(const RequestContext& context, Promise promise, Answer answer) {
    deliverInStepsOf(deps_.policy->answerStep, {}, context, std::move(promise), std::move(answer));
  }
  /// Audits what failed or was denied after work that bounds how often that happens (a hash, a code), where
  /// no statement does it. What costs nothing to refuse is a refusal() instead. False: there is no room for
  /// the event, and `promise` was failed with `overloaded`: nothing happens unaudited.
  template <class Promise>
  bool recorded(AuditEvent event, Promise& promise) {
    if (deps_.events->record(std::move(event))) {
      return true;
    }
    auto fault = makeFault(ErrorCode::overloaded, "the audit trail takes no more events");
    fault.retryAfterS = 1;
    promise.deliver(toCafError(std::move(fault)));
    return false;
  }

  /// Goes on with `next()` unless one of the limits is passed, which answers TOO_MANY_ATTEMPTS.
  template <class Promise, class Next>
  void withinLimits(const RequestContext& context, std::vector<AttemptLimit> limits, Promise promise,
                    Next next) {
    std::erase_if(limits, [](const AttemptLimit& each) { return each.limit == 0; });
    if (limits.empty()) {
      next();
      return;
    }
    storeThen(context, CountAttempts{std::move(limits), now()}, promise,
              [promise, next = std::move(next)](std::int64_t& waitS) mutable {
                if (waitS > 0) {
                  promise.deliver(toCafError(tooManyAttempts(waitS)));
                } else {
                  next();
                }
              });
  }

  /// Counts, refuses nothing: `next(true)` within the limit.
  template <class Promise, class Next>
  void countThen(const RequestContext& context, AttemptLimit limit, Promise promise, Next next) {
    if (limit.limit == 0) {
      next(true);
      return;
    }
    storeThen(context, CountAttempts{{std::move(limit)}, now()}, std::move(promise),
              [next = std::move(next)](std::int64_t& waitS) mutable { next(waitS == 0); });
  }

  using Guess = std::shared_ptr<SecretGuess>;

  /// Whether a secret may be tried at all is decided before it is looked at, and it counts as a failure till
  /// then: goes on with `next()`, then comes refuseGuess(), withdrawGuess() or what clears the count.
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

  /// A wrong one: audited, counted for good, told of where it locks, and answered with `fault`.
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

  /// Counts no more: nobody has judged it and nothing was told; or it was right and the rest may fail.
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

  /// The code that followed was right: the count of the password before it ends too. Nobody waits for that.
  void clearBefore(const SecretGuess& guess, const Bytes& passwordKey) {
    if (!passwordKey.empty() && passwordKey != guess.key) {
      auto unbounded = guess.context;
      unbounded.deadline = {};
      compat::tellAnon(deps_.storage.pick(), storageJob(unbounded, ClearAttempts{passwordKey}));
    }
  }

  /// Of a code that proves nothing, or no more.
  template <class Promise>
  void refuseCode(const Guess& guess, Fault fault, Promise promise) {
    if (fault.code == ErrorCode::mfaCodeInvalid || fault.code == ErrorCode::mfaCodeReused) {
      const auto reason = reasonName(fault.code);
      refuseGuess(guess, reason.c_str(), promise, std::move(fault));
    } else {  // nothing is said about the code
      withdrawGuess(*guess);
      promise.deliver(toCafError(std::move(fault)));
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

  /// Goes on with `next(CredentialRecord)` when `typed` is the signed-in user's own password; a wrong one
  /// counts and is answered with `wrong`. One that nobody can have chosen is not looked at.
  template <class Promise, class Next>
  void ownPasswordThen(const RequestContext& context, const char* action, const SecretText& typed,
                       Promise promise, Next next, ErrorCode wrong = ErrorCode::currentPasswordInvalid) {
    auto normal = normalizePassword(typed, deps_.policy->password);
    if (!normal.ok()) {
      auto event =
          auditOfUser(deps_.environment, context, action, context.principal->userId, AuditOutcome::fail);
      event.reason = "wrong_password";
      promise.deliver(toCafError(refusal(makeFault(wrong), std::move(event))));
      return;
    }
    storeThen(context, FindOwnCredential{context.principal->userId}, promise,
              [this, context, action, password = std::move(normal.value()), typed, promise,
               next = std::move(next), wrong](std::optional<CredentialRecord>& found) mutable {
                if (!found) {
                  promise.deliver(toCafError(makeFault(ErrorCode::sessionRevoked)));
                  return;
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

  /// Answers with tokens for the session at `counter`. Their fast copies are written first (or Redis has had
  /// its chance), so that the gateway knows the token when it comes. `extra` says what else the caller is
  /// told.
  void answerWithTokens(const RequestContext& context, const SessionRecord& session,
                        const SecretText& refreshKey, std::int64_t counter, LoginPromise promise,
                        LoginAnswer extra = {}) {
    auto made = makeTokens(deps_, session, refreshKey, counter);
    if (!made.ok()) {
      promise.deliver(toCafError(std::move(made.fault())));
      return;
    }
    const auto answer = std::make_shared<LoginAnswer>(std::move(made.value()));
    answer->tokens.deviceToken = std::move(extra.tokens.deviceToken);
    answer->recoveryCodesLeft = extra.recoveryCodesLeft;
    answer->recoveryCodes = std::move(extra.recoveryCodes);
    auto copy = session;
    copy.session.refreshKeySealed.clear();
    CacheSession message{context, std::move(copy), tokenDigestHex(answer->tokens.accessToken.reveal()),
                         answer->tokens.accessExpiresInS};
    compat::ask(self, deps_.sessionCache.get(), timeLeft(self, context, deps_.policy->cacheTimeout),
                std::move(message))
        .then([answer, promise](Done&) mutable { promise.deliver(std::move(*answer)); },
              [answer, promise](caf::error&) mutable { promise.deliver(std::move(*answer)); });
  }

  void sessionsEnded(const RequestContext& context, const Uuid& userId, const std::vector<Uuid>& sessionIds) {
    announceSessionsEnded(*deps_.tokenCache, deps_.sessionCache, context, userId, sessionIds);
  }

  [[nodiscard]] TimePoint now() const { return deps_.environment.clock.now(); }

  std::shared_ptr<ActorProbe> probe_;
  AuthDependencies deps_;

 private:
  /// Steps are counted back from the deadline, and none ends before `earliest`.
  template <class Promise, class Answer>
  void deliverInStepsOf(Milliseconds step, std::chrono::steady_clock::time_point earliest,
                        const RequestContext& context, Promise promise, Answer answer) {
    const auto present = self->clock().now();
    const auto from = std::max(present, earliest);
    const auto left = context.deadline - from;
    if (left < step) {  // or none was set
      promise.deliver(std::move(answer));
      return;
    }
    self->run_delayed(
        std::chrono::duration_cast<caf::timespan>(from - present + left % step),
        [promise, answer = std::move(answer)]() mutable { promise.deliver(std::move(answer)); });
  }

  /// As deliverInStep(), after a password was looked at: once, and as it was typed where that differs.
  template <class Promise>
  void refuseInStep(const Guess& guess, Promise promise, Fault fault) {
    const auto step = deps_.policy->loginAnswerStep;
    const auto earliest = guess->typed.empty() ? guess->since : guess->since + step;
    deliverInStepsOf(step, earliest, guess->context, std::move(promise), toCafError(std::move(fault)));
  }

  template <class Promise>
  bool hashQueueFull(Promise& promise) {
    if (hashesInFlight < deps_.policy->hashesInFlight) {
      return false;
    }
    auto fault = makeFault(ErrorCode::overloaded, "the queue of password hashes is full");
    fault.retryAfterS = 1;
    promise.deliver(toCafError(std::move(fault)));
    return true;
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

  /// What the account's own count says of a guess that the identifier's admitted. Asked after the secret was
  /// looked at and before it is used: a lock takes the time of a wrong secret, and has its answer.
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

  /// Another try of the same moment decides about a lock: asks again soon. Holds neither a hash nor a count.
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
    if (waited) {  // for a hash, whose time depends on whose it was
      refuseInStep(guess, promise, std::move(fault));
    } else {
      promise.deliver(toCafError(std::move(fault)));
    }
  }

  template <class Promise, class Next>
  void hashGuess(const Guess& guess, const SecretText& password, Promise promise, Next next,
                 ErrorCode wrong) {
    auto phc = guess->credential ? guess->credential->passwordPhc : std::string{};
    hashThen<PasswordVerdict>(
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

  /// A right password clears the count of `key`, unless a code is to follow: then only this try counts no
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
      promise.deliver(toCafError(std::move(report.fault())));
      return;
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
