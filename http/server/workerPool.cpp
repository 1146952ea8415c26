#include "http/server/workerPool.hpp"

#include <system_error>

#include "core/logging/logging.hpp"

namespace ks {

void WorkerPool::push(Connection& connection) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(&connection);
    waiting_.store(queue_.size(), std::memory_order_relaxed);
    if (queue_.size() > idle_.load(std::memory_order_relaxed) && threads_.size() < limit_) {
      startThread();
    }
  }
  ready_.notify_one();
}

void WorkerPool::startThread() {
  try {
    threads_.emplace_back([this] { run(); });
    count_.store(threads_.size(), std::memory_order_relaxed);
  } catch (const std::system_error& error) {
    // No more threads are available; the existing ones continue.
    logWarning("http.worker.startFailed", "A worker thread could not be started", {{"cause", error.what()}});
  }
}

void WorkerPool::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    idle_.fetch_add(1, std::memory_order_relaxed);
    ready_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    idle_.fetch_sub(1, std::memory_order_relaxed);
    if (queue_.empty()) {
      return;
    }
    Connection& connection = *queue_.front();
    queue_.pop_front();
    waiting_.store(queue_.size(), std::memory_order_relaxed);
    lock.unlock();
    serve_(connection);
    lock.lock();
  }
}

void WorkerPool::stop() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  ready_.notify_all();
  for (auto& thread : threads) {
    thread.join();
  }
}

}  // namespace ks
