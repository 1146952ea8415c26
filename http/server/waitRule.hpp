#pragma once
#include <atomic>
#include <cstdint>
#include <optional>

#include "core/result.hpp"
#include "http/server/admissionGate.hpp"

namespace ks {

/// Thrown instead of waiting where waiting is forbidden. A worker then answers the request from the start, so
/// it must not have done anything yet.
struct WouldWait {};

class WaitAdmission;

/// Questions to actors: each has a scoped actor of its own from `begun` to `ended`.
struct ActorCalls {
  std::atomic<std::uint64_t> begun{0};
  std::atomic<std::uint64_t> ended{0};
};

namespace detail {
inline thread_local ActorCalls* calls = nullptr;
inline thread_local bool waitingForbidden = false;
inline thread_local WaitAdmission* admission = nullptr;
}  // namespace detail

/// Forbids this thread to wait for an answer.
class NoWaiting {
 public:
  NoWaiting() noexcept { detail::waitingForbidden = true; }
  ~NoWaiting() { detail::waitingForbidden = false; }
  NoWaiting(const NoWaiting&) = delete;
  NoWaiting& operator=(const NoWaiting&) = delete;
};

/// While it lives this thread's questions to actors are counted there.
class CountActorCalls {
 public:
  explicit CountActorCalls(ActorCalls& calls) noexcept { detail::calls = &calls; }
  ~CountActorCalls() { detail::calls = nullptr; }
  CountActorCalls(const CountActorCalls&) = delete;
  CountActorCalls& operator=(const CountActorCalls&) = delete;
};

/// One question to an actor, from its sending to its answer.
class ActorCall {
 public:
  ActorCall() noexcept : calls_(detail::calls) {
    if (calls_ != nullptr) {
      calls_->begun.fetch_add(1, std::memory_order_relaxed);
    }
  }
  ~ActorCall() {
    if (calls_ != nullptr) {
      calls_->ended.fetch_add(1, std::memory_order_relaxed);
    }
  }
  ActorCall(const ActorCall&) = delete;
  ActorCall& operator=(const ActorCall&) = delete;

 private:
  ActorCalls* const calls_;
};

/// The request that this thread answers. It takes a place of the gate when it first waits for an answer of an
/// actor, hence of PostgreSQL or Redis: what is answered from memory needs none, and is answered while all
/// places are held by requests that wait for a database that hangs.
class WaitAdmission {
 public:
  explicit WaitAdmission(AdmissionGate& gate) noexcept : gate_(gate) { detail::admission = this; }
  ~WaitAdmission() { detail::admission = nullptr; }
  WaitAdmission(const WaitAdmission&) = delete;
  WaitAdmission& operator=(const WaitAdmission&) = delete;

  ErrorCode enter() {
    if (!pass_ || pass_->refusal() != ErrorCode::none) {
      pass_.reset();
      pass_.emplace(gate_.enter());
    }
    return pass_->refusal();
  }

 private:
  AdmissionGate& gate_;
  std::optional<AdmissionGate::Pass> pass_;
};

/// Call before waiting. `none`: wait; `overloaded` or `shuttingDown`: answer that.
[[nodiscard]] inline ErrorCode beginWaiting() {
  if (detail::waitingForbidden) {
    throw WouldWait{};
  }
  return detail::admission == nullptr ? ErrorCode::none : detail::admission->enter();
}

/// The answer where beginWaiting() says no.
[[nodiscard]] inline Fault noPlaceFault(ErrorCode refusal) {
  auto fault = makeFault(refusal);
  fault.retryAfterS = 1;
  return fault;
}

}  // namespace ks
