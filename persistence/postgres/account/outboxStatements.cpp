#include "persistence/postgres/account/accountStatements.hpp"

#include "persistence/sql/auditStatements.hpp"

namespace ks::accountStatements {

// A claim counts as an attempt at once, so that a mail that ends its sender is counted too.
const SqlStatement kClaimMails{"outbox.claim", R"sql(
WITH due AS MATERIALIZED (
  SELECT id FROM email_outbox WHERE sent_at IS NULL AND next_at <= $2 ORDER BY next_at, id LIMIT $1 FOR UPDATE SKIP LOCKED
), claimed AS (
  UPDATE email_outbox SET next_at = $3, attempts = email_outbox.attempts + 1 FROM due WHERE email_outbox.id = due.id
  RETURNING email_outbox.id, template, locale, to_enc, payload_enc, attempts
)
SELECT * FROM claimed ORDER BY id)sql",
                               true};

// What was sent is wiped: address and one-time links have done their work.
const SqlStatement kMarkMailSent{
    "outbox.sent",
    "UPDATE email_outbox SET sent_at = $2, to_enc = '', payload_enc = '', last_error = NULL WHERE id = $1",
    true};

const SqlStatement kMarkMailFailed{
    "outbox.failed",
    "UPDATE email_outbox SET next_at = $2, last_error = left($3, 1000) WHERE id = $1 AND sent_at IS NULL",
    true};

// The next try of a mail that was given up is at infinity.
const SqlStatement kGiveUpMail{"outbox.giveUp", R"sql(
WITH mail AS (
  UPDATE email_outbox SET next_at = 'infinity', to_enc = '', payload_enc = '', last_error = left($2, 1000)
  WHERE id = $1 AND sent_at IS NULL AND next_at < 'infinity' RETURNING id
)
)sql" KS_AUDIT_CTE("$3", "mail"),
                               true};

#define KS_KEY_COLUMNS "kid, public_key, private_enc, status, not_before, retire_at"
#define KS_KEY_ORDER \
  " ORDER BY array_position(ARRAY['current', 'next', 'retiring'], status), not_before DESC, kid"

const SqlStatement kSigningKeys{"keys.list",
                                "SELECT " KS_KEY_COLUMNS
                                " FROM signing_keys WHERE retire_at IS NULL OR retire_at > $1" KS_KEY_ORDER,
                                true};

// DO UPDATE gives the current key also when another process has just stored it after this statement's
// snapshot.
const SqlStatement kEnsureSigningKey{
    "keys.ensure",
    "WITH current AS (INSERT INTO signing_keys "
    "(kid, public_key, private_enc, status, not_before, retire_at, created_at) "
    "VALUES ($1, $2, $3, 'current', $4, $5, $6) "
    "ON CONFLICT (status) WHERE status = 'current' DO UPDATE SET status = signing_keys.status "
    "RETURNING " KS_KEY_COLUMNS "), every AS (SELECT * FROM current UNION ALL SELECT " KS_KEY_COLUMNS
    " FROM signing_keys WHERE kid NOT IN (SELECT kid FROM current) AND status <> 'current' "
    "AND (retire_at IS NULL OR retire_at > $6)) SELECT * FROM every" KS_KEY_ORDER,
    true};

const SqlStatement kInsertHealthSnapshot{
    "health.insert",
    "INSERT INTO system_health_snapshot (id, at, process, db_status, db_latency_ms, redis_status, "
    "redis_latency_ms, "
    "crypto_status, crypto_latency_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    true};

}  // namespace ks::accountStatements
