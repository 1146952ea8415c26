#pragma once
#include <utility>

#include "persistence/sql/postgresSession.hpp"
#include "persistence/webhookRepositoryInterface.hpp"

namespace ks {

/// Webhooks over a PostgreSQL connection of their own.
class PostgresWebhookRepository final : public WebhookRepositoryInterface {
 public:
  explicit PostgresWebhookRepository(PostgresConfig config) : session_(std::move(config)) {}

  Result<std::vector<Webhook>> list() override;
  Result<Webhook> find(const Uuid& id) override;
  Result<Webhook> add(const NewWebhook& webhook) override;
  Result<Webhook> change(const WebhookChange& change) override;
  Result<Webhook> changeSecret(const WebhookSecretChange& change) override;
  Result<Done> remove(const WebhookRemoval& removal) override;
  Result<DeliverableEvents> newEvents(std::int32_t limit) override;
  Result<bool> enqueue(std::int64_t cursor, std::int64_t upTo, const std::vector<NewDelivery>& deliveries,
                       TimePoint now) override;
  Result<Done> enqueueOne(const NewDelivery& delivery, TimePoint now) override;
  Result<std::vector<ClaimedDelivery>> claim(std::int32_t limit, std::int32_t each,
                                             const std::vector<Uuid>& busy, TimePoint now,
                                             TimePoint leaseUntil) override;
  Result<Done> settle(const DeliveryOutcome& outcome) override;
  Result<std::int64_t> clean(TimePoint now) override;
  Result<DeliveryPage> deliveries(const DeliveryQuery& query) override;
  Result<WebhookDelivery> redeliver(const Uuid& id, TimePoint now, const AuditEvent& audit) override;

 private:
  /// The one webhook that the statement gives; webhookNotFound.
  Result<Webhook> one(const SqlStatement& statement, const SqlParameters& parameters);

  PostgresSession session_;
};

}  // namespace ks
