#pragma once
#include <optional>
#include <string>

#include "http/routing/listSchema.hpp"
#include "messages/monitoring/securityLogMessages.hpp"

// Queries and answers about violations, suspicious activities, addresses and bans.
namespace ks {

struct ViolationQueryInput {
  std::string service = "all";
  std::string range;
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
  std::string remoteIp;
  std::uint32_t limit = 50;
  std::string cursor;
};
const ObjectSchema<ViolationQueryInput>& violationQuerySchema();
const ListSchema<ViolationRow>& violationListSchema();

struct ActivityQueryInput {
  std::string range;
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
  std::string type;
  std::string severity;
  std::string remoteIp;
  std::optional<bool> resolved;
  std::uint32_t limit = 50;
  std::string cursor;
};
const ObjectSchema<ActivityQueryInput>& activityQuerySchema();
const ObjectSchema<ActivityRow>& activitySchema();
const ListSchema<ActivityRow>& activityListSchema();

struct BanQueryInput {
  bool standing = false;
  std::uint32_t limit = 50;
  std::string cursor;
};
const ObjectSchema<BanQueryInput>& banQuerySchema();
const ListSchema<IpBan>& banListSchema();

struct TopViolatorQueryInput {
  std::string range;
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
  std::uint32_t limit = 50;
};
const ObjectSchema<TopViolatorQueryInput>& topViolatorQuerySchema();
const ListSchema<TopViolator>& topViolatorListSchema();

struct AddressPath {
  std::string ip;
};
const ObjectSchema<AddressPath>& addressPathSchema();
struct AddressQueryInput {
  std::string range;
  std::optional<TimePoint> from;
  std::optional<TimePoint> to;
};
const ObjectSchema<AddressQueryInput>& addressQuerySchema();
const ObjectSchema<AddressReport>& addressReportSchema();

struct ActivityPath {
  Uuid id;
};
const ObjectSchema<ActivityPath>& activityPathSchema();
struct ActivityChange {
  bool resolved = true;
};
const ObjectSchema<ActivityChange>& activityChangeSchema();

}  // namespace ks
