#include <algorithm>

#include "http/server/connectionLoop.hpp"

// The part of the connection loop that ends by time what takes too long.
namespace ks {
namespace {

/// After a refusal the peer may still be sending; closing at once could destroy the answer in transit (RFC
/// 9112, 9.6).
constexpr std::chrono::milliseconds kLinger{2'000};
/// A peer that is still sending its request gets this long when the server stops.
constexpr std::chrono::milliseconds kReceiveGrace{1'000};

}  // namespace

std::chrono::milliseconds ConnectionLoop::timeLimitOf(Mode mode) const {
  switch (mode) {
    case Mode::idle:
      return config_.idleTimeout;
    case Mode::receiving:
      return stopping() ? std::min(kReceiveGrace, config_.receiveTimeout) : config_.receiveTimeout;
    case Mode::sending:
      return config_.sendTimeout;
    default:
      return kLinger;
  }
}

void ConnectionLoop::expire(Clock::time_point now) {
  const auto expireList = [&](Mode mode, auto action) {
    auto& list = listOf(mode);
    while (!list.empty() && now - list.front()->since >= timeLimitOf(mode)) {
      action(*list.front());
    }
  };
  expireList(Mode::idle, [this](Connection& connection) { close(connection); });
  expireList(Mode::sending, [this](Connection& connection) { dropSlowReader(connection); });
  expireList(Mode::lingering, [this](Connection& connection) { close(connection); });
  expireList(Mode::receiving, [this](Connection& connection) {
    Fault fault = makeFault(ErrorCode::badRequest);
    fault.message = "The request did not arrive in time";
    refuse(connection, fault);
  });
  if (paused_ && now >= pausedUntil_) {
    setPaused(false);
  }
}

int ConnectionLoop::nextTimeout(Clock::time_point now) const {
  auto soonest = now + std::chrono::hours(1);
  for (const Mode mode : {Mode::idle, Mode::receiving, Mode::sending, Mode::lingering}) {
    if (!listOf(mode).empty()) {
      soonest = std::min(soonest, listOf(mode).front()->since + timeLimitOf(mode));
    }
  }
  if (!listOf(Mode::streaming).empty()) {
    soonest = std::min(soonest, nextSweep_);
  }
  if (stopping()) {
    soonest = std::min(soonest, stopAt_);
  }
  if (paused_) {
    soonest = std::min(soonest, pausedUntil_);
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(soonest - now).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

}  // namespace ks
