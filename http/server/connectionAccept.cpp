#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "http/server/connectionLoop.hpp"

// The part of the connection loop that is about new connections.
namespace ks {
namespace {

constexpr std::chrono::milliseconds kPause{100};

std::string addressText(const sockaddr_storage& storage) {
  char buffer[INET6_ADDRSTRLEN] = "";
  if (storage.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, buffer, sizeof(buffer));
  } else if (storage.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr, buffer, sizeof(buffer));
  }
  return buffer;
}

}  // namespace

void ConnectionLoop::accept(std::size_t index) {
  Listener& listener = listeners_[index];
  for (int rounds = 0; rounds < 64; ++rounds) {
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    const int descriptor = accept4(listener.socket.descriptor(), reinterpret_cast<sockaddr*>(&storage), &size,
                                   SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor < 0) {
      const bool full = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
      if (full && !makeRoom(index)) {
        setPaused(listener, true);
      }
      return;
    }
    auto owned = std::make_unique<Connection>(descriptor, index, listener.socket.isUnix(),
                                              addressText(storage), config_.framing);
    Connection& connection = *owned;
    const bool room = listener.connections < config_.maxConnections || makeRoom(index);
    connections_.emplace(&connection, std::move(owned));
    ++listener.connections;
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

bool ConnectionLoop::makeRoom(std::size_t index) {
  for (const Mode mode : {Mode::lingering, Mode::idle, Mode::receiving, Mode::sending}) {
    const auto& list = listOf(mode);
    const auto found = std::find_if(list.begin(), list.end(), [index](const Connection* candidate) {
      return candidate->listener() == index;
    });
    if (found != list.end()) {
      evicted_.fetch_add(1, std::memory_order_relaxed);
      close(**found);
      return true;
    }
  }
  return false;
}

void ConnectionLoop::setPaused(Listener& listener, bool paused) {
  if (listener.paused == paused || listener.socket.descriptor() < 0) {
    return;
  }
  listener.paused = paused;
  listener.pausedUntil = Clock::now() + kPause;
  epoll_event event{};
  event.events = paused ? 0U : static_cast<std::uint32_t>(EPOLLIN);
  event.data.u64 = static_cast<std::uint64_t>(&listener - listeners_.data()) + kFirstListenerMark;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, listener.socket.descriptor(), &event);
}

}  // namespace ks
