#pragma once
#include "persistence/sql/sqlStatement.hpp"

// Recomputes an hour ($1) from raw rows and puts the rollup rows beside it, each in one statement and so in
// one snapshot. Columns: start, service, route; ten counts of the rollup, ten of the raw rows, in the order
// of kVerifiedCounts; by hour also p95, backend's p95 and distinct addresses of the rollup and of the raw
// rows.
namespace ks::verificationStatements {

extern const SqlStatement kHour;
extern const SqlStatement kMinutes;

}  // namespace ks::verificationStatements
