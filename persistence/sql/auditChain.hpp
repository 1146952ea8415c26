#pragma once
#include <optional>
#include <string>

#include "core/auditSealerInterface.hpp"
#include "persistence/sql/sqlRows.hpp"

/// Columns of a ChainState, of `c`, the row of audit_chain.
#define KS_CHAIN_COLUMNS                                                                             \
  "c.first_seq, c.first_prev_hash, c.sealed_from, c.sealed_seq, c.sealed_hash, c.seal_key, c.seal, " \
  "c.head_seq, c.head_hash"
/// How many they are.
#define KS_CHAIN_COLUMN_COUNT 9
/// Columns of a ChainedRow, of `r`, a row of audit_log. The text is that of audit_row_hash(), spelled here: a
/// function of the database may be another by now.
#define KS_CHAINED_ROW_COLUMNS                                                                            \
  "r.seq, r.prev_hash, r.hash, jsonb_build_array(r.seq, r.id, to_char(r.at AT TIME ZONE 'UTC', "          \
  "'YYYY-MM-DD HH24:MI:SS.US'), r.actor_type, r.actor_id, r.action, r.outcome, r.reason, r.target_type, " \
  "r.target_id, r.request_id, r.session_id, text(r.ip), r.user_agent, r.before, r.after)::text"

namespace ks {

struct ChainState {
  AuditChainEnds ends;
  AuditSeal seal;
  std::int64_t headSeq = 0;
  Bytes headHash;
};
ChainState readChainState(const SqlRow& row);

struct ChainedRow {
  std::int64_t seq = 0;
  Bytes prevHash;
  Bytes hash;
  std::string_view text;  ///< valid while its SqlRows lives

  [[nodiscard]] bool isAsHashed(const AuditSealerInterface& sealer) const {
    return sealer.rowHash(prevHash, text) == hash;
  }
};
/// `column`: of the first of KS_CHAINED_ROW_COLUMNS. Nothing where an outer join found no row.
std::optional<ChainedRow> readChainedRow(const SqlRow& row, int column);

}  // namespace ks
