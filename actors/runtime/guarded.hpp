#pragma once
#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "actors/runtime/actorDirectory.hpp"
#include "core/logging/logging.hpp"
#include "messages/platform/actorErrors.hpp"
#include "messages/platform/requestContext.hpp"
#include "messages/platform/typeIds.hpp"

namespace ks {

namespace detail {

template <class T>
concept CarriesContext = requires(const T& message) {
  { message.context } -> std::convertible_to<const RequestContext&>;
};

template <class Message>
const RequestContext* contextOf(const Message& message) {
  if constexpr (CarriesContext<Message>) {
    return &message.context;
  } else {
    return nullptr;
  }
}

/// A message that only carries an operation is named after that.
template <class... Messages>
concept NamesItself = sizeof...(Messages) == 1 && requires(const Messages&... message) {
  { (message.operation->name(), ...) } -> std::convertible_to<std::string_view>;
};

inline const RequestContext* contextOf() { return nullptr; }
template <class First, class... Rest>
const RequestContext* contextOfFirst(const First& first, const Rest&...) {
  return contextOf(first);
}
inline const RequestContext* contextOfFirst() { return nullptr; }

inline Fault faultOfException(const std::exception& exception) {
  return makeFault(ErrorCode::internal, std::string{typeid(exception).name()} + ": " + exception.what());
}

/// Wraps a handler by its signature; see guarded().
template <class Self, class F, class Signature = decltype(&F::operator())>
class Guarded;

template <class Self, class F, class R, class C, class... Args>
class Guarded<Self, F, R (C::*)(Args...) const> {
 public:
  Guarded(Self self, std::shared_ptr<ActorProbe> probe, F handler)
      : self_(self), probe_(std::move(probe)), handler_(std::move(handler)) {}

  R operator()(Args... args) const {
    const RequestContext* context = contextOfFirst(args...);
    const LogScopeGuard scope(context ? LogScope{context->requestId, context->userIdText()} : LogScope{});
    const auto begin = self_->clock().now();
    ActorSpan span;
    span.requestId = context ? context->requestId : std::string{};
    span.message = nameOfFirst<Args...>(args...);
    span.at = probe_->now();
    const auto finish = [&](bool failed) {
      span.failed = failed;
      span.microseconds =
          std::chrono::duration_cast<std::chrono::microseconds>(self_->clock().now() - begin).count();
      probe_->handled(std::move(span));
    };
    if (context && context->deadline != std::chrono::steady_clock::time_point{} &&
        context->deadline <= begin) {
      finish(true);
      return failure(
          makeFault(ErrorCode::timeout, "the deadline had passed before " + probe_->name() + " began"));
    }
    try {
      if constexpr (std::is_void_v<R>) {
        handler_(std::forward<Args>(args)...);
        finish(false);
      } else {
        R result = handler_(std::forward<Args>(args)...);
        finish(false);
        return result;
      }
    } catch (const std::exception& exception) {
      auto fault = faultOfException(exception);
      logFault("actor.handler.threw", "A message handler threw", fault, {{"actor", probe_->name()}});
      probe_->noteError(fault.detail);
      finish(true);
      return failure(std::move(fault));
    }
  }

 private:
  static R failure(Fault fault) {
    if constexpr (!std::is_void_v<R>) {
      return R{toCafError(std::move(fault))};
    }
  }
  template <class... Ts>
  static std::string nameOfFirst(const std::decay_t<Ts>&... messages) {
    if constexpr (NamesItself<std::decay_t<Ts>...>) {
      return std::string{(messages.operation->name(), ...)};
    } else if constexpr (sizeof...(Ts) > 0) {
      using First = std::decay_t<std::tuple_element_t<0, std::tuple<Ts..., int>>>;
      return std::string{caf::type_name_v<First>.data(), caf::type_name_v<First>.size()};
    } else {
      return {};
    }
  }

  Self self_;
  std::shared_ptr<ActorProbe> probe_;
  F handler_;
};

}  // namespace detail

/// A handler that throws would kill its actor; a guarded one answers `internal` and survives. The guard also
/// sets the log scope of the message's request, refuses work whose deadline has passed, and records the span.
/// `handler` is a const-callable lambda.
template <class Self, class F>
auto guarded(Self self, const std::shared_ptr<ActorProbe>& probe, F handler) {
  return detail::Guarded<Self, F>{self, probe, std::move(handler)};
}

/// As guarded(), for a method that needs a caller: without one the answer is TOKEN_MISSING.
template <class State, class Answer, class Message>
auto guardedOfCaller(State* state, const std::shared_ptr<ActorProbe>& probe,
                     Answer (State::*method)(Message&)) {
  return guarded(state->self, probe, [state, method](Message& message) -> Answer {
    if (!message.context.principal) {
      return toCafError(makeFault(ErrorCode::tokenMissing));
    }
    return (state->*method)(message);
  });
}

/// The answer of a handler that has its outcome at once; a fault is also noted.
template <class T>
caf::result<T> answerOf(ActorProbe& probe, Result<T> outcome) {
  if (!outcome.ok()) {
    probe.note(outcome.fault());
    return toCafError(std::move(outcome.fault()));
  }
  return std::move(outcome.value());
}

/// Fails a response promise.
template <class Promise>
void fail(Promise promise, Fault fault) {
  promise.deliver(toCafError(std::move(fault)));
}
template <class Promise>
void fail(Promise promise, ErrorCode code) {
  fail(std::move(promise), makeFault(code));
}

/// For the end of a chain: delivers the answer.
template <class Out, class Promise>
auto delivery(Promise promise) {
  return [promise](Out& out) mutable { promise.deliver(std::move(out)); };
}
/// The same of something that may not be there.
template <class T, class Promise>
auto deliveryOr(ErrorCode none, Promise promise) {
  return [none, promise](std::optional<T>& found) mutable {
    if (found) {
      promise.deliver(std::move(*found));
    } else {
      fail(promise, none);
    }
  };
}

/// Time left until the request's deadline, at least 1 ms, at most `limit`.
template <class Self>
caf::timespan timeLeft(Self self, const RequestContext& context, std::chrono::milliseconds limit) {
  if (context.deadline == std::chrono::steady_clock::time_point{}) {
    return limit;
  }
  const auto left = std::chrono::duration_cast<caf::timespan>(context.deadline - self->clock().now());
  return std::clamp<caf::timespan>(left, std::chrono::milliseconds{1}, limit);
}

/// True if the request's deadline has passed: `promise` failed with `timeout`, nothing more is started.
template <class Self, class Promise>
bool tooLate(Self self, const RequestContext& context, Promise& promise) {
  if (context.deadline == std::chrono::steady_clock::time_point{} || context.deadline > self->clock().now()) {
    return false;
  }
  fail(promise, makeFault(ErrorCode::timeout, "the deadline passed between two steps"));
  return true;
}

/// Continues with `next(out)` after an answer, in the log scope of the request; an exception fails `promise`.
template <class Out, class Promise, class Next>
void continueGuarded(const LogScope& scope, ActorProbe& probe, Promise& promise, Next& next, Out& out) {
  const LogScopeGuard guard(scope);
  try {
    next(out);
  } catch (const std::exception& exception) {
    auto fault = detail::faultOfException(exception);
    logFault("actor.continuation.threw", "A continuation threw", fault, {{"actor", probe.name()}});
    probe.noteError(fault.detail);
    fail(promise, std::move(fault));
  }
}

/// Asks another actor on behalf of a request and continues with `next(Out&)`. Any failure, the
/// other's fault, a timeout or an exception in `next`, fails `promise`, so it is always answered.
template <class Out, class Self, class Target, class Message, class Promise, class Next>
void callThen(Self self, const std::shared_ptr<ActorProbe>& probe, const RequestContext& context,
              std::chrono::milliseconds limit, const Target& target, Message message, Promise promise,
              Next next) {
  if (tooLate(self, context, promise)) {
    return;
  }
  const LogScope scope{context.requestId, context.userIdText()};
  compat::ask(self, target, timeLeft(self, context, limit), std::move(message))
      .then([scope, promise, probe, next = std::move(next)](
                Out& out) mutable { continueGuarded(scope, *probe, promise, next, out); },
            [promise](caf::error& error) mutable { fail(promise, faultFromCafError(error)); });
}

}  // namespace ks
