#pragma once
#include <atomic>
#include <functional>
#include <vector>

#include "messages/monitoring/collectorMessages.hpp"

namespace ks {

/// The listeners for stored lines. Filled before the ingest actor starts, constant afterwards.
struct CommitFeed {
  /// Called on the ingest actor's thread after the transaction: must only forward, without waiting or
  /// computing.
  using Observer = std::function<void(const CommittedLines&)>;
  std::vector<Observer> observers;
  std::atomic<bool> collecting{false};  ///< whether this process holds the lock on its node's files
};

}  // namespace ks
