#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ks {

class Connection;

/// Threads that answer complete requests. Starts threads as they are needed, up to the limit, and keeps them.
/// The queue is bounded by the number of connections, each of which is in it at most once.
class WorkerPool {
 public:
  using Serve = std::function<void(Connection&)>;
  WorkerPool(std::size_t limit, Serve serve) : limit_(limit), serve_(std::move(serve)) {}
  ~WorkerPool() { stop(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void push(Connection& connection);
  /// Whether a worker may wait briefly for the next request of its connection: nothing is queued and a thread
  /// is available.
  [[nodiscard]] bool hasSpare() const noexcept {
    return waiting_.load(std::memory_order_relaxed) == 0 &&
           (idle_.load(std::memory_order_relaxed) > 0 || count_.load(std::memory_order_relaxed) < limit_);
  }
  /// Serves what is queued and ends the threads.
  void stop();

  [[nodiscard]] std::size_t workers() const noexcept { return count_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t idle() const noexcept { return idle_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.load(std::memory_order_relaxed); }

 private:
  void startThread();
  void run();

  const std::size_t limit_;
  const Serve serve_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Connection*> queue_;
  std::vector<std::thread> threads_;
  std::atomic<std::size_t> count_{0};
  std::atomic<std::size_t> idle_{0};
  std::atomic<std::size_t> waiting_{0};
  bool stopping_ = false;
};

}  // namespace ks
