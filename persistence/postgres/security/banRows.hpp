#pragma once
#include "messages/security/banRecords.hpp"
#include "persistence/sql/sqlRows.hpp"

namespace ks {

/// Columns that readBan() takes, from ip_ban under the name b.
#define KS_BAN_COLUMNS                                                                             \
  "b.id, text(b.network), b.reason, b.source, b.created_by, b.rule, b.activity_id, b.created_at, " \
  "b.expires_at, "                                                                                 \
  "b.lifted_at, b.lifted_by"

[[nodiscard]] IpBan readBan(const SqlRow& row);

}  // namespace ks
