#pragma once
#include <chrono>
#include <optional>
#include <utility>

#include "core/result.hpp"
#include "http/server/waitRule.hpp"
#include "messages/platform/actorErrors.hpp"
#include "messages/platform/cafCompat.hpp"
#include "messages/platform/requestContext.hpp"

namespace ks {

/// Sends a message to a typed actor and waits for its answer, no longer than the context's deadline. For
/// worker threads of the HTTP server; on the connection loop's thread it throws WouldWait. Refused when too
/// many requests wait already (http/server/waitRule.hpp).
///
/// A scoped actor is made for every call: one that lives longer keeps the answers that came too late for
/// ever.
template <class Out, class Handle, class Message>
[[nodiscard]] Result<Out> askActor(caf::actor_system& system, const Handle& handle,
                                   const RequestContext& context, Message&& message) {
  if (const auto refusal = beginWaiting(); refusal != ErrorCode::none) {
    return noPlaceFault(refusal);
  }
  const auto left = context.deadline - std::chrono::steady_clock::now();
  if (left <= std::chrono::steady_clock::duration::zero()) {
    return makeFault(ErrorCode::timeout, "the deadline passed before the actor was asked");
  }
  caf::scoped_actor self{system, true};
  std::optional<Result<Out>> outcome;
  compat::ask(self.ptr(), handle, std::chrono::duration_cast<caf::timespan>(left),
              std::forward<Message>(message))
      .receive([&](Out& out) { outcome.emplace(std::move(out)); },
               [&](caf::error& error) { outcome.emplace(faultFromCafError(error)); });
  return std::move(*outcome);
}

}  // namespace ks
