#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/sqlRows.hpp"

#define KS_KEY_COLUMNS "kid, public_key, private_enc, status, not_before, retire_at"

#define KS_KEY_ORDER \
  " ORDER BY array_position(ARRAY['current', 'next', 'retiring'], status), not_before DESC, kid"

namespace ks {
namespace {

SigningKeyRecord readSigningKey(const SqlRow& row) {
  return {std::string(row.text(0)), row.bytea(1), row.bytea(2),
          std::string(row.text(3)), row.time(4),  row.optionalTime(5)};
}

std::vector<SigningKeyRecord> readKeys(const SqlRows& rows) {
  return readAll<SigningKeyRecord>(rows, readSigningKey);
}

}  // namespace

SqlCall<ListSigningKeys> sqlCall(const ListSigningKeys& operation) {
  constexpr const char* kSql =
      "SELECT " KS_KEY_COLUMNS " FROM signing_keys WHERE retire_at IS NULL OR retire_at > $1" KS_KEY_ORDER;
  return {repeatable(kSql), std::move(SqlParameters().time(operation.now)), readKeys};
}

// DO UPDATE gives the current key also when another process has just stored it after this statement's
// snapshot.
SqlCall<EnsureSigningKey> sqlCall(const EnsureSigningKey& operation) {
  constexpr const char* kSql =
      "WITH current AS (INSERT INTO signing_keys "
      "(kid, public_key, private_enc, status, not_before, retire_at, created_at) "
      "VALUES ($1, $2, $3, 'current', $4, $5, $6) "
      "ON CONFLICT (status) WHERE status = 'current' DO UPDATE SET status = signing_keys.status "
      "RETURNING " KS_KEY_COLUMNS "), every AS (SELECT * FROM current UNION ALL SELECT " KS_KEY_COLUMNS
      " FROM signing_keys WHERE kid NOT IN (SELECT kid FROM current) AND status <> 'current' "
      "AND (retire_at IS NULL OR retire_at > $6)) SELECT * FROM every" KS_KEY_ORDER;
  SqlParameters parameters;
  parameters.text(operation.key.keyId)
      .bytea(operation.key.publicKey)
      .bytea(operation.key.privateSealed)
      .time(operation.key.notBefore)
      .optionalTime(operation.key.retireAt)
      .time(operation.now);
  return {repeatable(kSql), std::move(parameters), readKeys};
}

// The row of the key that signs is the gate: of two who rotate at once the second waits for it, finds that it
// signs no longer, and changes nothing. The next key is taken through the retired one's row, so that the
// index over 'current' never sees two.
SqlCall<RotateSigningKeys> sqlCall(const RotateSigningKeys& rotation) {
  constexpr const char* kSql = R"sql(
WITH due AS (
  SELECT c.kid AS old, n.kid AS new FROM signing_keys c, signing_keys n
  WHERE c.status = 'current' AND n.status = 'next' AND c.not_before <= $5 AND n.not_before <= $7
), retired AS (
  UPDATE signing_keys SET status = 'retiring', retire_at = $6 FROM due
  WHERE signing_keys.kid = due.old AND signing_keys.status = 'current'
  RETURNING due.new
), promoted AS (
  UPDATE signing_keys SET status = 'current', not_before = $7 FROM retired WHERE signing_keys.kid = retired.new
  RETURNING signing_keys.kid
), fresh AS (
  INSERT INTO signing_keys (kid, public_key, private_enc, status, not_before, created_at)
  SELECT $1, $2, $3, 'next', $4, $7
  WHERE (SELECT count(*) FROM promoted) = 1 OR NOT EXISTS (SELECT FROM signing_keys WHERE status = 'next')
  ON CONFLICT DO NOTHING
), gone AS (
  DELETE FROM signing_keys WHERE status = 'retiring' AND retire_at < $7 - interval '1 day'
), audit AS ()sql" KS_AUDIT_CTE("$8 || jsonb_build_object('target_id', promoted.kid)", "promoted") R"sql()
SELECT EXISTS (SELECT FROM promoted))sql";
  SqlParameters parameters;
  parameters.text(rotation.fresh.keyId)
      .bytea(rotation.fresh.publicKey)
      .bytea(rotation.fresh.privateSealed)
      .time(rotation.fresh.notBefore)
      .time(rotation.currentBefore)
      .time(rotation.retireAt)
      .time(rotation.now)
      .jsonbOrNull(formatAuditJson(rotation.audit));
  return {once(kSql), std::move(parameters), readBoolean};
}

}  // namespace ks
