#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/logging/auditEvent.hpp"
#include "core/uuid.hpp"

// Bans of addresses. Plain data.
namespace ks {

struct IpBan {
  Uuid id;
  std::string network;  ///< as banNetworkText() writes it
  std::string reason;
  std::string source;             ///< user (over the API), operator (with kctl) or rule
  std::optional<Uuid> createdBy;  ///< of source user
  std::string rule;               ///< of source rule
  std::optional<Uuid> activityId;
  TimePoint createdAt;
  TimePoint expiresAt;
  std::optional<TimePoint> liftedAt;
  std::optional<Uuid> liftedBy;
};

/// A ban to be made.
struct NewBan {
  Uuid id;
  std::string network;
  std::string reason;
  std::string source;
  std::optional<Uuid> createdBy;
  std::string rule;
  std::optional<Uuid> activityId;
  std::chrono::seconds length{};
  /// Of source rule: each earlier ban of the network by a rule within 30 days doubles the length, up to this.
  std::chrono::seconds longest{};
  TimePoint now;
  AuditEvent audit;
};

/// A ban to be lifted.
struct BanLift {
  std::string ban;  ///< an id, or a network, of which the standing ban is meant
  std::optional<Uuid> by;
  TimePoint now;
  AuditEvent audit;
};

/// The outcome of a NewBan: exactly one of the three is set.
struct NewBanOutcome {
  std::optional<IpBan> made;
  std::optional<IpBan> standing;     ///< the network is already banned
  std::string administratorAddress;  ///< a live session of a user who may lift bans comes from here
};

/// The desired state of Redis.
struct StandingBans {
  std::vector<IpBan> active;        ///< those that end first come first
  std::vector<std::string> lifted;  ///< networks of bans that were lifted before their end
};

}  // namespace ks
