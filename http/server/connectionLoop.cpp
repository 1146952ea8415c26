#include "http/server/connectionLoop.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ks {
namespace {

/// How long a worker waits for the next request of the connection that it has just served. Long enough that
/// busy connections keep their worker, short enough that an idle one gives it back.
constexpr std::chrono::milliseconds kStay{20};
/// Marks of epoll events that are no connection.
constexpr std::uint64_t kWakeUpMark = 0;
constexpr std::uint64_t kStreamMark = 1;
constexpr std::uint32_t kWatched = static_cast<std::uint32_t>(EPOLLIN) | EPOLLRDHUP;
/// Requests of one connection that the loop answers before it looks after the others.
constexpr int kAtOnce = 16;

}  // namespace

ConnectionLoop::ConnectionLoop(HttpServerConfig config, const RequestHandlerInterface& handler)
    : config_(std::move(config)),
      framing_{.headerBytes = config_.maxHeaderBytes,
               .pathBytes = config_.maxPathBytes,
               .bodyBytes = config_.maxBodyBytes},
      handler_(handler),
      workers_(config_.threads, [this](Connection& connection) { serve(connection); }) {}

ConnectionLoop::~ConnectionLoop() {
  stop(std::chrono::milliseconds(0));
  if (epoll_ >= 0) {
    ::close(epoll_);
  }
}

Result<Done> ConnectionLoop::start() {
  auto socket = ListenSocket::on(config_.unixSocket, config_.unixSocketMode, config_.host, config_.port);
  if (!socket) {
    return std::move(socket.fault());
  }
  socket_ = std::move(socket.value());
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0 || wakeUp_->descriptor() < 0 || streamOutput_->descriptor() < 0) {
    return makeFault(ErrorCode::internal, std::string("epoll: ") + std::strerror(errno));
  }
  const std::pair<std::uint64_t, int> watched[] = {{kWakeUpMark, wakeUp_->descriptor()},
                                                   {kStreamMark, streamOutput_->descriptor()},
                                                   {kListenerMark, socket_.descriptor()}};
  for (const auto& [mark, descriptor] : watched) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = mark;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
  }
  thread_ = std::thread([this] { run(); });
  return Done{};
}

void ConnectionLoop::stop(std::chrono::milliseconds grace) {
  if (!thread_.joinable()) {
    return;
  }
  stopAt_ = Clock::now() + grace;
  stopping_.store(true, std::memory_order_release);
  wakeUp_->raise();
  thread_.join();
  // The loop has shut the sockets of what was not ready in time; its workers end with their requests' own
  // deadlines.
  workers_.stop();
  connections_.clear();
  open_.store(0);
}

HttpServerState ConnectionLoop::state() const {
  HttpServerState state;
  state.connections = open_.load();
  state.workers = workers_.workers();
  state.busyWorkers = state.workers - std::min(workers_.idle(), state.workers);
  state.waitingRequests = workers_.waiting();
  state.evictedConnections = evicted_.load();
  state.eventStreams = streams_.load();
  state.droppedStreams = droppedStreams_.load();
  state.droppedAnswers = droppedAnswers_.load();
  return state;
}

void ConnectionLoop::run() {
  std::array<epoll_event, 128> events{};
  bool listening = true;
  while (true) {
    if (stopping() && listening) {
      listening = false;
      socket_.close();
      closeIdle();
      endStreams();
    }
    const auto now = Clock::now();
    expire(now);
    sweepStreams(now);
    if (!listening && (connections_.empty() || now >= stopAt_)) {
      break;
    }
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), nextTimeout(now));
    for (int i = 0; i < count; ++i) {
      const auto mark = events[static_cast<std::size_t>(i)].data.u64;
      if (mark == kWakeUpMark) {
        wakeUp_->clear();
      } else if (mark == kStreamMark) {
        streamOutput_->clear();
        flushStreams();
      } else if (mark == kListenerMark) {
        if (listening) {
          accept();
        }
        // The mark is the pointer that epoll was given; it is only looked up. NOLINTNEXTLINE
      } else if (auto found = connections_.find(reinterpret_cast<Connection*>(mark));
                 found != connections_.end()) {
        // A worker may have got it within this round.
        if (found->second->mode == Mode::sending) {
          sendFurther(*found->second);
        } else if (found->second->mode != Mode::working) {
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

void ConnectionLoop::enter(Connection& connection, Mode mode) {
  connection.mode = mode;
  connection.since = Clock::now();
  if (mode == Mode::streaming) {
    streams_.fetch_add(1, std::memory_order_relaxed);
  }
  auto& list = listOf(mode);
  connection.place = list.insert(list.end(), &connection);
}

void ConnectionLoop::leave(Connection& connection) {
  if (connection.mode == Mode::streaming) {
    streams_.fetch_sub(1, std::memory_order_relaxed);
  }
  listOf(connection.mode).erase(connection.place);
}

void ConnectionLoop::countBuffer(Connection& connection, std::size_t bytes) {
  bufferedBytes_ += bytes;
  bufferedBytes_ -= connection.counted;
  connection.counted = bytes;
}

void ConnectionLoop::countUnsent(Connection& connection, std::size_t bytes) {
  unsentBytes_ += bytes;
  unsentBytes_ -= connection.countedUnsent;
  connection.countedUnsent = bytes;
}

void ConnectionLoop::watch(Connection& connection) {
  setInterest(connection,
              connection.unsent() == 0 ? kWatched : kWatched | static_cast<std::uint32_t>(EPOLLOUT));
}

void ConnectionLoop::setInterest(Connection& connection, std::uint32_t events) const {
  if (connection.interest == events) {
    return;
  }
  // Not watched while a worker has it: epoll reports errors in any case.
  const int operation = events == 0                ? EPOLL_CTL_DEL
                        : connection.interest == 0 ? EPOLL_CTL_ADD
                                                   : EPOLL_CTL_MOD;
  epoll_event event{};
  event.events = events;
  event.data.u64 = reinterpret_cast<std::uint64_t>(&connection);
  epoll_ctl(epoll_, operation, connection.descriptor(), &event);
  connection.interest = events;
}

void ConnectionLoop::onReadable(Connection& connection) {
  if (connection.unsent() > 0 && connection.mode != Mode::streaming && !connection.flush()) {
    close(connection);
    return;
  }
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
  if (connection.mode == Mode::streaming) {
    connection.discardBuffer();
    flushStream(connection);
    return;
  }
  proceed(connection);
}

void ConnectionLoop::proceed(Connection& connection) {
  for (int answered = 0; connection.buffered() > 0; ++answered) {
    const auto state = connection.advance();
    if (state != RequestFraming::State::complete || answered == kAtOnce || !isQuick(connection)) {
      proceedWith(connection, state);
      return;
    }
    if (!answerHere(connection)) {
      return;
    }
    leave(connection);
    enter(connection, Mode::idle);
  }
  countBuffer(connection, 0);
  watch(connection);
}

void ConnectionLoop::proceedWith(Connection& connection, RequestFraming::State state) {
  countBuffer(connection, connection.buffered());
  if (state == RequestFraming::State::complete) {
    giveToWorker(connection);
    return;
  }
  if (state == RequestFraming::State::refused) {
    refuse(connection, connection.framing().fault());
    return;
  }
  if (connection.mode == Mode::idle) {
    leave(connection);
    enter(connection, Mode::receiving);
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
    connection.give("HTTP/1.1 100 Continue\r\n\r\n");
    connection.flush();
  }
  watch(connection);
}

void ConnectionLoop::refuse(Connection& connection, const Fault& fault) {
  // A new socket's send buffer holds an answer of this size; the rest would be lost.
  connection.give(refusalOf(connection, fault));
  connection.flush();
  linger(connection);
}

void ConnectionLoop::linger(Connection& connection) {
  leave(connection);
  countBuffer(connection, 0);
  connection.discardBuffer();
  if (connection.stream) {
    connection.stream->close();
    connection.stream.reset();
  }
  connection.discardUnsent();
  shutdown(connection.descriptor(), SHUT_WR);
  enter(connection, Mode::lingering);
  watch(connection);
}

bool ConnectionLoop::answerHere(Connection& connection) {
  const auto outcome = answerAtOnce(connection);
  if (outcome == AtOnce::no) {
    giveToWorker(connection);
    return false;
  }
  connection.finishMessage();
  connection.mustClose = outcome == AtOnce::answeredAndClose;
  if (connection.unsent() > 0) {
    startSending(connection);
    return false;
  }
  if (connection.mustClose) {
    linger(connection);
    return false;
  }
  return true;
}

void ConnectionLoop::giveToWorker(Connection& connection) {
  setInterest(connection, 0);
  leave(connection);
  enter(connection, Mode::working);
  workers_.push(connection);
}

void ConnectionLoop::serve(Connection& connection) {
  answerAll(connection);
  {
    const std::lock_guard lock(returnedMutex_);
    returned_.push_back(&connection);
  }
  wakeUp_->raise();
}

void ConnectionLoop::answerAll(Connection& connection) {
  bool quick = isQuick(connection);
  while (!abandon_.load(std::memory_order_acquire)) {
    connection.mustClose = !answer(connection);
    connection.finishMessage();
    if (connection.mustClose || connection.unsent() > 0) {
      return;
    }
    if (connection.buffered() == 0) {
      if (quick || !workers_.hasSpare() || stopping() || !connection.waitReadable(kStay)) {
        return;
      }
      if (connection.receive() == Connection::Received::closed) {
        connection.mustClose = true;
        return;
      }
    }
    // The loop answers quick ones sooner.
    if (connection.advance() != RequestFraming::State::complete || (quick = isQuick(connection))) {
      return;
    }
  }
}

void ConnectionLoop::takeBack() {
  std::vector<Connection*> returned;
  {
    const std::lock_guard lock(returnedMutex_);
    returned.swap(returned_);
  }
  for (Connection* connection : returned) {
    if (connection->stream) {
      startStream(*connection);
    } else {
      afterAnswer(*connection);
    }
  }
}

void ConnectionLoop::afterAnswer(Connection& connection) {
  if (connection.unsent() > 0) {
    startSending(connection);
    return;
  }
  if (connection.mustClose) {
    linger(connection);
    return;
  }
  leave(connection);
  countBuffer(connection, connection.buffered());
  enter(connection, Mode::idle);
  if (stopping() && connection.buffered() == 0) {
    close(connection);
  } else {
    proceed(connection);
  }
}

void ConnectionLoop::startSending(Connection& connection) {
  leave(connection);
  countBuffer(connection, connection.buffered());
  enter(connection, Mode::sending);
  countUnsent(connection, connection.unsent());
  // Its next request is not read before its answer has gone.
  setInterest(connection, static_cast<std::uint32_t>(EPOLLOUT));
  auto& sending = listOf(Mode::sending);
  while (unsentBytes_ > config_.maxUnsentBytes && sending.size() > 1) {
    dropSlowReader(*sending.front());
  }
}

void ConnectionLoop::sendFurther(Connection& connection) {
  if (!connection.flush()) {
    close(connection);
  } else if (connection.unsent() == 0) {
    countUnsent(connection, 0);
    afterAnswer(connection);
  }
}

void ConnectionLoop::dropSlowReader(Connection& connection) {
  droppedAnswers_.fetch_add(1, std::memory_order_relaxed);
  close(connection);
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
  countUnsent(connection, 0);
  connections_.erase(&connection);
  open_.store(connections_.size(), std::memory_order_relaxed);
}

}  // namespace ks
