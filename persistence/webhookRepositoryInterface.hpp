#pragma once
#include <functional>
#include <memory>

#include "core/result.hpp"
#include "messages/administration/webhookRecords.hpp"

namespace ks {

/// Webhooks, their deliveries, and how far the audit trail has been turned into deliveries. Blocking, within
/// the database timeout; belongs to one thread.
class WebhookRepositoryInterface {
 public:
  static constexpr std::int64_t kMostWebhooks = 50;
  /// Maximum pending deliveries of one webhook; further ones are dead at once.
  static constexpr std::int64_t kMostWaiting = 10'000;

  virtual ~WebhookRepositoryInterface() = default;

  /// Oldest first.
  virtual Result<std::vector<Webhook>> list() = 0;
  /// webhookNotFound.
  virtual Result<Webhook> find(const Uuid& id) = 0;
  /// `overloaded` when there are kMostWebhooks.
  virtual Result<Webhook> add(const NewWebhook& webhook) = 0;
  /// webhookNotFound, versionMismatch.
  virtual Result<Webhook> change(const WebhookChange& change) = 0;
  /// The previous secret also signs until `oldUntil`. webhookNotFound.
  virtual Result<Webhook> changeSecret(const WebhookSecretChange& change) = 0;
  /// Its deliveries go with it. webhookNotFound.
  virtual Result<Done> remove(const WebhookRemoval& removal) = 0;

  /// The next entries of the audit trail, at most `limit`, and their webhooks.
  virtual Result<DeliverableEvents> newEvents(std::int32_t limit) = 0;
  /// Stores the deliveries and that entries up to `upTo` are done, both or, when `cursor` is no longer the
  /// one read, neither.
  virtual Result<bool> enqueue(std::int64_t cursor, std::int64_t upTo,
                               const std::vector<NewDelivery>& deliveries, TimePoint now) = 0;
  /// One delivery out of turn.
  virtual Result<Done> enqueueOne(const NewDelivery& delivery, TimePoint now) = 0;

  /// Takes due deliveries of webhooks that are not `busy`, at most `limit` and `each` of one webhook, and
  /// hides them until `leaseUntil`.
  virtual Result<std::vector<ClaimedDelivery>> claim(std::int32_t limit, std::int32_t each,
                                                     const std::vector<Uuid>& busy, TimePoint now,
                                                     TimePoint leaseUntil) = 0;
  virtual Result<Done> settle(const DeliveryOutcome& outcome) = 0;
  /// Gives up what is overdue and deletes old deliveries; the rows touched.
  virtual Result<std::int64_t> clean(TimePoint now) = 0;

  /// Newest first. cursorInvalid.
  virtual Result<DeliveryPage> deliveries(const DeliveryQuery& query) = 0;
  /// Sends it again, whatever its status. notFound.
  virtual Result<WebhookDelivery> redeliver(const Uuid& id, TimePoint now, const AuditEvent& audit) = 0;
};

using WebhookRepositoryFactory = std::function<std::unique_ptr<WebhookRepositoryInterface>()>;

}  // namespace ks
