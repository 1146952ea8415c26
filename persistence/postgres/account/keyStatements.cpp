#include "persistence/postgres/account/keyStatements.hpp"

#include "persistence/postgres/account/accountStatements.hpp"
#include "persistence/sql/auditStatements.hpp"

/// The columns of an ApiKeyRecord, read by readApiKeyRecord(), from `k`.
#define KS_API_KEY_COLUMNS                                                                    \
  "k.id, k.kind, k.owner_user_id, k.name, k.secret_hash, k.scopes, k.allowed_cidrs::text[], " \
  "k.expires_at, k.last_used_at, k.revoked_at, k.rotated_from, k.created_by, k.created_at"

namespace ks::keyStatements {

// The caller's session is held meanwhile: end_access() waits for it and then sees the key. `most` is no lock:
// of those who make a key at the same instant each counts the others out. Of a key that a key makes, what is
// not said is as its maker has it.
const SqlStatement kCreateApiKey{"apiKey.create",
                                 R"sql(
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
                                               " FROM wish LEFT JOIN made k ON true",
                                 true};

const SqlStatement kUseApiKey{"apiKey.use",
                              R"sql(
WITH used AS (
  UPDATE api_keys SET last_used_at = $2
  WHERE id = $1 AND secret_hash = $3 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
    AND (last_used_at IS NULL OR last_used_at <= $2 - interval '1 minute')
)
SELECT )sql" KS_USER_COLUMNS ", " KS_API_KEY_COLUMNS
                              R"sql(, l.standing, l.permissions, l.networks, l.good_until, l.makers::text[]
FROM api_keys k LEFT JOIN users u ON u.id = k.owner_user_id CROSS JOIN LATERAL api_key_limits(k.id, $2) l WHERE k.id = $1)sql",
                              true};

const SqlStatement kListApiKeys{"apiKey.list",
                                "SELECT " KS_API_KEY_COLUMNS
                                " FROM api_keys k WHERE k.owner_user_id IS NOT DISTINCT FROM $1 "
                                "ORDER BY k.revoked_at IS NULL DESC, k.created_at DESC, k.id DESC LIMIT 200",
                                true};

const SqlStatement kRevokeApiKey{"apiKey.revoke",
                                 R"sql(
WITH ended AS (
  UPDATE api_keys k SET revoked_at = $3
  WHERE k.id = $1 AND k.owner_user_id IS NOT DISTINCT FROM $2 AND (k.revoked_at IS NULL OR k.revoked_at = $3)
    AND key_refusal(k.id, $5, $3) IS NULL
  RETURNING )sql" KS_API_KEY_COLUMNS R"sql(
), audit AS ()sql" KS_AUDIT_CTE("$4", "ended") R"sql()
SELECT *, false FROM ended UNION ALL
SELECT )sql" KS_API_KEY_COLUMNS R"sql(, key_refusal(k.id, $5, $3) IS NOT NULL FROM api_keys k
WHERE k.id = $1 AND k.owner_user_id IS NOT DISTINCT FROM $2 AND NOT EXISTS (SELECT FROM ended))sql",
                                 true};

// rotated_from is unique: of two who rotate at once the second waits, then finds the place taken. Whoever
// rotates a key holds its successor, which is then his as if he had made it; a key that rotates itself stays
// its maker's.
const SqlStatement kRotateApiKey{"apiKey.rotate",
                                 R"sql(
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
                                               " FROM (SELECT) one LEFT JOIN fresh k ON true",
                                 true};

const SqlStatement kEndedKeys{
    "apiKey.ended",
    "SELECT u.id, u.email::text, u.locale, array_agg(k.id::text ORDER BY k.id), array_agg(k.name ORDER BY "
    "k.id) "
    "FROM api_keys k JOIN users u ON u.id = k.owner_user_id "
    "WHERE NOT k.owner_told AND u.deleted_at IS NULL AND u.email IS NOT NULL GROUP BY u.id LIMIT 20",
    true};

const SqlStatement kNoteEndedKeys{"apiKey.noteEnded",
                                  R"sql(
WITH told AS (
  UPDATE api_keys SET owner_told = true WHERE id = ANY($1) AND NOT owner_told RETURNING id
)
INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
SELECT $3, $4, $5, $6, $7, $2, $2 WHERE EXISTS (SELECT FROM told) ON CONFLICT DO NOTHING)sql",
                                  true};

// The row of the key that signs is the gate: of two who rotate at once the second waits for it, finds that it
// signs no longer, and changes nothing. The next key is taken through the retired one's row, so that the
// index over 'current' never sees two.
const SqlStatement kRotateSigningKeys{"signingKey.rotate",
                                      R"sql(
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
SELECT EXISTS (SELECT FROM promoted))sql",
                                      false};

}  // namespace ks::keyStatements
