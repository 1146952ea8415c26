#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/account/attemptKeys.hpp"
#include "actors/account/authDependencies.hpp"
#include "actors/account/sessionTokens.hpp"
#include "actors/mail/mailComposition.hpp"
#include "actors/platform/storageJob.hpp"
#include "actors/runtime/auditNote.hpp"
#include "actors/runtime/guarded.hpp"
#include "actors/session/sessionEnd.hpp"
#include "core/logging/logging.hpp"

namespace ks {

/// What account actors do at many places: hash, store, send mails, answer in time and with tokens. The state
/// of each is derived from this or from LoginGuard.
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

  /// `overloaded` at once when too many hashes are in progress. `failed()` is called if there is no hash.
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
              fail(promise, faultFromCafError(error));
            });
  }

  template <class Op, class Promise, class Next>
  void storeThen(const RequestContext& context, Op operation, Promise promise, Next next) {
    ks::storeThen(self, probe_, context, deps_.policy->storageTimeout, deps_.storage, std::move(operation),
                  std::move(promise), std::move(next));
  }

  /// Answers what the storage answers.
  template <class Op>
  caf::result<typename Op::Out> storeAnswer(const RequestContext& context, Op operation) {
    auto promise = self->template make_response_promise<typename Op::Out>();
    storeThen(context, std::move(operation), promise, delivery<typename Op::Out>(promise));
    return promise;
  }

  /// Continues with the caller's session while it lasts.
  template <class Promise, class Next>
  void ownSessionThen(const RequestContext& context, Promise promise, Next next) {
    storeThen(context, FindSession{context.principal->sessionId}, promise,
              [promise, next = std::move(next)](std::optional<SessionRecord>& session) mutable {
                if (!session || session->revokedAt) {
                  return fail(promise, ErrorCode::sessionRevoked);
                }
                next(*session);
              });
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
  /// Audits a failure or denial after work that limits how often it happens (a hash, a code), where
  /// no statement does it. Refusals without such work use refusal() instead. False: there is no room for
  /// the event, and `promise` failed with `overloaded`: nothing happens unaudited.
  template <class Promise>
  bool recorded(AuditEvent event, Promise& promise) {
    if (deps_.events->record(std::move(event))) {
      return true;
    }
    fail(promise, retryFault(ErrorCode::overloaded, 1, "the audit trail accepts no more events"));
    return false;
  }

  /// Continues with `next()` unless a limit is exceeded, which answers TOO_MANY_ATTEMPTS.
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
                  fail(promise, tooManyAttempts(waitS));
                } else {
                  next();
                }
              });
  }

  /// Counts without refusing: `next(true)` within the limit.
  template <class Promise, class Next>
  void countThen(const RequestContext& context, AttemptLimit limit, Promise promise, Next next) {
    if (limit.limit == 0) {
      next(true);
      return;
    }
    storeThen(context, CountAttempts{{std::move(limit)}, now()}, std::move(promise),
              [next = std::move(next)](std::int64_t& waitS) mutable { next(waitS == 0); });
  }

  /// Answers with tokens for the session at `counter`. Their cached copies are written first (or Redis has
  /// had its chance), so the gateway knows the token when it arrives. `extra` says what else the caller is
  /// told.
  void answerWithTokens(const RequestContext& context, const SessionRecord& session,
                        const SecretText& refreshKey, std::int64_t counter, LoginPromise promise,
                        LoginAnswer extra = {}) {
    auto made = makeTokens(deps_, session, refreshKey, counter);
    if (!made.ok()) {
      return fail(promise, std::move(made.fault()));
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

  template <class Promise>
  bool hashQueueFull(Promise& promise) {
    if (hashesInFlight < deps_.policy->hashesInFlight) {
      return false;
    }
    fail(promise, retryFault(ErrorCode::overloaded, 1, "the queue of password hashes is full"));
    return true;
  }

  [[nodiscard]] TimePoint now() const { return deps_.environment.clock.now(); }

  std::shared_ptr<ActorProbe> probe_;
  AuthDependencies deps_;
};

}  // namespace ks
