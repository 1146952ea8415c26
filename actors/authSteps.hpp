#pragma once
#include <utility>

#include "actors/auditNote.hpp"
#include "actors/authActor.hpp"
#include "actors/guarded.hpp"

// Steps that the authActor's files share; nobody else includes this.
namespace ks {

template <class Out, class Message, class Promise, class Next>
void AuthState::hashThen(const RequestContext& context, Message message, Promise promise, Next next) {
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
void AuthState::storeThen(const RequestContext& context, StorageArguments<Method> arguments, Promise promise,
                          Next next) {
  ks::storeThen<Method>(self, probe_, context, deps_.policy.storageTimeout, deps_.storage,
                        std::move(arguments), std::move(promise), std::move(next));
}

template <class Promise>
bool AuthState::recorded(AuditEvent event, Promise& promise) {
  if (deps_.events->record(std::move(event))) {
    return true;
  }
  auto fault = makeFault(ErrorCode::overloaded, "the audit trail takes no more events");
  fault.retryAfterS = 1;
  promise.deliver(toCafError(std::move(fault)));
  return false;
}

}  // namespace ks
