#include "persistence/postgres/administration/postgresWebhookRepository.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "core/logging/eventRows.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/keysetPage.hpp"

#define KS_WEBHOOK_COLUMNS                                                                                \
  "w.id, w.url, w.description, w.events, w.active, w.version, w.created_by, w.created_at, w.updated_at, " \
  "w.old_secret_until, w.authorized_by, may_read_audit(w.authorized_by, now())"

#define KS_DELIVERY_COLUMNS                                                                             \
  "d.id, d.webhook_id, d.event_id, d.event_type, d.status, d.attempts, "                                \
  "CASE WHEN d.status = 'pending' THEN d.next_at END, d.created_at, d.last_attempt_at, d.last_status, " \
  "d.last_error, d.delivered_at"

#define KS_WEBHOOK_SENDS(at) "active AND may_read_audit(authorized_by, " at ")"

#define KS_DELIVERY_WISH "(id uuid, webhook_id uuid, event_id uuid, event_type text, payload text)"

namespace ks {

namespace {

/// How long finished deliveries are kept.
constexpr std::chrono::days kKeepDeliveries{30};
constexpr std::int32_t kForgetStep = 5000;

Webhook readWebhook(const SqlRow& row) {
  return {row.uuid(0),  std::string{row.text(1)}, std::string{row.text(2)}, row.textArray(3), row.boolean(4),
          row.int64(5), row.optionalUuid(6),      row.optionalUuid(10),     row.boolean(11),  row.time(7),
          row.time(8),  row.optionalTime(9)};
}

WebhookDelivery readDelivery(const SqlRow& row) {
  WebhookDelivery delivery;
  delivery.id = row.uuid(0);
  delivery.webhookId = row.uuid(1);
  delivery.eventId = row.uuid(2);
  delivery.eventType = row.text(3);
  delivery.status = row.text(4);
  delivery.attempts = static_cast<std::uint32_t>(row.int64(5));
  delivery.nextAt = row.optionalTime(6);
  delivery.createdAt = row.time(7);
  delivery.lastAttemptAt = row.optionalTime(8);
  if (const auto status = row.optionalInt64(9)) {
    delivery.lastStatus = static_cast<std::uint32_t>(*status);
  }
  delivery.lastError = row.textOrEmpty(10);
  delivery.deliveredAt = row.optionalTime(11);
  return delivery;
}

ClaimedDelivery readClaimed(const SqlRow& row) {
  return {row.uuid(0),
          row.uuid(1),
          std::string{row.text(2)},
          std::string{row.text(3)},
          std::string{row.text(4)},
          static_cast<std::uint32_t>(row.int64(5)),
          row.time(6),
          row.bytea(7),
          row.byteaOrEmpty(8)};
}

std::string deliveriesJson(const std::vector<NewDelivery>& deliveries) {
  auto json = nlohmann::json::array();
  for (const auto& delivery : deliveries) {
    json.push_back({{"id", delivery.id.toString()},
                    {"webhook_id", delivery.webhookId.toString()},
                    {"event_id", delivery.eventId.toString()},
                    {"event_type", delivery.eventType},
                    {"payload", delivery.payload}});
  }
  return json.dump();
}

SqlParameters& addTexts(SqlParameters& parameters, const std::optional<std::vector<std::string>>& texts) {
  return texts ? parameters.textArray(*texts) : parameters.null(SqlType::textArray);
}

}  // namespace

Result<Webhook> PostgresWebhookRepository::one(const SqlStatement& statement,
                                               const SqlParameters& parameters) {
  return session_.connectAndExec(statement, parameters).then([](const SqlRows& rows) {
    return readFirst<Webhook>(rows, readWebhook, ErrorCode::webhookNotFound);
  });
}

Result<std::vector<Webhook>> PostgresWebhookRepository::list() {
  constexpr SqlStatement kSql{"webhook.list",
                              "SELECT " KS_WEBHOOK_COLUMNS " FROM webhooks w ORDER BY created_at, id", true};
  return session_.connectAndExec(kSql).then(
      [](const SqlRows& rows) { return readAll<Webhook>(rows, readWebhook); });
}

Result<Webhook> PostgresWebhookRepository::find(const Uuid& id) {
  constexpr SqlStatement kSql{"webhook.find", "SELECT " KS_WEBHOOK_COLUMNS " FROM webhooks w WHERE id = $1",
                              true};
  return one(kSql, SqlParameters().uuid(id));
}

Result<Webhook> PostgresWebhookRepository::add(const NewWebhook& added) {
  constexpr SqlStatement kSql{
      "webhook.add",
      "WITH w AS (INSERT INTO webhooks (id, url, description, events, secret_enc, created_by, "
      "authorized_by, created_at, updated_at) "
      "SELECT $1, $2, $3, $4, $5, $6, $6, $7, $7 WHERE (SELECT count(*) FROM webhooks) < $8 RETURNING *), "
      "audited AS (" KS_AUDIT_CTE("$9", "w") ") SELECT " KS_WEBHOOK_COLUMNS " FROM w"};
  const auto& webhook = added.webhook;
  auto made = one(kSql, SqlParameters()
                            .uuid(webhook.id)
                            .text(webhook.url)
                            .text(webhook.description)
                            .textArray(webhook.events)
                            .bytea(added.secretSealed)
                            .optionalUuid(webhook.createdBy)
                            .time(webhook.createdAt)
                            .int8(kMostWebhooks)
                            .jsonbOrNull(formatAuditJson(added.audit)));
  if (!made.ok() && made.fault().code == ErrorCode::webhookNotFound) {
    return messageFault(ErrorCode::conflict,
                        "there are " + std::to_string(kMostWebhooks) + " webhooks already");
  }
  return made;
}

Result<Webhook> PostgresWebhookRepository::change(const WebhookChange& change) {
  constexpr SqlStatement kSql{
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
  SqlParameters parameters;
  parameters.uuid(change.id)
      .optionalInt8(change.expectedVersion)
      .optionalText(change.url)
      .optionalText(change.description);
  addTexts(parameters, change.events).optionalBoolean(change.active);
  parameters.time(change.now).jsonbOrNull(formatAuditJson(change.audit)).optionalUuid(change.actor);
  auto changed = one(kSql, parameters);
  if (!changed.ok() && changed.fault().code == ErrorCode::webhookNotFound && find(change.id).ok()) {
    return ErrorCode::versionMismatch;
  }
  return changed;
}

Result<Webhook> PostgresWebhookRepository::changeSecret(const WebhookSecretChange& change) {
  constexpr SqlStatement kSql{"webhook.changeSecret",
                              "WITH w AS (UPDATE webhooks SET secret_enc = $2, "
                              "old_secret_enc = CASE WHEN $3 > $4 THEN secret_enc END, old_secret_until = "
                              "CASE WHEN $3 > $4 THEN $3 END, "
                              "updated_at = $4, version = version + 1 WHERE id = $1 RETURNING *), "
                              "audited AS (" KS_AUDIT_CTE("$5", "w") ") SELECT " KS_WEBHOOK_COLUMNS
                                                                     " FROM w"};
  return one(kSql, SqlParameters()
                       .uuid(change.id)
                       .bytea(change.secretSealed)
                       .time(change.oldUntil)
                       .time(change.now)
                       .jsonbOrNull(formatAuditJson(change.audit)));
}

Result<Done> PostgresWebhookRepository::remove(const WebhookRemoval& removal) {
  constexpr SqlStatement kSql{
      "webhook.remove",
      "WITH w AS (DELETE FROM webhooks WHERE id = $1 RETURNING *), "
      "audited AS (" KS_AUDIT_CTE(
          "$2 || jsonb_build_object('before', jsonb_build_object('url', w.url, 'events', w.events))",
          "w") ") SELECT " KS_WEBHOOK_COLUMNS " FROM w"};
  return one(kSql, SqlParameters().uuid(removal.id).jsonbOrNull(formatAuditJson(removal.audit)))
      .then([](const Webhook&) { return Done{}; });
}

Result<DeliverableEvents> PostgresWebhookRepository::newEvents(std::int32_t limit) {
  // seq has no gaps and grows in the order of commits: a reader up to one entry has missed none before it.
  constexpr SqlStatement kNewEvents{
      "webhook.newEvents",
      "SELECT c.seq, a.seq, a.id, a.type, jsonb_strip_nulls(jsonb_build_object("
      "'id', a.id, 'type', a.type, 'at', to_char(a.at AT TIME ZONE 'UTC', "
      "'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), "
      "'seq', a.seq, 'action', a.action, 'outcome', a.outcome, 'reason', a.reason, "
      "'actor', jsonb_build_object('type', a.actor_type, 'id', a.actor_id), "
      "'target', jsonb_build_object('type', a.target_type, 'id', a.target_id), "
      "'request_id', a.request_id, 'session_id', CASE WHEN a.action NOT LIKE 'payment.%' THEN a.session_id END, "
      "'ip', CASE WHEN a.action NOT LIKE 'payment.%' THEN host(a.ip) END, "
      "'before', a.before, 'after', a.after))::text "
      "FROM webhook_cursor c LEFT JOIN LATERAL (SELECT *, action || CASE outcome WHEN 'ok' THEN '' ELSE '.' "
      "|| "
      "outcome END "
      "AS type FROM audit_log WHERE seq > c.seq ORDER BY seq LIMIT $1) a ON true ORDER BY a.seq",
      true};
  constexpr SqlStatement kSubscriptions{
      "webhook.subscriptions", "SELECT id, events FROM webhooks WHERE " KS_WEBHOOK_SENDS("now()"), true};
  auto rows = session_.connectAndExec(kNewEvents, SqlParameters().int4(limit));
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  DeliverableEvents found;
  for (const auto row : rows.value()) {
    found.cursor = row.int64(0);
    if (!row.isNull(1)) {
      found.events.push_back({row.int64(1), row.uuid(2), std::string{row.text(3)}, std::string{row.text(4)}});
    }
  }
  if (found.events.empty()) {
    return found;
  }
  return session_.connectAndExec(kSubscriptions).then([&found](const SqlRows& subscriptions) {
    for (const auto row : subscriptions) {
      found.subscriptions.push_back({row.uuid(0), row.textArray(1)});
    }
    return std::move(found);
  });
}

Result<bool> PostgresWebhookRepository::enqueue(std::int64_t cursor, std::int64_t upTo,
                                                const std::vector<NewDelivery>& deliveries, TimePoint now) {
  constexpr SqlStatement kSql{
      "webhook.enqueue",
      "WITH moved AS (UPDATE webhook_cursor SET seq = $2 WHERE seq = $1 RETURNING seq), "
      "wish AS (SELECT * FROM jsonb_to_recordset($3) AS w " KS_DELIVERY_WISH
      "), "
      "waiting AS (SELECT webhook_id, count(*) >= $5 AS full FROM webhook_deliveries WHERE status = "
      "'pending' "
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
  return session_
      .connectAndExec(kSql, SqlParameters()
                                .int8(cursor)
                                .int8(upTo)
                                .jsonb(deliveriesJson(deliveries))
                                .time(now)
                                .int8(kMostWaiting))
      .then(readAnyRow);
}

Result<Done> PostgresWebhookRepository::enqueueOne(const NewDelivery& delivery, TimePoint now) {
  constexpr SqlStatement kSql{
      "webhook.enqueueOne",
      "INSERT INTO webhook_deliveries (id, webhook_id, event_id, event_type, payload, next_at, give_up_at, "
      "created_at) "
      "SELECT w.id, w.webhook_id, w.event_id, w.event_type, w.payload, $2, $2 + interval '1 day', $2 "
      "FROM jsonb_to_recordset($1) AS w " KS_DELIVERY_WISH
      " JOIN webhooks h ON h.id = w.webhook_id "
      "ON CONFLICT DO NOTHING RETURNING id"};
  return session_.connectAndExec(kSql, SqlParameters().jsonb(deliveriesJson({delivery})).time(now))
      .then([](const SqlRows& rows) {
        return rows.empty() ? Result<Done>(ErrorCode::webhookNotFound) : Result<Done>(Done{});
      });
}

Result<std::vector<ClaimedDelivery>> PostgresWebhookRepository::claim(std::int32_t limit, std::int32_t each,
                                                                      const std::vector<Uuid>& busy,
                                                                      TimePoint now, TimePoint leaseUntil) {
  constexpr SqlStatement kSql{"webhook.claim", "WITH due AS (SELECT d.id FROM webhooks h CROSS JOIN LATERAL (SELECT id FROM webhook_deliveries "
    "WHERE webhook_id = h.id AND status = 'pending' AND next_at <= $4 ORDER BY next_at LIMIT $2 "
    "FOR UPDATE SKIP LOCKED) d WHERE " KS_WEBHOOK_SENDS(
        "$4") " AND h.id <> ALL ($3) LIMIT $1), "
    "taken AS (UPDATE webhook_deliveries d SET next_at = $5, attempts = attempts + 1, last_attempt_at = $4 "
    "FROM due WHERE d.id = due.id RETURNING d.*) "
    "SELECT t.id, t.webhook_id, h.url, t.event_type, t.payload, t.attempts, t.give_up_at, h.secret_enc, "
    "CASE WHEN h.old_secret_until > $4 THEN h.old_secret_enc END FROM taken t JOIN webhooks h ON h.id = "
    "t.webhook_id "
    "ORDER BY t.created_at, t.id"};
  return session_
      .connectAndExec(kSql, SqlParameters().int4(limit).int4(each).uuidArray(busy).time(now).time(leaseUntil))
      .then([](const SqlRows& rows) { return readAll<ClaimedDelivery>(rows, readClaimed); });
}

Result<Done> PostgresWebhookRepository::settle(const DeliveryOutcome& outcome) {
  constexpr SqlStatement kSql{
      "webhook.settle",
      "UPDATE webhook_deliveries SET status = CASE WHEN $2 THEN 'delivered' WHEN $3 IS NULL THEN 'dead' ELSE "
      "'pending' END, "
      "next_at = coalesce($3, next_at), last_status = $4, last_error = $5, "
      "delivered_at = CASE WHEN $2 THEN $6::timestamptz END WHERE id = $1 AND status = 'pending'",
      true};
  SqlParameters parameters;
  parameters.uuid(outcome.id)
      .boolean(outcome.delivered)
      .optionalTime(outcome.nextAt)
      .optionalInt4(outcome.status)
      .textOrNull(outcome.error)
      .time(outcome.now);
  return session_.connectAndExec(kSql, parameters).then(readDone);
}

Result<std::int64_t> PostgresWebhookRepository::clean(TimePoint now) {
  constexpr SqlStatement kGiveUp{
      "webhook.giveUp",
      "UPDATE webhook_deliveries SET status = 'dead', last_error = coalesce(last_error, 'not active') "
      "WHERE status = 'pending' AND give_up_at < $1 AND next_at < $1",
      true};
  constexpr SqlStatement kForget{
      "webhook.forget",
      "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries "
      "WHERE status <> 'pending' AND created_at < $1 LIMIT $2)",
      true};
  auto givenUp = session_.connectAndExec(kGiveUp, SqlParameters().time(now));
  if (!givenUp.ok()) {
    return std::move(givenUp.fault());
  }
  return session_.connectAndExec(kForget, SqlParameters().time(now - kKeepDeliveries).int4(kForgetStep))
      .then([&](const SqlRows& forgotten) { return givenUp.value().affected() + forgotten.affected(); });
}

Result<DeliveryPage> PostgresWebhookRepository::deliveries(const DeliveryQuery& query) {
  constexpr SqlStatement kSql{"webhook.deliveries",
                              "SELECT " KS_DELIVERY_COLUMNS
                              " FROM webhook_deliveries d WHERE webhook_id = $1 AND ($2 = '' OR status = $2) "
                              "AND (created_at, id) < ($3, $4) ORDER BY created_at DESC, id DESC LIMIT $5",
                              true};
  const auto list = "webhookDeliveries|" + query.id.toString() + "|" + query.status;
  const auto place = keysetPlace(list, query.cursor);
  if (!place.ok()) {
    return place.fault();
  }
  return session_
      .connectAndExec(kSql, SqlParameters()
                                .uuid(query.id)
                                .text(query.status)
                                .time(place.value().before)
                                .uuid(place.value().beforeId)
                                .int8(static_cast<std::int64_t>(query.limit) + 1))
      .then([&](const SqlRows& rows) {
        DeliveryPage page{readAll<WebhookDelivery>(rows, readDelivery), {}};
        endKeysetPage(page, list, query.limit);
        return page;
      });
}

Result<WebhookDelivery> PostgresWebhookRepository::redeliver(const Uuid& id, TimePoint now,
                                                             const AuditEvent& audit) {
  constexpr SqlStatement kSql{"webhook.redeliver",
                              "WITH d AS (UPDATE webhook_deliveries SET status = 'pending', next_at = $2, "
                              "give_up_at = $2 + interval '1 day', "
                              "delivered_at = NULL WHERE id = $1 RETURNING *), "
                              "audited AS (" KS_AUDIT_CTE("$3", "d") ") SELECT " KS_DELIVERY_COLUMNS
                                                                     " FROM d"};
  return session_.connectAndExec(kSql, SqlParameters().uuid(id).time(now).jsonbOrNull(formatAuditJson(audit)))
      .then([](const SqlRows& rows) {
        return readFirst<WebhookDelivery>(rows, readDelivery, ErrorCode::notFound);
      });
}

}  // namespace ks
