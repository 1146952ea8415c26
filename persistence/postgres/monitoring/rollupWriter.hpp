#pragma once
#include <vector>

#include "messages/monitoring/collectorRecords.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// Adds the rollup rows of a batch to the stored ones, inside the open transaction. Counters are added by
/// SQL, sketches merged here; a transaction-wide advisory lock makes the collectors of several nodes take
/// turns, so that nothing is lost and nothing deadlocks. Call it last before COMMIT.
class RollupWriter {
 public:
  explicit RollupWriter(PostgresSession& session) : session_(session) {}
  Result<Done> add(const std::vector<RollupDelta>& minutes, const std::vector<RollupDelta>& hours);

 private:
  Result<Done> addRows(const std::vector<RollupDelta>& rows, bool hourly);
  PostgresSession& session_;
};

}  // namespace ks
