#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>

#include "http/server/connectionLoop.hpp"

// The part of the connection loop that handles new connections.
namespace ks {
namespace {

constexpr std::chrono::milliseconds kPause{100};

}  // namespace

void ConnectionLoop::accept() {
  for (int rounds = 0; rounds < 64; ++rounds) {
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    const int descriptor = accept4(socket_.descriptor(), reinterpret_cast<sockaddr*>(&storage), &size,
                                   SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor < 0) {
      const bool full = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      if (full && !makeRoom()) {
        setPaused(true);
      }
      return;
    }
    auto owned = std::make_unique<Connection>(descriptor, addressText(storage), framing_);
    Connection& connection = *owned;
    const bool room = connections_.size() < config_.maxConnections || makeRoom();
    connections_.emplace(&connection, std::move(owned));
    open_.store(connections_.size(), std::memory_order_relaxed);
    enter(connection, Mode::idle);
    if (!room) {
      Fault fault = makeFault(ErrorCode::overloaded);
      fault.retryAfterS = 1;
      refuse(connection, fault);
      continue;
    }
    onReadable(connection);
  }
}

bool ConnectionLoop::makeRoom() {
  for (const Mode mode : {Mode::lingering, Mode::idle, Mode::receiving, Mode::sending}) {
    if (!listOf(mode).empty()) {
      evicted_.fetch_add(1, std::memory_order_relaxed);
      close(*listOf(mode).front());
      return true;
    }
  }
  return false;
}

void ConnectionLoop::setPaused(bool paused) {
  if (paused_ == paused || socket_.descriptor() < 0) {
    return;
  }
  paused_ = paused;
  pausedUntil_ = Clock::now() + kPause;
  epoll_event event{};
  event.events = paused ? 0U : static_cast<std::uint32_t>(EPOLLIN);
  event.data.u64 = kListenerMark;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, socket_.descriptor(), &event);
}

}  // namespace ks
