#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/auditNote.hpp"
#include "actors/authDependencies.hpp"
#include "actors/guarded.hpp"
#include "actors/mailComposition.hpp"
#include "actors/sessionEnd.hpp"
#include "actors/sessionTokens.hpp"
#include "actors/storageJob.hpp"

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

  /// Hashing is bounded: `overloaded` at once when too much of it is under way.
  template <class Out, class Message, class Promise, class Next>
  void hashThen(const RequestContext& context, Message message, Promise promise, Next next) {
    if (hashesInFlight >= deps_.policy.hashesInFlight) {
      auto fault = makeFault(ErrorCode::overloaded, "the queue of password hashes is full");
      fault.retryAfterS = 1;
      promise.deliver(toCafError(std::move(fault)));
      return;
    }
    ++hashesInFlight;
    message.context = context;
    compat::ask(self, deps_.passwords.pick(), timeLeft(self, context, deps_.policy.hashTimeout),
                std::move(message))
        .then(
            [this, promise, scope = LogScope{context.requestId, context.userIdText()},
             next = std::move(next)](Out& out) mutable {
              --hashesInFlight;
              continueGuarded(scope, *probe_, promise, next, out);
            },
            [this, promise](caf::error& error) mutable {
              --hashesInFlight;
              promise.deliver(toCafError(faultFromCafError(error)));
            });
  }

  template <auto Method, class Promise, class Next>
  void storeThen(const RequestContext& context, StorageArguments<Method> arguments, Promise promise,
                 Next next) {
    ks::storeThen<Method>(self, probe_, context, deps_.policy.storageTimeout, deps_.storage,
                          std::move(arguments), std::move(promise), std::move(next));
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

  /// Audits what failed or was denied, where no statement does it. False: there is no room for the event, and
  /// `promise` was failed with `overloaded`: nothing happens unaudited.
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

  /// Answers with tokens for the session at `counter`. Their fast copies are written first (or Redis has had
  /// its chance), so that the gateway knows the token when it comes.
  void answerWithTokens(const RequestContext& context, const SessionRecord& session,
                        const SecretText& refreshKey, std::int64_t counter, LoginPromise promise) {
    auto made = makeTokens(deps_, session, refreshKey, counter);
    if (!made.ok()) {
      promise.deliver(toCafError(std::move(made.fault())));
      return;
    }
    const auto answer = std::make_shared<LoginAnswer>(std::move(made.value()));
    auto copy = session;
    copy.session.refreshKeySealed.clear();
    CacheSession message{context, std::move(copy), tokenDigestHex(answer->tokens.accessToken.reveal()),
                         answer->tokens.accessExpiresInS};
    compat::ask(self, deps_.sessionCache.get(), timeLeft(self, context, deps_.policy.cacheTimeout),
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
};

}  // namespace ks
