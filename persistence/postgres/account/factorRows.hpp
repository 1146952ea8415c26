#pragma once
#include "messages/account/factorRecords.hpp"
#include "persistence/sql/sqlRows.hpp"

/// The columns of a FactorRecord, from `mfa_factors f`.
#define KS_FACTOR_COLUMNS                                                                          \
  "f.id, f.user_id, f.status = 'active', f.name, f.secret_enc, f.last_used_step, f.last_used_at, " \
  "f.created_at"

/// A WITH query's INSERT of the session in $1 to $13, the order of addSession(), for each row of `source`. $2
/// is its user, $6 the time.
#define KS_INSERT_SESSION(source)                                                                  \
  "INSERT INTO sessions (id, user_id, refresh_key_enc, aal, amr, auth_time, created_at, "          \
  "last_seen_at, idle_expires_at, absolute_expires_at, ip, user_agent, device_name, device_hash, " \
  "transport) SELECT $1, $2, $3, $4, $5, $6, $6, $6, $7, $8, $9, $10, $11, $12, $13 FROM " source  \
  " ON CONFLICT (id) DO NOTHING"

#define KS_RECOVERY_CODES_LEFT(user)                                                        \
  "(SELECT count(*) FROM recovery_codes r JOIN recovery_sets s ON s.set_id = r.set_id AND " \
  "s.user_id = r.user_id WHERE r.user_id = " user " AND r.used_at IS NULL)"

namespace ks {

inline constexpr int kFactorColumns = 8;
/// KS_FACTOR_COLUMNS from `column` on.
[[nodiscard]] FactorRecord readFactor(const SqlRow& row, int column);
/// Of recovery codes.
inline int readCount(const SqlRows& rows) { return static_cast<int>(rows.row(0).int64(0)); }

}  // namespace ks
