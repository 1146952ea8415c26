#pragma once
#include "persistence/sql/sqlStatement.hpp"

// SQL of PostgresSecurityLogRepository. Lists: $1..$2 the range, $3 and $4 time and id of the last row seen
// (or NULL), $5 most rows; an empty text filters nothing.
namespace ks::securityLogStatements {

/// $6 service, $7 address or NULL.
extern const SqlStatement kViolations;
/// $6 type, $7 severity, $8 address or NULL, $9 resolved or NULL.
extern const SqlStatement kActivities;
/// $1, $2 time and id of the last row seen, $3 most rows, $4 standing only, $5 now.
extern const SqlStatement kBans;
/// $1..$2 the range, $3 most rows, $4 now. A /64 of IPv6 is one row.
extern const SqlStatement kTopViolators;
/// $1..$2 the range, $3 the address.
extern const SqlStatement kAddressTotals;
extern const SqlStatement kAddressRequests;
/// $1..$2 the range, $3 the network as text.
extern const SqlStatement kNetworkTotals;
extern const SqlStatement kNetworkRequests;
extern const SqlStatement kClientActivities;
/// $1 the network as text.
extern const SqlStatement kClientBans;
/// $1 id, $2 resolved, $3 by, $4 now, $5 audit event.
extern const SqlStatement kResolve;

}  // namespace ks::securityLogStatements
