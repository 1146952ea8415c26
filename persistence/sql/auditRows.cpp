#include "persistence/sql/auditRows.hpp"

namespace ks {

AuditEntry readAuditEntry(const SqlRow& row) {
  AuditEntry entry;
  entry.id = row.uuid(0);
  entry.seq = row.int64(1);
  entry.at = row.time(2);
  entry.actor = {row.textOrEmpty(3), row.textOrEmpty(4)};
  entry.action = row.text(5);
  entry.outcome = row.text(6);
  entry.reason = row.textOrEmpty(7);
  entry.target = {row.textOrEmpty(8), row.textOrEmpty(9)};
  entry.requestId = row.textOrEmpty(10);
  entry.sessionId = row.optionalUuid(11);
  entry.ip = row.textOrEmpty(12);
  entry.userAgent = row.textOrEmpty(13);
  entry.before.text = row.textOrEmpty(14);
  entry.after.text = row.textOrEmpty(15);
  entry.hash = row.text(16);
  return entry;
}

}  // namespace ks
