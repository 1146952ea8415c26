#pragma once
#include "persistence/sqlStatement.hpp"

// SQL of PostgresMonitoringRepository. A rollup row is read as: start, service, route, total, 2xx, 3xx, 4xx,
// 5xx, rate limited, gateway sum, backend count, backend sum, gateway histogram, backend histogram,
// addresses.
namespace ks::monitoringStatements {

/// Without backend histograms. $1..$2 and $5..$6 by minute, $3..$4 by hour; $7 the service; $8 whether
/// addresses are wanted.
extern const SqlStatement kSpans;
/// $1..$2; $3 the services; $4 whether addresses are wanted; $5 the route, or empty for whole services.
extern const SqlStatement kMinutes;
extern const SqlStatement kHours;
/// The oldest row, and the time up to which the log has been read while more of it waits (NULL: all is read).
extern const SqlStatement kKnownMinutes;
extern const SqlStatement kKnownHours;
/// The rows of the ten busiest routes: $1..$6 as kSpans, $7 the service.
extern const SqlStatement kTop;
/// service, requests: $1..$6 as kSpans.
extern const SqlStatement kServices;
/// Hour rows, newest first: $1..$2, $3 the services, $4 the route, or empty for whole services, $5 and $6 the
/// last row seen (or NULL), $7 most rows.
extern const SqlStatement kHourly;
/// How many suspicious addresses there were: $1 from before, $2..$3 the range. A row each of its 24 parts
/// (-1: before), and with NULL as part one for the range (true) and one for before (false).
extern const SqlStatement kSuspiciousCounts;
/// The ten worst: $1..$2, $3 now.
extern const SqlStatement kSuspiciousIps;
/// $1 now.
extern const SqlStatement kLag;
extern const SqlStatement kFiles;
extern const SqlStatement kFileTotals;
extern const SqlStatement kHealth;

}  // namespace ks::monitoringStatements
