#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>

#include "core/logging/logEntry.hpp"

namespace ks {

/// Bounded queue of log lines for many producers and one consumer. A producer never waits: droppable
/// entries may use only three quarters of the queue, so warnings, errors and audit lines have the
/// last quarter. Thread-safe.
class LogQueue {
 public:
  LogQueue(std::size_t maxLines, std::size_t maxBytes) : maxLines_(maxLines), maxBytes_(maxBytes) {}

  /// False when the entry was dropped (and counted).
  bool push(LogEntry&& entry);

  struct Batch {
    std::deque<LogEntry> entries;
    std::uint64_t droppedLow = 0;   ///< DEBUG and INFO lost since the last batch
    std::uint64_t droppedHigh = 0;  ///< others lost since the last batch
    bool closed = false;            ///< no more entries follow
  };
  /// Waits until there is something to write or the queue is closed, and takes everything.
  Batch take();

  /// No more entries are accepted; the consumer gets the rest.
  void close();

  [[nodiscard]] std::size_t waiting() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<LogEntry> entries_;
  std::size_t bytes_ = 0;
  const std::size_t maxLines_;
  const std::size_t maxBytes_;
  std::uint64_t droppedLow_ = 0;
  std::uint64_t droppedHigh_ = 0;
  bool closed_ = false;
};

}  // namespace ks
