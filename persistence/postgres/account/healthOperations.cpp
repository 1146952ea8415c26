#include <utility>

#include "persistence/postgres/storageCalls.hpp"

namespace ks {
namespace {

std::string_view upOrDown(bool up) { return up ? "up" : "down"; }

}  // namespace

SqlCall<InsertHealthSnapshot> sqlCall(const InsertHealthSnapshot& operation) {
  constexpr const char* kSql =
      "INSERT INTO system_health_snapshot (id, at, process, db_status, db_latency_ms, redis_status, "
      "redis_latency_ms, "
      "crypto_status, crypto_latency_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
  SqlParameters parameters;
  parameters.uuid(operation.snapshot.id)
      .time(operation.snapshot.at)
      .text(operation.snapshot.process)
      .text(upOrDown(operation.snapshot.databaseUp))
      .float8(operation.snapshot.databaseLatencyMs)
      .text(upOrDown(operation.snapshot.redisUp))
      .float8(operation.snapshot.redisLatencyMs)
      .text(upOrDown(operation.snapshot.cryptoUp))
      .float8(operation.snapshot.cryptoLatencyMs);
  return {repeatable(kSql), std::move(parameters), readDone};
}

}  // namespace ks
