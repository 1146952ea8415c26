#include "http/connectionLoop.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/logging.hpp"

namespace ks {
namespace {

/// How long a worker waits for the next request of the connection that it has just served. Long enough that
/// busy connections keep their worker, short enough that an idle one gives it back.
constexpr std::chrono::milliseconds kStay{20};
/// After a refusal the peer may still be sending; closing at once would destroy the answer on its way (RFC
/// 9112, 9.6).
constexpr std::chrono::milliseconds kLinger{2'000};
constexpr std::chrono::milliseconds kPause{100};
/// A peer that is still sending its request gets this long when the server stops.
constexpr std::chrono::milliseconds kReceiveGrace{1'000};
/// Marks of epoll events that are no connection: 0 is the wake-up, 1… the listeners.
constexpr std::uint64_t kListenerMarks = 16;
constexpr std::uint32_t kWatched = static_cast<std::uint32_t>(EPOLLIN) | EPOLLRDHUP | EPOLLONESHOT;

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

ConnectionLoop::ConnectionLoop(ConnectionLoopConfig config, ConnectionLoopHandlers handlers)
    : config_(config), handlers_(std::move(handlers)) {}

ConnectionLoop::~ConnectionLoop() {
  stop(std::chrono::milliseconds(0));
  for (const int descriptor : {epoll_, wakeUp_}) {
    if (descriptor >= 0) {
      ::close(descriptor);
    }
  }
}

void ConnectionLoop::add(ListenSocket socket, std::size_t workerLimit) {
  Listener listener;
  listener.socket = std::move(socket);
  listener.workers =
      std::make_unique<WorkerPool>(workerLimit, [this](Connection& connection) { serve(connection); });
  listeners_.push_back(std::move(listener));
}

Result<Done> ConnectionLoop::start() {
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  wakeUp_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (epoll_ < 0 || wakeUp_ < 0) {
    return makeFault(ErrorCode::internal, std::string("epoll: ") + std::strerror(errno));
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = 0;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, wakeUp_, &event);
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    event.data.u64 = i + 1;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, listeners_[i].socket.descriptor(), &event);
  }
  thread_ = std::thread([this] { run(); });
  return Done{};
}

void ConnectionLoop::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wakeUp_, &one, sizeof(one));
}

void ConnectionLoop::stop(std::chrono::milliseconds grace) {
  if (!thread_.joinable()) {
    return;
  }
  stopAt_ = Clock::now() + grace;
  stopping_.store(true, std::memory_order_release);
  wake();
  thread_.join();
  // The loop has shut the sockets of what was not ready in time; its workers end with their requests' own
  // deadlines.
  for (auto& listener : listeners_) {
    listener.workers->stop();
  }
  connections_.clear();
  open_.store(0);
}

ConnectionLoop::Counts ConnectionLoop::counts() const {
  Counts counts;
  counts.connections = open_.load();
  counts.evicted = evicted_.load();
  for (const auto& listener : listeners_) {
    counts.workers += listener.workers->workers();
    counts.busyWorkers +=
        listener.workers->workers() - std::min(listener.workers->idle(), listener.workers->workers());
    counts.waiting += listener.workers->waiting();
  }
  return counts;
}

void ConnectionLoop::run() {
  std::array<epoll_event, 128> events{};
  bool listening = true;
  while (true) {
    if (stopping() && listening) {
      listening = false;
      for (auto& listener : listeners_) {
        listener.socket.close();
      }
      closeIdle();
    }
    const auto now = Clock::now();
    expire(now);
    if (!listening && (connections_.empty() || now >= stopAt_)) {
      break;
    }
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), nextTimeout(now));
    for (int i = 0; i < count; ++i) {
      const auto mark = events[static_cast<std::size_t>(i)].data.u64;
      if (mark == 0) {
        std::uint64_t ignored = 0;
        [[maybe_unused]] const auto got = read(wakeUp_, &ignored, sizeof(ignored));
      } else if (mark < kListenerMarks) {
        if (listening) {
          accept(static_cast<std::size_t>(mark - 1));
        }
        // The mark is the pointer that epoll was given; it is only looked up. NOLINTNEXTLINE
      } else if (auto found = connections_.find(reinterpret_cast<Connection*>(mark));
                 found != connections_.end()) {
        // A worker's connection is none of the loop's business until it comes back; the event is told again
        // then.
        if (found->second->mode != Mode::working) {
          onReadable(*found->second);
        }
      }
    }
    takeBack();
  }
  abandon_.store(true, std::memory_order_release);
  for (const auto& [pointer, connection] : connections_) {
    shutdown(connection->descriptor(), SHUT_RDWR);
  }
}

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
    epoll_event event{};
    event.events = kWatched;
    event.data.u64 = reinterpret_cast<std::uint64_t>(&connection);
    epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
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
  for (const Mode mode : {Mode::lingering, Mode::idle, Mode::receiving}) {
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
  event.data.u64 = static_cast<std::uint64_t>(&listener - listeners_.data()) + 1;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, listener.socket.descriptor(), &event);
}

void ConnectionLoop::enter(Connection& connection, Mode mode) {
  connection.mode = mode;
  connection.since = Clock::now();
  auto& list = listOf(mode);
  connection.place = list.insert(list.end(), &connection);
}

void ConnectionLoop::leave(Connection& connection) { listOf(connection.mode).erase(connection.place); }

void ConnectionLoop::countBuffer(Connection& connection, std::size_t bytes) {
  bufferedBytes_ += bytes;
  bufferedBytes_ -= connection.counted;
  connection.counted = bytes;
}

void ConnectionLoop::watch(Connection& connection) {
  epoll_event event{};
  event.events = kWatched;
  event.data.u64 = reinterpret_cast<std::uint64_t>(&connection);
  epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.descriptor(), &event);
}

void ConnectionLoop::onReadable(Connection& connection) {
  const auto received = connection.receive();
  if (received == Connection::Received::closed) {
    close(connection);
    return;
  }
  if (connection.mode == Mode::lingering) {
    connection.discardBuffer();
    watch(connection);
    return;
  }
  proceed(connection);
}

void ConnectionLoop::proceed(Connection& connection) {
  if (connection.buffered() == 0) {
    watch(connection);
    return;
  }
  if (connection.mode == Mode::idle) {
    leave(connection);
    enter(connection, Mode::receiving);
  }
  countBuffer(connection, connection.buffered());
  switch (connection.advance()) {
    case RequestFraming::State::complete:
      giveToWorker(connection);
      return;
    case RequestFraming::State::refused:
      refuse(connection, connection.framing().fault());
      return;
    case RequestFraming::State::incomplete:
      break;
  }
  if (bufferedBytes_ > config_.maxBufferedBytes) {
    Fault fault = makeFault(ErrorCode::overloaded);
    fault.retryAfterS = 1;
    refuse(connection, fault);
    return;
  }
  const auto& framing = connection.framing();
  if (framing.headComplete() && framing.head().expectsContinue && !connection.continueSent) {
    connection.continueSent = true;
    connection.send("HTTP/1.1 100 Continue\r\n\r\n", std::chrono::milliseconds(0));
  }
  watch(connection);
}

void ConnectionLoop::refuse(Connection& connection, const Fault& fault) {
  const auto answer = handlers_.refusal(fault, connection.framing().head());
  // A fresh socket's send buffer takes an answer of this size; the loop never waits for a peer.
  connection.send(answer, std::chrono::milliseconds(0));
  linger(connection);
}

void ConnectionLoop::linger(Connection& connection) {
  leave(connection);
  countBuffer(connection, 0);
  connection.discardBuffer();
  shutdown(connection.descriptor(), SHUT_WR);
  enter(connection, Mode::lingering);
  watch(connection);
}

void ConnectionLoop::giveToWorker(Connection& connection) {
  leave(connection);
  enter(connection, Mode::working);
  listeners_[connection.listener()].workers->push(connection);
}

void ConnectionLoop::serve(Connection& connection) {
  const WorkerPool& workers = *listeners_[connection.listener()].workers;
  while (!abandon_.load(std::memory_order_acquire)) {
    if (!handlers_.answer(connection)) {
      connection.mustClose = true;
      break;
    }
    connection.finishMessage();
    if (connection.buffered() == 0) {
      if (!workers.hasSpare() || stopping() || !connection.waitReadable(kStay)) {
        break;
      }
      if (connection.receive() == Connection::Received::closed) {
        connection.mustClose = true;
        break;
      }
    }
    if (connection.advance() != RequestFraming::State::complete) {
      break;
    }
  }
  {
    const std::lock_guard lock(returnedMutex_);
    returned_.push_back(&connection);
  }
  wake();
}

void ConnectionLoop::takeBack() {
  std::vector<Connection*> returned;
  {
    const std::lock_guard lock(returnedMutex_);
    returned.swap(returned_);
  }
  for (Connection* connection : returned) {
    if (connection->mustClose) {
      linger(*connection);
      continue;
    }
    leave(*connection);
    countBuffer(*connection, connection->buffered());
    enter(*connection, connection->buffered() == 0 ? Mode::idle : Mode::receiving);
    if (stopping() && connection->buffered() == 0) {
      close(*connection);
    } else {
      proceed(*connection);
    }
  }
}

void ConnectionLoop::expire(Clock::time_point now) {
  const auto expireList = [&](Mode mode, std::chrono::milliseconds limit, auto action) {
    auto& list = listOf(mode);
    while (!list.empty() && now - list.front()->since >= limit) {
      action(*list.front());
    }
  };
  const auto receiveLimit =
      stopping() ? std::min(kReceiveGrace, config_.receiveTimeout) : config_.receiveTimeout;
  expireList(Mode::idle, config_.idleTimeout, [this](Connection& connection) { close(connection); });
  expireList(Mode::lingering, kLinger, [this](Connection& connection) { close(connection); });
  expireList(Mode::receiving, receiveLimit, [this](Connection& connection) {
    Fault fault = makeFault(ErrorCode::badRequest);
    fault.message = "The request did not arrive in time";
    refuse(connection, fault);
  });
  for (auto& listener : listeners_) {
    if (listener.paused && now >= listener.pausedUntil) {
      setPaused(listener, false);
    }
  }
}

int ConnectionLoop::nextTimeout(Clock::time_point now) const {
  auto soonest = now + std::chrono::hours(1);
  const auto consider = [&](Mode mode, std::chrono::milliseconds limit) {
    if (!listOf(mode).empty()) {
      soonest = std::min(soonest, listOf(mode).front()->since + limit);
    }
  };
  consider(Mode::idle, config_.idleTimeout);
  consider(Mode::lingering, kLinger);
  consider(Mode::receiving,
           stopping() ? std::min(kReceiveGrace, config_.receiveTimeout) : config_.receiveTimeout);
  if (stopping()) {
    soonest = std::min(soonest, stopAt_);
  }
  for (const auto& listener : listeners_) {
    soonest = listener.paused ? std::min(soonest, listener.pausedUntil) : soonest;
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(soonest - now).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

void ConnectionLoop::closeIdle() {
  auto& idle = listOf(Mode::idle);
  while (!idle.empty()) {
    close(*idle.front());
  }
}

void ConnectionLoop::close(Connection& connection) {
  leave(connection);
  countBuffer(connection, 0);
  --listeners_[connection.listener()].connections;
  connections_.erase(&connection);
  open_.store(connections_.size(), std::memory_order_relaxed);
}

}  // namespace ks
