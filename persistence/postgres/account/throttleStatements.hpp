#pragma once
#include "persistence/sql/sqlStatement.hpp"

// The SQL of PostgresThrottleRepository.
namespace ks::throttleStatements {

extern const SqlStatement kAdmitAttempt;
extern const SqlStatement kSettleAttempt;
extern const SqlStatement kClearAttempts;
extern const SqlStatement kCountAttempts;
extern const SqlStatement kReportLock;

}  // namespace ks::throttleStatements
