#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "core/auditSealerInterface.hpp"
#include "core/result.hpp"
#include "messages/monitoring/collectorRecords.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// A table that is partitioned by the UTC day of `timeColumn`.
struct PartitionedTable {
  const char* table;
  const char* timeColumn;
};

/// Tables of the collector: their partitions are also made when old files are read.
inline constexpr std::array<PartitionedTable, 3> kCollectorTables{{{"metric_snapshot", "timestamp"},
                                                                   {"metric_rollup_minute", "bucket_start"},
                                                                   {"rate_limit_violation", "timestamp"}}};
/// Tables of others, always filled with the current time.
inline constexpr std::array<PartitionedTable, 3> kEventTables{
    {{"system_log", "timestamp"}, {"system_health_snapshot", "at"}, {"suspicious_activity", "timestamp"}}};

/// Days since 1970 in UTC.
[[nodiscard]] inline std::int64_t dayOf(TimePoint time) {
  return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

/// The name that monitoring_make_partition (migration 0002) gives the partition of a day.
[[nodiscard]] std::string partitionOf(const PartitionedTable& parent, std::int64_t day);
/// Makes the partition of one day; false when there was one.
Result<bool> makePartition(PostgresSession& session, const PartitionedTable& parent, std::int64_t day);

/// See CollectorRepositoryInterface::retain. The session is connected.
Result<RetentionReport> retainData(PostgresSession& session, const RetentionPlan& plan,
                                   const std::shared_ptr<const AuditSealerInterface>& sealer);

}  // namespace ks
