#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "http/server/connection.hpp"
#include "http/server/listenSocket.hpp"
#include "http/server/workerPool.hpp"

namespace ks {

struct ConnectionLoopConfig {
  FramingLimits framing;
  std::size_t maxConnections = 1024;
  std::size_t maxBufferedBytes = 64 * 1024 * 1024;
  std::chrono::milliseconds receiveTimeout{10'000};
  std::size_t maxUnsentBytes = 64 * 1024 * 1024;
  std::chrono::milliseconds sendTimeout{10'000};
  std::chrono::milliseconds idleTimeout{75'000};
  std::chrono::milliseconds streamHeartbeat{15'000};
  std::chrono::milliseconds streamLifetime{300'000};
};

/// What a loop needs of the layer above.
struct ConnectionLoopHandlers {
  /// Answers the connection's complete request without waiting for its reader; false: the connection must be
  /// closed after it, or goes on as its `stream`. On a worker thread.
  std::function<bool(Connection&)> answer;
  /// Tries to answer the connection's complete request on the loop's thread, without waiting.
  enum class AtOnce : std::uint8_t { no, answered, answeredAndClose };
  std::function<AtOnce(Connection&)> answerAtOnce;
  /// Whether `answerAtOnce` is worth trying.
  std::function<bool(const Connection&)> isQuick;
  /// The bytes of the answer to what is no request. `head` may be unfinished. On the loop's thread.
  std::function<std::string(const Fault&, const RequestHead& head)> refusal;
};

/// One thread that accepts, watches every connection that is not being served, gives complete requests to
/// the workers and sends what a socket did not take at once. Idle and slow connections, senders and readers,
/// cost it a file descriptor and a buffer, no thread.
class ConnectionLoop {
 public:
  ConnectionLoop(ConnectionLoopConfig config, ConnectionLoopHandlers handlers);
  ~ConnectionLoop();
  ConnectionLoop(const ConnectionLoop&) = delete;
  ConnectionLoop& operator=(const ConnectionLoop&) = delete;

  /// Before `start` only.
  void add(ListenSocket socket, std::size_t workerLimit);
  [[nodiscard]] Result<Done> start();
  void stop(std::chrono::milliseconds grace);
  [[nodiscard]] bool stopping() const noexcept { return stopping_.load(std::memory_order_acquire); }

  struct Counts {
    std::size_t connections = 0, workers = 0, busyWorkers = 0, waiting = 0;
    std::uint64_t evicted = 0;
    std::size_t streams = 0;
    std::uint64_t droppedStreams = 0;  ///< their readers were too slow
    std::uint64_t droppedAnswers = 0;  ///< so were theirs
  };
  [[nodiscard]] Counts counts() const;

 private:
  using Clock = std::chrono::steady_clock;
  using Mode = Connection::Mode;
  static constexpr std::uint64_t kFirstListenerMark = 2;  ///< of epoll events; two signals come before it
  struct Listener {
    ListenSocket socket;
    std::unique_ptr<WorkerPool> workers;
    std::size_t connections = 0;
    bool paused = false;
    std::chrono::steady_clock::time_point pausedUntil;
  };

  void run();
  void serve(Connection& connection);
  void answerAll(Connection& connection);
  void accept(std::size_t index);
  bool makeRoom(std::size_t index);
  void setPaused(Listener& listener, bool paused);
  void onReadable(Connection& connection);
  void proceed(Connection& connection);
  void proceedWith(Connection& connection, RequestFraming::State state);
  void refuse(Connection& connection, const Fault& fault);
  bool answerHere(Connection& connection);
  void giveToWorker(Connection& connection);
  void takeBack();
  void afterAnswer(Connection& connection);
  void startSending(Connection& connection);
  void sendFurther(Connection& connection);
  void dropSlowReader(Connection& connection);
  void expire(Clock::time_point now);
  [[nodiscard]] int nextTimeout(Clock::time_point now) const;
  void enter(Connection& connection, Mode mode);
  void leave(Connection& connection);
  void countBuffer(Connection& connection, std::size_t bytes);
  void countUnsent(Connection& connection, std::size_t bytes);
  void watch(Connection& connection);
  void setInterest(Connection& connection, std::uint32_t events) const;
  void linger(Connection& connection);
  void close(Connection& connection);
  void closeIdle();
  // Event streams: connectionStreams.cpp.
  void startStream(Connection& connection);
  void flushStream(Connection& connection);
  void flushStreams();
  void sweepStreams(Clock::time_point now);
  void endStreams();
  std::list<Connection*>& listOf(Mode mode) { return lists_[static_cast<std::size_t>(mode)]; }
  [[nodiscard]] const std::list<Connection*>& listOf(Mode mode) const {
    return lists_[static_cast<std::size_t>(mode)];
  }

  const ConnectionLoopConfig config_;
  const ConnectionLoopHandlers handlers_;
  std::vector<Listener> listeners_;
  int epoll_ = -1;
  const std::shared_ptr<LoopSignal> wakeUp_ = std::make_shared<LoopSignal>();
  const std::shared_ptr<LoopSignal> streamOutput_ = std::make_shared<LoopSignal>();
  std::thread thread_;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
  std::array<std::list<Connection*>, Connection::kModes>
      lists_;  ///< by mode; the one longest in its mode first
  std::size_t bufferedBytes_ = 0;
  std::size_t unsentBytes_ = 0;

  std::mutex returnedMutex_;
  std::vector<Connection*> returned_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> abandon_{false};
  std::atomic<std::size_t> open_{0};
  std::atomic<std::uint64_t> evicted_{0};
  std::atomic<std::size_t> streams_{0};
  std::atomic<std::uint64_t> droppedStreams_{0};
  std::atomic<std::uint64_t> droppedAnswers_{0};
  Clock::time_point nextSweep_;
  Clock::time_point stopAt_;
};

}  // namespace ks
