#pragma once
#include "persistence/sql/sqlStatement.hpp"

// SQL of PostgresEventQueryRepository.
namespace ks::eventQueryStatements {

/// Newest first: $1 actor, $2 action, $3 outcome, $4 address, $5 from, $6 to, $7 the last seq seen (each may
/// be NULL), $8 most rows.
extern const SqlStatement kAudit;
/// $1 id.
extern const SqlStatement kAuditEntry;
/// at, source, service, summary, state, details: $1 request id, $2..$3, $4 most rows.
extern const SqlStatement kTrace;
/// process, bucket, reports, then up and average latency of database, redis and crypto: $1..$2, $3 seconds of
/// a bucket, $4 process or NULL.
extern const SqlStatement kHealthHistory;

}  // namespace ks::eventQueryStatements
