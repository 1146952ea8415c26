#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "messages/monitoring/collectorRecords.hpp"

namespace ks {

/// Counts the lines of one batch by minute, service and route. Belongs to one thread.
class RollupAccumulator {
 public:
  void add(const HttpLogEntry& entry);
  /// How many rows of a minute, a service and a route there are.
  [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }

  /// Minute and hour rows of each route, of each service (empty route) and of all services, ordered by key.
  /// Empties the accumulator.
  void take(std::vector<RollupDelta>& minutes, std::vector<RollupDelta>& hours);

 private:
  struct Key {
    std::int64_t minute;
    LogService service;
    std::string route;
  };
  std::vector<Key> keys_;
  std::vector<RollupCounts> counts_;
  std::unordered_multimap<std::uint64_t, std::size_t> places_;
};

}  // namespace ks
