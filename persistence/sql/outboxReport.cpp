#include "persistence/sql/outboxReport.hpp"

#include <utility>

namespace ks {
namespace {

const SqlStatement kReadOutbox{
    "outbox.read",
    "SELECT id, template, created_at, attempts, nullif(next_at, 'infinity'), last_error FROM email_outbox "
    "WHERE sent_at IS NULL AND (next_at < 'infinity' OR created_at > now() - interval '7 days') "
    "ORDER BY created_at DESC, id DESC LIMIT 100",
    true};

}  // namespace

Result<std::vector<OutboxEntry>> readOutbox(PostgresSession& session) {
  auto rows = session.exec(kReadOutbox);
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  std::vector<OutboxEntry> entries;
  for (const auto row : rows.value()) {
    entries.push_back({row.uuid(0), std::string{row.text(1)}, row.time(2), row.int64(3), row.optionalTime(4),
                       row.textOrEmpty(5)});
  }
  return entries;
}

}  // namespace ks
