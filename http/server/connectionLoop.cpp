#include "http/server/connectionLoop.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/logging/logging.hpp"

namespace ks {
namespace {

/// How long a worker waits for the next request of the connection that it has just served. Long enough that
/// busy connections keep their worker, short enough that an idle one gives it back.
constexpr std::chrono::milliseconds kStay{20};
/// After a refusal the peer may still be sending; closing at once would destroy the answer on its way (RFC
/// 9112, 9.6).
constexpr std::chrono::milliseconds kLinger{2'000};
/// A peer that is still sending its request gets this long when the server stops.
constexpr std::chrono::milliseconds kReceiveGrace{1'000};
/// Marks of epoll events that are no connection; the listeners come next.
constexpr std::uint64_t kWakeUpMark = 0;
constexpr std::uint64_t kStreamMark = 1;
constexpr std::uint64_t kListenerMarks = 16;
constexpr std::uint32_t kWatched = static_cast<std::uint32_t>(EPOLLIN) | EPOLLRDHUP;
/// Requests of one connection that the loop answers before it looks after the others.
constexpr int kAtOnce = 16;

}  // namespace

ConnectionLoop::ConnectionLoop(ConnectionLoopConfig config, ConnectionLoopHandlers handlers)
    : config_(config), handlers_(std::move(handlers)) {}

ConnectionLoop::~ConnectionLoop() {
  stop(std::chrono::milliseconds(0));
  if (epoll_ >= 0) {
    ::close(epoll_);
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
  if (epoll_ < 0 || wakeUp_->descriptor() < 0 || streamOutput_->descriptor() < 0) {
    return makeFault(ErrorCode::internal, std::string("epoll: ") + std::strerror(errno));
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeUpMark;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, wakeUp_->descriptor(), &event);
  event.data.u64 = kStreamMark;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, streamOutput_->descriptor(), &event);
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    event.data.u64 = i + kFirstListenerMark;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, listeners_[i].socket.descriptor(), &event);
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
  counts.streams = streams_.load();
  counts.droppedStreams = droppedStreams_.load();
  counts.droppedAnswers = droppedAnswers_.load();
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
      } else if (mark < kListenerMarks) {
        if (listening) {
          accept(static_cast<std::size_t>(mark - kFirstListenerMark));
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
  // Not watched at all while a worker has it: epoll tells of errors whatever it is asked for.
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
    if (state != RequestFraming::State::complete || answered == kAtOnce || !handlers_.isQuick(connection)) {
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
  // A fresh socket's send buffer takes an answer of this size; what it does not take is lost.
  connection.give(handlers_.refusal(fault, connection.framing().head()));
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
  using AtOnce = ConnectionLoopHandlers::AtOnce;
  const auto outcome = handlers_.answerAtOnce(connection);
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
  listeners_[connection.listener()].workers->push(connection);
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
  const WorkerPool& workers = *listeners_[connection.listener()].workers;
  bool quick = handlers_.isQuick(connection);
  while (!abandon_.load(std::memory_order_acquire)) {
    connection.mustClose = !handlers_.answer(connection);
    connection.finishMessage();
    if (connection.mustClose || connection.unsent() > 0) {
      return;
    }
    if (connection.buffered() == 0) {
      if (quick || !workers.hasSpare() || stopping() || !connection.waitReadable(kStay)) {
        return;
      }
      if (connection.receive() == Connection::Received::closed) {
        connection.mustClose = true;
        return;
      }
    }
    // The loop answers quick ones sooner.
    if (connection.advance() != RequestFraming::State::complete || (quick = handlers_.isQuick(connection))) {
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
  expireList(Mode::sending, config_.sendTimeout,
             [this](Connection& connection) { dropSlowReader(connection); });
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
  consider(Mode::sending, config_.sendTimeout);
  consider(Mode::lingering, kLinger);
  consider(Mode::receiving,
           stopping() ? std::min(kReceiveGrace, config_.receiveTimeout) : config_.receiveTimeout);
  if (!listOf(Mode::streaming).empty()) {
    soonest = std::min(soonest, nextSweep_);
  }
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
  countUnsent(connection, 0);
  --listeners_[connection.listener()].connections;
  connections_.erase(&connection);
  open_.store(connections_.size(), std::memory_order_relaxed);
}

}  // namespace ks
