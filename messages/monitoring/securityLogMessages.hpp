#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/monitoring/monitoringMessages.hpp"
#include "messages/security/banRecords.hpp"

// Questions of the administration about violations, suspicious activities and bans. Lists come newest first;
// a page's cursor continues where it ended.
namespace ks {

struct SecurityPageQuery {
  TimeRange range;
  std::uint32_t limit = 50;  ///< at most 500
  std::string cursor;        ///< empty: from the newest
};

struct ViolationRow {
  Uuid id;
  TimePoint at;
  std::string service;
  std::string remoteIp;
  std::string userId;
  std::uint64_t count = 0;
  std::string requestId;
};
struct ViolationPage {
  std::vector<ViolationRow> rows;
  std::string nextCursor;
};

struct ViolationQuery : SecurityPageQuery {
  using Out = ViolationPage;
  static constexpr const char* kName = "securityLog.violations";

  std::string service = "all";  ///< all, auth, payment or admin
  std::string remoteIp;         ///< empty: all
};

struct ActivityRow {
  Uuid id;
  TimePoint at;
  std::string remoteIp;
  std::string type;
  std::string severity;
  std::string subject;
  std::uint64_t count = 0;
  std::uint64_t windowS = 0;
  std::string ban;
  std::string banNote;
  std::vector<std::string> addresses;
  bool resolved = false;
  std::optional<TimePoint> resolvedAt;
  std::optional<Uuid> resolvedBy;
};
struct ActivityPage {
  std::vector<ActivityRow> rows;
  std::string nextCursor;
};

struct ActivityQuery : SecurityPageQuery {
  using Out = ActivityPage;
  static constexpr const char* kName = "securityLog.activities";

  std::string type;      ///< empty: all
  std::string severity;  ///< empty: all
  std::string remoteIp;  ///< empty: all
  std::optional<bool> resolved;
};

struct BanPage {
  std::vector<IpBan> rows;
  std::string nextCursor;
};

/// Of all bans, whenever they were made; the range is not looked at.
struct BanQuery : SecurityPageQuery {
  using Out = BanPage;
  static constexpr const char* kName = "securityLog.bans";

  TimePoint now;
  bool standing = false;  ///< only those in force
};

struct TopViolator {
  std::string remoteIp;  ///< the last one seen of an IPv6 /64, which counts as one
  std::uint64_t violations = 0;
  TimePoint firstSeen;
  TimePoint lastSeen;
  std::vector<std::string> services;
  std::uint64_t activities = 0;
  bool banned = false;
};
struct TopViolators {
  std::vector<TopViolator> rows;
};

/// Those with the most violations first.
struct TopViolatorQuery {
  using Out = TopViolators;
  static constexpr const char* kName = "securityLog.topViolators";

  TimeRange range;
  std::uint32_t limit = 50;
  TimePoint now;
};

struct AddressRequest {
  TimePoint at;
  std::string requestId;
  std::string method;
  std::string url;
  std::uint32_t status = 0;
  bool rateLimited = false;
  bool honeypot = false;
  std::string remoteIp;
};
/// About an IPv4 address, or about the /64 of an IPv6 address: whom everything counts.
struct AddressReport {
  std::string remoteIp;  ///< the address that was asked about
  std::string network;   ///< what the answer is about
  TimePoint from;
  TimePoint to;
  std::uint64_t total = 0;
  std::uint64_t status2xx = 0;  ///< 1xx and 2xx
  std::uint64_t status3xx = 0;
  std::uint64_t status4xx = 0;
  std::uint64_t status5xx = 0;
  std::uint64_t rateLimited = 0;
  std::uint64_t honeypot = 0;
  std::uint64_t banned = 0;  ///< answered by a ban
  std::optional<TimePoint> firstSeen;
  std::optional<TimePoint> lastSeen;
  std::vector<AddressRequest> requests;  ///< the newest 50
  std::vector<ActivityRow> activities;   ///< the newest 50
  std::vector<IpBan> bans;               ///< those that cover it, the newest 50
};

struct AddressQuery {
  using Out = AddressReport;
  static constexpr const char* kName = "securityLog.address";

  std::string remoteIp;
  TimeRange range;
  TimePoint now;
};

struct ResolveActivity {
  using Out = ActivityRow;
  static constexpr const char* kName = "securityLog.resolve";

  Uuid id;
  std::optional<Uuid> by;
  bool resolved = true;
  TimePoint now;
  AuditEvent audit;
};

}  // namespace ks
