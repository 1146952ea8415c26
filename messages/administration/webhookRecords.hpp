#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/clockInterface.hpp"
#include "core/logging/auditEvent.hpp"
#include "core/uuid.hpp"

// Webhooks and what is delivered to them. Plain data.
namespace ks {

struct Webhook {
  Uuid id;
  std::string url;
  std::string description;
  std::vector<std::string> events;  ///< patterns, core/logging/eventPattern.hpp
  bool active = true;
  std::int64_t version = 1;
  std::optional<Uuid> createdBy;
  std::optional<Uuid> authorizedBy;  ///< who made it or changed it last; nothing: the operator
  bool authorized = true;            ///< that one may read the audit trail now; else nothing is sent
  TimePoint createdAt;
  TimePoint updatedAt;
  std::optional<TimePoint> oldSecretUntil;  ///< two secrets sign until then
};

struct NewWebhook {
  Webhook webhook;
  Bytes secretSealed;
  AuditEvent audit;
};

/// What is not given stays.
struct WebhookChange {
  Uuid id{};
  std::optional<Uuid> actor{};  ///< the user whose right to read the audit trail it depends on from now
  std::optional<std::int64_t> expectedVersion{};
  std::optional<std::string> url{};
  std::optional<std::string> description{};
  std::optional<std::vector<std::string>> events{};
  std::optional<bool> active{};
  TimePoint now{};
  AuditEvent audit{};
};

struct WebhookSecretChange {
  Uuid id;
  Bytes secretSealed;
  TimePoint oldUntil;  ///< now: the old one ends at once
  TimePoint now;
  AuditEvent audit;
};

struct WebhookRemoval {
  Uuid id;
  AuditEvent audit;
};

struct WebhookDelivery {
  Uuid id;
  Uuid webhookId;
  Uuid eventId;
  std::string eventType;
  std::string status;  ///< pending, delivered, dead
  std::uint32_t attempts = 0;
  std::optional<TimePoint> nextAt;  ///< of pending ones
  TimePoint createdAt;
  std::optional<TimePoint> lastAttemptAt;
  std::optional<std::uint32_t> lastStatus;  ///< HTTP; none: there was no answer
  std::string lastError;
  std::optional<TimePoint> deliveredAt;
};

struct NewDelivery {
  Uuid id;
  Uuid webhookId;
  Uuid eventId;
  std::string eventType;
  std::string payload;
};

/// An entry of the audit trail that deliveries may be made of.
struct DeliverableEvent {
  std::int64_t seq = 0;
  Uuid id;
  std::string type;
  std::string payload;  ///< the body that is sent
};

struct WebhookSubscription {
  Uuid id;
  std::vector<std::string> events;
};

/// New entries since deliveries were last made.
struct DeliverableEvents {
  std::int64_t cursor = 0;  ///< the last entry that deliveries have been made of
  std::vector<DeliverableEvent> events;
  std::vector<WebhookSubscription> subscriptions;
};

/// A delivery that a sender has taken.
struct ClaimedDelivery {
  Uuid id;
  Uuid webhookId;
  std::string url;
  std::string eventType;
  std::string payload;
  std::uint32_t attempts = 0;  ///< this one included
  TimePoint giveUpAt;
  Bytes secretSealed;
  Bytes oldSecretSealed;  ///< empty: one secret only
};

/// Outcome of an attempt.
struct DeliveryOutcome {
  Uuid id;
  bool delivered = false;
  std::optional<TimePoint> nextAt;  ///< none and not delivered: given up
  std::optional<std::uint32_t> status;
  std::string error;
  TimePoint now;
};

struct DeliveryQuery {
  Uuid id;             ///< of the webhook
  std::string status;  ///< empty: all
  std::uint32_t limit = 50;
  std::string cursor;
};
struct DeliveryPage {
  std::vector<WebhookDelivery> rows;
  std::string nextCursor;
};

}  // namespace ks
