#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "http/server/connection.hpp"
#include "http/server/httpServer.hpp"
#include "http/server/listenSocket.hpp"
#include "http/server/workerPool.hpp"

namespace ks {

/// One thread that accepts, watches every connection that is not being served, gives complete requests to
/// the workers and sends what a socket did not take at once. A worker only ever gets a complete request and
/// never waits for a reader: idle and slow connections cost a file descriptor and a buffer, no thread.
class ConnectionLoop final : public HttpServer {
 public:
  ConnectionLoop(HttpServerConfig config, const RequestHandlerInterface& handler);
  ~ConnectionLoop() override;

  [[nodiscard]] Result<Done> start() override;
  void stop(std::chrono::milliseconds grace) override;
  [[nodiscard]] int port() const noexcept override { return socket_.port(); }
  [[nodiscard]] HttpServerState state() const override;

 private:
  using Clock = std::chrono::steady_clock;
  using Mode = Connection::Mode;
  static constexpr std::uint64_t kListenerMark = 2;  ///< of epoll events; two signals come before it

  void run();
  void serve(Connection& connection);
  void answerAll(Connection& connection);
  void accept();
  bool makeRoom();
  void setPaused(bool paused);
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
  /// How long a connection may be in a mode that the loop ends by time.
  [[nodiscard]] std::chrono::milliseconds timeLimitOf(Mode mode) const;
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
  [[nodiscard]] bool stopping() const noexcept { return stopping_.load(std::memory_order_acquire); }
  // What the handler answers: connectionAnswers.cpp.
  enum class AtOnce : std::uint8_t { no, answered, answeredAndClose };
  /// Answers the connection's complete request. False: it must be closed after it, or goes on as its
  /// `stream`.
  bool answer(Connection& connection) const;
  /// Tries to answer without waiting for an actor, on the loop's own thread.
  AtOnce answerAtOnce(Connection& connection) const;
  /// Whether `answerAtOnce` is worth trying.
  [[nodiscard]] bool isQuick(const Connection& connection) const;
  std::string answerOf(const Connection& connection, bool& goesOn, EventStreamPtr& stream) const;
  /// The bytes of the answer to what is no request.
  [[nodiscard]] std::string refusalOf(const Connection& connection, const Fault& fault) const;
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

  const HttpServerConfig config_;
  const FramingLimits framing_;
  const RequestHandlerInterface& handler_;
  ListenSocket socket_;
  WorkerPool workers_;
  bool paused_ = false;  ///< accepts nothing
  Clock::time_point pausedUntil_;
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
