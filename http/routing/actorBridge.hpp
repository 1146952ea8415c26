#pragma once
#include <chrono>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/result.hpp"
#include "http/server/waitRule.hpp"
#include "messages/platform/actorErrors.hpp"
#include "messages/platform/cafCompat.hpp"
#include "messages/platform/requestContext.hpp"

namespace ks {
namespace detail {

template <class Signature>
struct AnswerOf {
  static void of(AnswerOf*);
};
template <class Out, class In>
struct AnswerOf<caf::result<Out>(In)> {
  static Out of(std::type_identity<In>*);
};
template <class Handle>
struct AnswersOf;
template <class... Signatures>
struct AnswersOf<caf::typed_actor<Signatures...>> : AnswerOf<Signatures>... {
  using AnswerOf<Signatures>::of...;
};

}  // namespace detail

/// What an actor of this type answers to a message.
template <class Handle, class Message>
using AnswerTo = decltype(detail::AnswersOf<Handle>::of(static_cast<std::type_identity<Message>*>(nullptr)));

/// Sends a message to a typed actor and waits for its answer, no longer than the context's deadline. For
/// worker threads of the HTTP server; on the connection loop's thread it throws WouldWait. Refused when too
/// many requests wait already (http/server/waitRule.hpp).
///
/// A scoped actor is made for every call: one that lives longer keeps the answers that came too late for
/// ever.
template <class Handle, class Message>
[[nodiscard]] auto askActor(const Handle& handle, const RequestContext& context, Message message)
    -> Result<AnswerTo<Handle, Message>> {
  using Out = AnswerTo<Handle, Message>;
  if (const auto refusal = beginWaiting(); refusal != ErrorCode::none) {
    return noPlaceFault(refusal);
  }
  const auto left = context.deadline - std::chrono::steady_clock::now();
  if (left <= std::chrono::steady_clock::duration::zero()) {
    return makeFault(ErrorCode::timeout, "the deadline passed before the actor was asked");
  }
  if (!handle) {
    return faultFromCafError(caf::make_error(caf::sec::invalid_argument));
  }
  const ActorCall call;
  caf::scoped_actor self{handle->home_system(), true};
  std::optional<Result<Out>> outcome;
  compat::ask(self.ptr(), handle, std::chrono::duration_cast<caf::timespan>(left), std::move(message))
      .receive([&](Out& out) { outcome.emplace(std::move(out)); },
               [&](caf::error& error) { outcome.emplace(faultFromCafError(error)); });
  return std::move(*outcome);
}

}  // namespace ks
