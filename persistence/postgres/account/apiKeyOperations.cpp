#include <algorithm>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/repositorySteps.hpp"

/// The columns of an ApiKeyRecord, read by readApiKeyRecord(), from `k`.
#define KS_API_KEY_COLUMNS                                                                    \
  "k.id, k.kind, k.owner_user_id, k.name, k.secret_hash, k.scopes, k.allowed_cidrs::text[], " \
  "k.expires_at, k.last_used_at, k.revoked_at, k.rotated_from, k.created_by, k.created_at"

namespace ks {
namespace {

/// KS_API_KEY_COLUMNS, from `column` on.
ApiKeyRecord readApiKeyRecord(const SqlRow& row, int column) {
  ApiKeyRecord key;
  key.id = row.uuid(column++);
  const auto kind = apiKeyKindFrom(row.text(column++));
  if (!kind) {
    throw SqlReadError("unknown kind of key");
  }
  key.kind = *kind;
  key.ownerId = row.optionalUuid(column++).value_or(Uuid{});
  key.name = row.text(column++);
  key.secretHash = row.bytea(column++);
  key.scopes = row.textArray(column++);
  key.allowedNetworks = row.textArray(column++);
  key.expiresAt = row.optionalTime(column++);
  key.lastUsedAt = row.optionalTime(column++);
  key.revokedAt = row.optionalTime(column++);
  key.rotatedFrom = row.optionalUuid(column++).value_or(Uuid{});
  key.createdBy = row.optionalUuid(column++).value_or(Uuid{});
  key.createdAt = row.time(column++);
  return key;
}

std::vector<ApiKeyRecord> readApiKeys(const SqlRows& rows) {
  return readAll<ApiKeyRecord>(rows, [](const SqlRow& row) { return readApiKeyRecord(row, 0); });
}

constexpr int kApiKeyColumns = 13;

std::vector<Uuid> readIdTexts(const SqlRow& row, int column) {
  std::vector<Uuid> ids;
  for (const auto& text : row.textArray(column)) {
    ids.push_back(Uuid::parse(text).value());
  }
  return ids;
}

std::vector<std::string> splitAtCommas(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const auto to = std::min(text.find(',', from), text.size());
    parts.emplace_back(text.substr(from, to - from));
    from = to + 1;
  }
  return parts;
}

FoundApiKey readFoundKey(const SqlRow& row) {
  FoundApiKey found;
  if (!row.isNull(0)) {
    found.owner = accountRows::readUser(row);
  }
  int column = accountRows::kUserColumns;
  found.key = readApiKeyRecord(row, column);
  column += kApiKeyColumns;
  found.limits.standing = row.boolean(column++);
  found.limits.permissions = row.textArray(column++);
  for (const auto& list : row.textArray(column++)) {
    found.limits.networks.push_back(splitAtCommas(list));
  }
  found.limits.goodUntil = row.optionalTime(column++);
  found.limits.makers = readIdTexts(row, column++);
  return found;
}

EndedApiKeys readEndedKeys(const SqlRow& row) {
  return {row.uuid(0), std::string{row.text(1)}, std::string{row.text(2)}, readIdTexts(row, 3),
          row.textArray(4)};
}

}  // namespace

// The caller's session is held meanwhile: end_access() waits for it and then sees the key. `most` is not a
// lock: of those who make a key at the same instant each counts the others out. Of a key that a key makes,
// what is not said is as its maker has it.
SqlCall<CreateApiKey> sqlCall(const CreateApiKey& creation) {
  constexpr const char* kSql = R"sql(
WITH caller AS MATERIALIZED (
  SELECT id FROM sessions WHERE id = $13 AND revoked_at IS NULL AND idle_expires_at > $10 AND absolute_expires_at > $10 FOR UPDATE
), wish AS (
  SELECT CASE WHEN cardinality($7::text[]) > 0 THEN $7::text[]::cidr[] ELSE coalesce(m.allowed_cidrs, '{}') END AS networks,
         coalesce($8::timestamptz, m.expires_at) AS expires
  FROM (SELECT) one LEFT JOIN api_keys m ON m.id = $9
), made AS (
  INSERT INTO api_keys (id, kind, owner_user_id, name, secret_hash, scopes, allowed_cidrs, expires_at, created_by, created_at)
  SELECT $1, $2, $3, $4, $5, $6, wish.networks, wish.expires, $9, $10 FROM wish
  WHERE ($13 IS NULL OR EXISTS (SELECT FROM caller)) AND api_key_within($9, wish.networks, wish.expires)
    AND $11 > (SELECT count(*) FROM api_keys k WHERE k.owner_user_id IS NOT DISTINCT FROM $3 AND k.id <> $1
                 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $10))
  ON CONFLICT (id) DO UPDATE SET name = api_keys.name
  RETURNING *
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $14, $15, $16, $17, $18, $10, $10 FROM made WHERE $14::uuid IS NOT NULL ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$12", "made") R"sql()
SELECT $13 IS NULL OR EXISTS (SELECT FROM caller), api_key_within($9, wish.networks, wish.expires), )sql" KS_API_KEY_COLUMNS
                                               " FROM wish LEFT JOIN made k ON true";
  const auto& key = creation.key;
  SqlParameters parameters;
  parameters.uuid(key.id)
      .text(apiKeyKindName(key.kind))
      .optionalUuid(key.ownerId)
      .text(key.name)
      .bytea(key.secretHash)
      .textArray(key.scopes)
      .textArray(key.allowedNetworks)
      .optionalTime(key.expiresAt)
      .optionalUuid(key.createdBy)
      .time(key.createdAt)
      .int8(static_cast<std::int64_t>(creation.most))
      .jsonbOrNull(formatAuditJson(creation.audit))
      .optionalUuid(creation.callerSession);
  addMail(parameters, creation.notice);
  return {repeatable(kSql), std::move(parameters), [](const SqlRows& rows) {
            const auto row = rows.row(0);
            if (!row.boolean(0)) {
              return CreatedApiKey{CreateApiKeyOutcome::sessionOver, {}};
            }
            if (!row.boolean(1)) {
              return CreatedApiKey{CreateApiKeyOutcome::widerThanMaker, {}};
            }
            return row.isNull(2) ? CreatedApiKey{}
                                 : CreatedApiKey{CreateApiKeyOutcome::created, readApiKeyRecord(row, 2)};
          }};
}

SqlCall<UseApiKey> sqlCall(const UseApiKey& use) {
  constexpr const char* kSql = R"sql(
WITH used AS (
  UPDATE api_keys SET last_used_at = $2
  WHERE id = $1 AND secret_hash = $3 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
    AND (last_used_at IS NULL OR last_used_at <= $2 - interval '1 minute')
)
SELECT )sql" KS_USER_COLUMNS ", " KS_API_KEY_COLUMNS
                               R"sql(, l.standing, l.permissions, l.networks, l.good_until, l.makers::text[]
FROM api_keys k LEFT JOIN users u ON u.id = k.owner_user_id CROSS JOIN LATERAL api_key_limits(k.id, $2) l WHERE k.id = $1)sql";
  return {repeatable(kSql), std::move(SqlParameters().uuid(use.id).time(use.now).bytea(use.secretHash)),
          [](const SqlRows& rows) { return readFirst<FoundApiKey>(rows, readFoundKey); }};
}

SqlCall<ListApiKeys> sqlCall(const ListApiKeys& which) {
  constexpr const char* kSql = "SELECT " KS_API_KEY_COLUMNS
                               " FROM api_keys k WHERE k.owner_user_id IS NOT DISTINCT FROM $1 "
                               "ORDER BY k.revoked_at IS NULL DESC, k.created_at DESC, k.id DESC LIMIT 200";
  return {repeatable(kSql), std::move(SqlParameters().optionalUuid(which.ownerId)), readApiKeys};
}

SqlCall<RevokeApiKey> sqlCall(const RevokeApiKey& revocation) {
  constexpr const char* kSql = R"sql(
WITH ended AS (
  UPDATE api_keys k SET revoked_at = $3
  WHERE k.id = $1 AND k.owner_user_id IS NOT DISTINCT FROM $2 AND (k.revoked_at IS NULL OR k.revoked_at = $3)
    AND key_refusal(k.id, $5, $3) IS NULL
  RETURNING )sql" KS_API_KEY_COLUMNS R"sql(
), audit AS ()sql" KS_AUDIT_CTE("$4", "ended") R"sql()
SELECT *, false FROM ended UNION ALL
SELECT )sql" KS_API_KEY_COLUMNS R"sql(, key_refusal(k.id, $5, $3) IS NOT NULL FROM api_keys k
WHERE k.id = $1 AND k.owner_user_id IS NOT DISTINCT FROM $2 AND NOT EXISTS (SELECT FROM ended))sql";
  SqlParameters parameters;
  parameters.uuid(revocation.id)
      .optionalUuid(revocation.ownerId)
      .time(revocation.now)
      .jsonbOrNull(formatAuditJson(revocation.audit))
      .optionalUuid(revocation.by);
  return {repeatable(kSql), std::move(parameters), [](const SqlRows& rows) {
            RevokedApiKey revoked;
            if (!rows.empty()) {
              revoked.rankTooLow = rows.row(0).boolean(kApiKeyColumns);
              revoked.key = readApiKeyRecord(rows.row(0), 0);
            }
            return revoked;
          }};
}

// rotated_from is unique: of two simultaneous rotations the second waits, then finds it taken. The caller of
// a rotation becomes the creator of the successor; a key that rotates itself keeps its creator.
SqlCall<RotateApiKey> sqlCall(const RotateApiKey& rotation) {
  constexpr const char* kSql = R"sql(
WITH old AS (
  SELECT * FROM api_keys k WHERE k.id = $1 AND k.owner_user_id IS NULL
), made AS (
  INSERT INTO api_keys (id, kind, name, secret_hash, scopes, allowed_cidrs, expires_at, rotated_from, created_by, created_at)
  SELECT $2, kind, name, $3, scopes, allowed_cidrs, expires_at, id, CASE WHEN id = $4 THEN created_by ELSE $4 END, $6 FROM old
  WHERE old.revoked_at IS NULL AND (old.expires_at IS NULL OR old.expires_at > $6) AND key_refusal(old.id, $4, $6) IS NULL
    AND (id = $4 OR api_key_within($4, allowed_cidrs, expires_at)) IS NOT FALSE
  ON CONFLICT (rotated_from) DO UPDATE SET name = api_keys.name
  RETURNING *
), fresh AS (
  SELECT * FROM made WHERE id = $2
), ending AS (
  UPDATE api_keys SET expires_at = least(api_keys.expires_at, $5),
                      revoked_at = CASE WHEN $5 <= $6 THEN $6 ELSE api_keys.revoked_at END
  FROM fresh WHERE api_keys.id = fresh.rotated_from
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $8, $9, $10, $11, $12, $6, $6 FROM fresh WHERE $8::uuid IS NOT NULL ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$7", "fresh") R"sql()
SELECT EXISTS (SELECT FROM old),
       EXISTS (SELECT FROM old WHERE id IS DISTINCT FROM $4 AND NOT api_key_within($4, allowed_cidrs, expires_at)),
       EXISTS (SELECT FROM old WHERE key_refusal(id, $4, $6) IS NOT NULL), )sql" KS_API_KEY_COLUMNS
                                               " FROM (SELECT) one LEFT JOIN fresh k ON true";
  SqlParameters parameters;
  parameters.uuid(rotation.oldId)
      .uuid(rotation.newId)
      .bytea(rotation.newSecretHash)
      .optionalUuid(rotation.createdBy)
      .time(rotation.oldEndsAt)
      .time(rotation.now)
      .jsonbOrNull(formatAuditJson(rotation.audit));
  addMail(parameters, rotation.notice);
  return {repeatable(kSql), std::move(parameters), [](const SqlRows& rows) {
            const auto row = rows.row(0);
            RotatedApiKey rotated;
            if (!row.isNull(3)) {
              rotated.outcome = RotateApiKeyOutcome::rotated;
              rotated.key = readApiKeyRecord(row, 3);
            } else if (row.boolean(1)) {
              rotated.outcome = RotateApiKeyOutcome::widerThanMaker;
            } else if (row.boolean(2)) {
              rotated.outcome = RotateApiKeyOutcome::rankTooLow;
            } else if (row.boolean(0)) {
              rotated.outcome = RotateApiKeyOutcome::rotatedBefore;
            }
            return rotated;
          }};
}

SqlCall<ListEndedApiKeys> sqlCall(const ListEndedApiKeys&) {
  constexpr const char* kSql =
      "SELECT u.id, u.email::text, u.locale, array_agg(k.id::text ORDER BY k.id), array_agg(k.name ORDER BY "
      "k.id) "
      "FROM api_keys k JOIN users u ON u.id = k.owner_user_id "
      "WHERE NOT k.owner_told AND u.deleted_at IS NULL AND u.email IS NOT NULL GROUP BY u.id LIMIT 20";
  return {
      repeatable(kSql), {}, [](const SqlRows& rows) { return readAll<EndedApiKeys>(rows, readEndedKeys); }};
}

SqlCall<NoteEndedApiKeys> sqlCall(const NoteEndedApiKeys& note) {
  constexpr const char* kSql = R"sql(
WITH told AS (
  UPDATE api_keys SET owner_told = true WHERE id = ANY($1) AND NOT owner_told RETURNING id
)
INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
SELECT $3, $4, $5, $6, $7, $2, $2 WHERE EXISTS (SELECT FROM told) ON CONFLICT DO NOTHING)sql";
  SqlParameters parameters;
  parameters.uuidArray(note.ids).time(note.now);
  addMail(parameters, note.notice);
  return {repeatable(kSql), std::move(parameters), readDone};
}

}  // namespace ks
