#include "persistence/postgres/administration/webhookStatements.hpp"

#include "persistence/sql/auditStatements.hpp"

namespace ks::webhookStatements {

#define KS_WEBHOOK_COLUMNS                                                                                \
  "w.id, w.url, w.description, w.events, w.active, w.version, w.created_by, w.created_at, w.updated_at, " \
  "w.old_secret_until, w.authorized_by, may_read_audit(w.authorized_by, now())"
#define KS_DELIVERY_COLUMNS                                                                             \
  "d.id, d.webhook_id, d.event_id, d.event_type, d.status, d.attempts, "                                \
  "CASE WHEN d.status = 'pending' THEN d.next_at END, d.created_at, d.last_attempt_at, d.last_status, " \
  "d.last_error, d.delivered_at"

const SqlStatement kList{"webhook.list",
                         "SELECT " KS_WEBHOOK_COLUMNS " FROM webhooks w ORDER BY created_at, id", true};

const SqlStatement kFind{"webhook.find", "SELECT " KS_WEBHOOK_COLUMNS " FROM webhooks w WHERE id = $1", true};

const SqlStatement kAdd{
    "webhook.add",
    "WITH w AS (INSERT INTO webhooks (id, url, description, events, secret_enc, created_by, "
    "authorized_by, created_at, updated_at) "
    "SELECT $1, $2, $3, $4, $5, $6, $6, $7, $7 WHERE (SELECT count(*) FROM webhooks) < $8 RETURNING *), "
    "audited AS (" KS_AUDIT_CTE("$9", "w") ") SELECT " KS_WEBHOOK_COLUMNS " FROM w"};

const SqlStatement kChange{
    "webhook.change",
    "WITH w AS (UPDATE webhooks SET url = coalesce($3, url), description = coalesce($4, description), "
    "events = coalesce($5, events), active = coalesce($6, active), updated_at = $7, version = version + 1, "
    "authorized_by = $9 "
    "WHERE id = $1 AND ($2 IS NULL OR version = $2) RETURNING *), "
    "audited AS (" KS_AUDIT_CTE(
        "$8 || jsonb_build_object('before', (SELECT jsonb_build_object('url', o.url, 'description', "
        "o.description, "
        "'events', o.events, 'active', o.active) FROM webhooks o WHERE o.id = w.id), 'after', "
        "jsonb_build_object('url', w.url, 'description', w.description, 'events', w.events, 'active', "
        "w.active))",
        "w") ") SELECT " KS_WEBHOOK_COLUMNS " FROM w"};

const SqlStatement kChangeSecret{"webhook.changeSecret",
                                 "WITH w AS (UPDATE webhooks SET secret_enc = $2, "
                                 "old_secret_enc = CASE WHEN $3 > $4 THEN secret_enc END, old_secret_until = "
                                 "CASE WHEN $3 > $4 THEN $3 END, "
                                 "updated_at = $4, version = version + 1 WHERE id = $1 RETURNING *), "
                                 "audited AS (" KS_AUDIT_CTE("$5", "w") ") SELECT " KS_WEBHOOK_COLUMNS
                                                                        " FROM w"};

const SqlStatement kRemove{
    "webhook.remove",
    "WITH w AS (DELETE FROM webhooks WHERE id = $1 RETURNING *), "
    "audited AS (" KS_AUDIT_CTE(
        "$2 || jsonb_build_object('before', jsonb_build_object('url', w.url, 'events', w.events))",
        "w") ") SELECT " KS_WEBHOOK_COLUMNS " FROM w"};

// seq has no gaps and grows in the order of commits: whoever has read up to one has missed none before it.
const SqlStatement kNewEvents{
    "webhook.newEvents",
    "SELECT c.seq, a.seq, a.id, a.type, jsonb_strip_nulls(jsonb_build_object("
    "'id', a.id, 'type', a.type, 'at', to_char(a.at AT TIME ZONE 'UTC', "
    "'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), "
    "'seq', a.seq, 'action', a.action, 'outcome', a.outcome, 'reason', a.reason, "
    "'actor', jsonb_build_object('type', a.actor_type, 'id', a.actor_id), "
    "'target', jsonb_build_object('type', a.target_type, 'id', a.target_id), "
    "'request_id', a.request_id, 'session_id', a.session_id, 'ip', host(a.ip), "
    "'before', a.before, 'after', a.after))::text "
    "FROM webhook_cursor c LEFT JOIN LATERAL (SELECT *, action || CASE outcome WHEN 'ok' THEN '' ELSE '.' || "
    "outcome END "
    "AS type FROM audit_log WHERE seq > c.seq ORDER BY seq LIMIT $1) a ON true ORDER BY a.seq",
    true};

#define KS_WEBHOOK_SENDS(at) "active AND may_read_audit(authorized_by, " at ")"

const SqlStatement kSubscriptions{"webhook.subscriptions",
                                  "SELECT id, events FROM webhooks WHERE " KS_WEBHOOK_SENDS("now()"), true};

#define KS_DELIVERY_WISH "(id uuid, webhook_id uuid, event_id uuid, event_type text, payload text)"

const SqlStatement kEnqueue{
    "webhook.enqueue",
    "WITH moved AS (UPDATE webhook_cursor SET seq = $2 WHERE seq = $1 RETURNING seq), "
    "wish AS (SELECT * FROM jsonb_to_recordset($3) AS w " KS_DELIVERY_WISH
    "), "
    "waiting AS (SELECT webhook_id, count(*) >= $5 AS full FROM webhook_deliveries WHERE status = 'pending' "
    "AND webhook_id IN (SELECT webhook_id FROM wish) GROUP BY 1), "
    "added AS (INSERT INTO webhook_deliveries (id, webhook_id, event_id, event_type, payload, status, "
    "next_at, "
    "give_up_at, created_at, last_error) "
    "SELECT w.id, w.webhook_id, w.event_id, w.event_type, w.payload, "
    "CASE WHEN waiting.full THEN 'dead' ELSE 'pending' END, $4, $4 + interval '1 day', $4, "
    "CASE WHEN waiting.full THEN 'too many deliveries wait for this webhook' END "
    "FROM moved, wish w JOIN webhooks h ON h.id = w.webhook_id LEFT JOIN waiting ON waiting.webhook_id = "
    "w.webhook_id "
    "ON CONFLICT DO NOTHING) SELECT seq FROM moved"};

const SqlStatement kEnqueueOne{
    "webhook.enqueueOne",
    "INSERT INTO webhook_deliveries (id, webhook_id, event_id, event_type, payload, next_at, give_up_at, "
    "created_at) "
    "SELECT w.id, w.webhook_id, w.event_id, w.event_type, w.payload, $2, $2 + interval '1 day', $2 "
    "FROM jsonb_to_recordset($1) AS w " KS_DELIVERY_WISH
    " JOIN webhooks h ON h.id = w.webhook_id "
    "ON CONFLICT DO NOTHING RETURNING id"};

const SqlStatement kClaim{
    "webhook.claim",
    "WITH due AS (SELECT d.id FROM webhooks h CROSS JOIN LATERAL (SELECT id FROM webhook_deliveries "
    "WHERE webhook_id = h.id AND status = 'pending' AND next_at <= $4 ORDER BY next_at LIMIT $2 "
    "FOR UPDATE SKIP LOCKED) d WHERE " KS_WEBHOOK_SENDS(
        "$4") " AND h.id <> ALL ($3) LIMIT $1), "
    "taken AS (UPDATE webhook_deliveries d SET next_at = $5, attempts = attempts + 1, last_attempt_at = $4 "
    "FROM due WHERE d.id = due.id RETURNING d.*) "
    "SELECT t.id, t.webhook_id, h.url, t.event_type, t.payload, t.attempts, t.give_up_at, h.secret_enc, "
    "CASE WHEN h.old_secret_until > $4 THEN h.old_secret_enc END FROM taken t JOIN webhooks h ON h.id = "
    "t.webhook_id "
    "ORDER BY t.created_at, t.id"};

const SqlStatement kSettle{
    "webhook.settle",
    "UPDATE webhook_deliveries SET status = CASE WHEN $2 THEN 'delivered' WHEN $3 IS NULL THEN 'dead' ELSE "
    "'pending' END, "
    "next_at = coalesce($3, next_at), last_status = $4, last_error = $5, "
    "delivered_at = CASE WHEN $2 THEN $6::timestamptz END WHERE id = $1 AND status = 'pending'",
    true};

const SqlStatement kGiveUp{
    "webhook.giveUp",
    "UPDATE webhook_deliveries SET status = 'dead', last_error = coalesce(last_error, 'not active') "
    "WHERE status = 'pending' AND give_up_at < $1 AND next_at < $1",
    true};

const SqlStatement kForget{"webhook.forget",
                           "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries "
                           "WHERE status <> 'pending' AND created_at < $1 LIMIT $2)",
                           true};

const SqlStatement kDeliveries{
    "webhook.deliveries",
    "SELECT " KS_DELIVERY_COLUMNS
    " FROM webhook_deliveries d WHERE webhook_id = $1 AND ($2 = '' OR status = $2) "
    "AND (created_at, id) < ($3, $4) ORDER BY created_at DESC, id DESC LIMIT $5",
    true};

const SqlStatement kRedeliver{"webhook.redeliver",
                              "WITH d AS (UPDATE webhook_deliveries SET status = 'pending', next_at = $2, "
                              "give_up_at = $2 + interval '1 day', "
                              "delivered_at = NULL WHERE id = $1 RETURNING *), "
                              "audited AS (" KS_AUDIT_CTE("$3", "d") ") SELECT " KS_DELIVERY_COLUMNS
                                                                     " FROM d"};

}  // namespace ks::webhookStatements
