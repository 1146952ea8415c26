#pragma once
#include "persistence/sql/sqlStatement.hpp"

// SQL of PostgresMonitoringRepository. A rollup row is read as: start, total, 2xx, 3xx, 4xx, 5xx, rate
// limited, gateway sum, backend count, backend sum, gateway histogram, backend histogram, addresses.
namespace ks::monitoringStatements {

/// $1..$2; $3 the services; $4 the route, or empty for whole services; $5, $6, $7 whether gateway histograms,
/// backend histograms and addresses are wanted.
extern const SqlStatement kMinutes;
extern const SqlStatement kHours;
/// With gateway histograms only. $1..$2 and $5..$6 by minute, $3..$4 by hour; $7 the service.
extern const SqlStatement kSpans;
/// Addresses alone: $1..$7 as kSpans.
extern const SqlStatement kSpanAddresses;
/// The oldest row, and the time up to which the log has been read while more of it waits (NULL: all is read).
extern const SqlStatement kKnownMinutes;
extern const SqlStatement kKnownHours;
/// The rows of the ten busiest routes as service, route, total, 5xx, gateway histogram: $1..$7 as kSpans.
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
