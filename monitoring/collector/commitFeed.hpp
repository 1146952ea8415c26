#pragma once
#include <atomic>
#include <functional>
#include <vector>

#include "messages/monitoring/collectorMessages.hpp"

namespace ks {

/// Who hears of stored lines. Filled before the ingest actor starts, constant afterwards.
struct CommitFeed {
  /// Called on the ingest actor's thread after the transaction: neither waits nor computes, it passes on.
  using Observer = std::function<void(const CommittedLines&)>;
  std::vector<Observer> observers;
  std::atomic<bool> collecting{false};  ///< whether this process holds the lock on its node's files
};

}  // namespace ks
