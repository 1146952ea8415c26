#pragma once
#include "core/auditSealerInterface.hpp"
#include "messages/monitoring/eventMessages.hpp"
#include "persistence/sql/sqlRows.hpp"
#include "persistence/sql/sqlStatement.hpp"

namespace ks {

/// $1 the first row, $2 how many: the chain's state with every row of the step, in one snapshot.
extern const SqlStatement kVerifyAudit;

/// Result of such rows: the first broken one (altered, missing, inserted or unlinked),
/// and, at the end of the chain, whether the seal is ours.
AuditStep verifyAuditRows(const SqlRows& rows, const VerifyAudit& query, const AuditSealerInterface& sealer);

}  // namespace ks
