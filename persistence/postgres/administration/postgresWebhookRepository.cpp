#include "persistence/postgres/administration/postgresWebhookRepository.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/administration/webhookStatements.hpp"
#include "persistence/sql/keysetPage.hpp"

namespace ks {

namespace webhookSql = webhookStatements;

namespace {

/// Deliveries that are over are kept for so long.
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
  auto rows = session_.connectAndExec(statement, parameters);
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  if (rows.value().empty()) {
    return ErrorCode::webhookNotFound;
  }
  return readWebhook(rows.value().row(0));
}

Result<std::vector<Webhook>> PostgresWebhookRepository::list() {
  auto rows = session_.connectAndExec(webhookSql::kList);
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  std::vector<Webhook> webhooks;
  webhooks.reserve(static_cast<std::size_t>(rows.value().size()));
  for (int i = 0; i < rows.value().size(); ++i) {
    webhooks.push_back(readWebhook(rows.value().row(i)));
  }
  return webhooks;
}

Result<Webhook> PostgresWebhookRepository::find(const Uuid& id) {
  return one(webhookSql::kFind, SqlParameters().uuid(id));
}

Result<Webhook> PostgresWebhookRepository::add(const NewWebhook& added) {
  const auto& webhook = added.webhook;
  auto made = one(webhookSql::kAdd, SqlParameters()
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
    auto fault = makeFault(ErrorCode::conflict);
    fault.message = "there are " + std::to_string(kMostWebhooks) + " webhooks already";
    return fault;
  }
  return made;
}

Result<Webhook> PostgresWebhookRepository::change(const WebhookChange& change) {
  SqlParameters parameters;
  parameters.uuid(change.id)
      .optionalInt8(change.expectedVersion)
      .optionalText(change.url)
      .optionalText(change.description);
  addTexts(parameters, change.events);
  if (change.active) {
    parameters.boolean(*change.active);
  } else {
    parameters.null(SqlType::boolean);
  }
  parameters.time(change.now).jsonbOrNull(formatAuditJson(change.audit)).optionalUuid(change.actor);
  auto changed = one(webhookSql::kChange, parameters);
  if (!changed.ok() && changed.fault().code == ErrorCode::webhookNotFound && find(change.id).ok()) {
    return ErrorCode::versionMismatch;
  }
  return changed;
}

Result<Webhook> PostgresWebhookRepository::changeSecret(const WebhookSecretChange& change) {
  return one(webhookSql::kChangeSecret, SqlParameters()
                                            .uuid(change.id)
                                            .bytea(change.secretSealed)
                                            .time(change.oldUntil)
                                            .time(change.now)
                                            .jsonbOrNull(formatAuditJson(change.audit)));
}

Result<Done> PostgresWebhookRepository::remove(const WebhookRemoval& removal) {
  auto removed =
      one(webhookSql::kRemove, SqlParameters().uuid(removal.id).jsonbOrNull(formatAuditJson(removal.audit)));
  if (!removed.ok()) {
    return std::move(removed.fault());
  }
  return Done{};
}

Result<DeliverableEvents> PostgresWebhookRepository::newEvents(std::int32_t limit) {
  auto rows = session_.connectAndExec(webhookSql::kNewEvents, SqlParameters().int4(limit));
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  DeliverableEvents found;
  for (int i = 0; i < rows.value().size(); ++i) {
    const auto row = rows.value().row(i);
    found.cursor = row.int64(0);
    if (!row.isNull(1)) {
      found.events.push_back({row.int64(1), row.uuid(2), std::string{row.text(3)}, std::string{row.text(4)}});
    }
  }
  if (found.events.empty()) {
    return found;
  }
  auto subscriptions = session_.connectAndExec(webhookSql::kSubscriptions);
  if (!subscriptions.ok()) {
    return std::move(subscriptions.fault());
  }
  for (int i = 0; i < subscriptions.value().size(); ++i) {
    const auto row = subscriptions.value().row(i);
    found.subscriptions.push_back({row.uuid(0), row.textArray(1)});
  }
  return found;
}

Result<bool> PostgresWebhookRepository::enqueue(std::int64_t cursor, std::int64_t upTo,
                                                const std::vector<NewDelivery>& deliveries, TimePoint now) {
  auto rows = session_.connectAndExec(
      webhookSql::kEnqueue,
      SqlParameters().int8(cursor).int8(upTo).jsonb(deliveriesJson(deliveries)).time(now).int8(kMostWaiting));
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  return !rows.value().empty();
}

Result<Done> PostgresWebhookRepository::enqueueOne(const NewDelivery& delivery, TimePoint now) {
  auto rows = session_.connectAndExec(webhookSql::kEnqueueOne,
                                      SqlParameters().jsonb(deliveriesJson({delivery})).time(now));
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  if (rows.value().empty()) {
    return ErrorCode::webhookNotFound;
  }
  return Done{};
}

Result<std::vector<ClaimedDelivery>> PostgresWebhookRepository::claim(std::int32_t limit, std::int32_t each,
                                                                      const std::vector<Uuid>& busy,
                                                                      TimePoint now, TimePoint leaseUntil) {
  auto rows = session_.connectAndExec(
      webhookSql::kClaim, SqlParameters().int4(limit).int4(each).uuidArray(busy).time(now).time(leaseUntil));
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  std::vector<ClaimedDelivery> claimed;
  for (int i = 0; i < rows.value().size(); ++i) {
    const auto row = rows.value().row(i);
    claimed.push_back({row.uuid(0), row.uuid(1), std::string{row.text(2)}, std::string{row.text(3)},
                       std::string{row.text(4)}, static_cast<std::uint32_t>(row.int64(5)), row.time(6),
                       row.bytea(7), row.byteaOrEmpty(8)});
  }
  return claimed;
}

Result<Done> PostgresWebhookRepository::settle(const DeliveryOutcome& outcome) {
  SqlParameters parameters;
  parameters.uuid(outcome.id).boolean(outcome.delivered).optionalTime(outcome.nextAt);
  if (outcome.status) {
    parameters.int4(static_cast<std::int32_t>(*outcome.status));
  } else {
    parameters.null(SqlType::int4);
  }
  parameters.textOrNull(outcome.error).time(outcome.now);
  auto rows = session_.connectAndExec(webhookSql::kSettle, parameters);
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  return Done{};
}

Result<std::int64_t> PostgresWebhookRepository::clean(TimePoint now) {
  auto givenUp = session_.connectAndExec(webhookSql::kGiveUp, SqlParameters().time(now));
  if (!givenUp.ok()) {
    return std::move(givenUp.fault());
  }
  auto forgotten = session_.connectAndExec(webhookSql::kForget,
                                           SqlParameters().time(now - kKeepDeliveries).int4(kForgetStep));
  if (!forgotten.ok()) {
    return std::move(forgotten.fault());
  }
  return givenUp.value().affected() + forgotten.value().affected();
}

Result<DeliveryPage> PostgresWebhookRepository::deliveries(const DeliveryQuery& query) {
  const auto list = "webhookDeliveries|" + query.webhookId.toString() + "|" + query.status;
  const auto place = keysetPlace(list, query.cursor);
  if (!place.ok()) {
    return place.fault();
  }
  auto rows =
      session_.connectAndExec(webhookSql::kDeliveries, SqlParameters()
                                                           .uuid(query.webhookId)
                                                           .text(query.status)
                                                           .time(place.value().before)
                                                           .uuid(place.value().beforeId)
                                                           .int8(static_cast<std::int64_t>(query.limit) + 1));
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  DeliveryPage page;
  for (int i = 0; i < rows.value().size(); ++i) {
    page.rows.push_back(readDelivery(rows.value().row(i)));
  }
  endKeysetPage(page, list, query.limit);
  return page;
}

Result<WebhookDelivery> PostgresWebhookRepository::redeliver(const Uuid& id, TimePoint now,
                                                             const AuditEvent& audit) {
  auto rows = session_.connectAndExec(webhookSql::kRedeliver,
                                      SqlParameters().uuid(id).time(now).jsonbOrNull(formatAuditJson(audit)));
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  if (rows.value().empty()) {
    return ErrorCode::notFound;
  }
  return readDelivery(rows.value().row(0));
}

}  // namespace ks
