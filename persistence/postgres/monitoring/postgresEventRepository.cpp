#include "persistence/postgres/monitoring/postgresEventRepository.hpp"

#include <utility>

#include "core/logging/eventRows.hpp"

namespace ks {
namespace {

const SqlStatement kStoreEvents{
    "events.store",
    "WITH noted AS (INSERT INTO audit_pending SELECT * FROM jsonb_populate_recordset(NULL::audit_pending, "
    "$1) "
    "ON CONFLICT (id) DO NOTHING) "
    "INSERT INTO system_log SELECT * FROM jsonb_populate_recordset(NULL::system_log, $2) "
    "ON CONFLICT (id, timestamp) DO NOTHING",
    true};

const SqlStatement kChainAudit{"events.chainAudit", "SELECT audit_chain_pending($1)::int8"};
constexpr std::int32_t kChainStep = 500;

template <class Events, class Format>
std::string jsonArray(const Events& events, Format format) {
  std::string text = "[";
  for (const auto& event : events) {
    const std::string row = format(event);
    if (!row.empty()) {
      text.append(text.size() > 1 ? "," : "").append(row);
    }
  }
  return text + "]";
}

}  // namespace

Result<Done> PostgresEventRepository::store(const std::string& process, const EventInbox::Batch& batch) {
  const auto audit = jsonArray(batch.audit, formatAuditJson);
  const auto lines =
      jsonArray(batch.lines, [&process](const LoggedLine& line) { return formatLineJson(line, process); });
  return session_.connectAndExec(kStoreEvents, SqlParameters().jsonb(audit).jsonb(lines)).then(readDone);
}

Result<bool> PostgresEventRepository::chainAudit() {
  auto chained = session_.connectAndExec(kChainAudit, SqlParameters().int4(kChainStep));
  if (!chained.ok()) {
    return std::move(chained.fault());
  }
  const auto count = chained.value().row(0).int64(0);
  maySeal_ = maySeal_ || count > 0;
  if (count == kChainStep || !maySeal_) {
    return maySeal_;
  }
  auto sealed = sealing_.next();
  if (sealed.ok()) {
    maySeal_ = sealed.value();
  }
  return sealed;
}

}  // namespace ks
