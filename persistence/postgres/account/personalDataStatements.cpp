#include "persistence/postgres/account/personalDataStatements.hpp"

#include "persistence/sql/auditStatements.hpp"

namespace ks::personalDataStatements {

const SqlStatement kOwnActivity{
    "personalData.activity",
    "SELECT seq, id, at, action, outcome, reason, by, ip, user_agent FROM own_activity "
    "WHERE account = $1 AND ($2::int8 IS NULL OR seq < $2) ORDER BY seq DESC LIMIT $3",
    true};

// Always DO UPDATE, so that an order which another statement has just made is given back too.
const SqlStatement kOrderExport{"personalData.orderExport", R"sql(
WITH made AS (
  INSERT INTO personal_data_exports AS old (id, user_id, claimed_until, created_at, expires_at)
  SELECT $1, id, $3, $3, $4 FROM users WHERE id = $2 AND deleted_at IS NULL
  ON CONFLICT (user_id) DO UPDATE SET (id, content_enc, claimed_until, created_at, ready_at, expires_at) =
    (SELECT one.id, one.content_enc, one.claimed_until, one.created_at, one.ready_at, one.expires_at FROM (VALUES
      (true, excluded.id, excluded.content_enc, excluded.claimed_until, excluded.created_at, excluded.ready_at, excluded.expires_at),
      (false, old.id, old.content_enc, old.claimed_until, old.created_at, old.ready_at, old.expires_at))
      AS one (fresh, id, content_enc, claimed_until, created_at, ready_at, expires_at)
     WHERE one.fresh = (old.id <> $1 AND (old.expires_at <= $3 OR (old.content_enc IS NOT NULL AND old.created_at < $5))))
  RETURNING id, created_at, ready_at, expires_at
), audit AS ()sql" KS_AUDIT_CTE("$6", "(SELECT FROM made WHERE id = $1) fresh") R"sql()
SELECT id, created_at, ready_at, expires_at FROM made)sql",
                                true};

const SqlStatement kFindExport{
    "personalData.findExport",
    "SELECT id, created_at, ready_at, expires_at, content_enc FROM personal_data_exports "
    "WHERE id = $1 AND user_id = $2 AND expires_at > $3",
    true};

const SqlStatement kClaimExport{"personalData.claimExport", R"sql(
WITH expired AS (
  DELETE FROM personal_data_exports WHERE expires_at <= $1
), job AS (
  UPDATE personal_data_exports SET claimed_until = $2
  WHERE id = (SELECT id FROM personal_data_exports WHERE content_enc IS NULL AND claimed_until <= $1 AND expires_at > $1
              ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING id, user_id
)
SELECT job.id, job.user_id, users.email::text, users.locale, (personal_data(job.user_id, $1) #- '{account,search_text}')::text
FROM job JOIN users ON users.id = job.user_id)sql",
                                true};

const SqlStatement kFinishExport{"personalData.finishExport", R"sql(
WITH job AS (
  UPDATE personal_data_exports SET content_enc = $2, ready_at = $3, expires_at = $4 WHERE id = $1 AND content_enc IS NULL RETURNING id
)
INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
SELECT $5, $6, $7, $8, $9, $3, $3 FROM job ON CONFLICT DO NOTHING)sql",
                                 true};

// `revoked_at = $3` with the same reason is this very call repeated: its sessions must be told again.
const SqlStatement kScheduleDeletion{"personalData.scheduleDeletion", R"sql(
WITH verdict AS MATERIALIZED (
  SELECT schedule_account_deletion($1, $2, $3) AS outcome
), scheduled AS (
  SELECT FROM verdict WHERE outcome = 'scheduled'
), ended AS (
  SELECT credential_changed($1, NULL, NULL, false, 'account_deletion', $3) AS id FROM scheduled
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $4, $5, $6, $7, $8, $3, $3 FROM scheduled ON CONFLICT DO NOTHING
), audit AS ()sql" KS_AUDIT_CTE("$9", "scheduled") R"sql()
SELECT verdict.outcome, ended.id FROM verdict LEFT JOIN ended ON true)sql",
                                     true};

const SqlStatement kCancelledDeletions{"personalData.cancelledDeletions",
                                       "SELECT id, email::text, locale FROM users WHERE "
                                       "deletion_cancelled_at IS NOT NULL AND deleted_at IS NULL "
                                       "ORDER BY deletion_cancelled_at LIMIT 20",
                                       true};

const SqlStatement kNoteCancelledDeletion{"personalData.noteCancelledDeletion", R"sql(
WITH account AS (
  UPDATE users SET deletion_cancelled_at = NULL WHERE id = $1 AND deletion_cancelled_at IS NOT NULL RETURNING id
), mail AS (
  INSERT INTO email_outbox (id, template, locale, to_enc, payload_enc, next_at, created_at)
  SELECT $3, $4, $5, $6, $7, $2, $2 FROM account ON CONFLICT DO NOTHING
)
)sql" KS_AUDIT_CTE("$8", "account"),
                                          true};

const SqlStatement kDeleteDueAccount{
    "personalData.deleteDueAccount",
    R"sql(
WITH due AS MATERIALIZED (
  SELECT id FROM users WHERE deletion_due_at <= $1 AND deleted_at IS NULL ORDER BY deletion_due_at LIMIT 1 FOR UPDATE SKIP LOCKED
), verdict AS MATERIALIZED (
  SELECT id, delete_account(id, $1) AS outcome FROM due
), audit AS ()sql" KS_AUDIT_CTE(
        "$2 || jsonb_build_object('target_id', verdict.id) || CASE verdict.outcome WHEN 'deleted' "
        "THEN '{}' ELSE jsonb_build_object('outcome', 'deny', 'reason', verdict.outcome) END",
        "verdict") R"sql()
SELECT id, outcome FROM verdict)sql",
    true};

}  // namespace ks::personalDataStatements
