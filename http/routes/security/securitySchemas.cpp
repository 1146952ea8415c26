#include "http/routes/security/securitySchemas.hpp"

#include "core/network/ipAddress.hpp"
#include "http/routes/monitoring/monitoringSchemas.hpp"
#include "http/routes/security/banSchemas.hpp"

namespace ks {
namespace {

bool isOneAddress(std::string_view text) { return IpAddress::parse(text).has_value(); }

FieldRules addressRules() { return rules().length(2, 45).accept(&isOneAddress, "^[0-9A-Fa-f:.]+$"); }

}  // namespace

const ObjectSchema<ViolationQueryInput>& violationQuerySchema() {
  static const auto schema = [] {
    auto fields = rangeFields<ViolationQueryInput>("ViolationQuery");
    fields.field("remote_ip", &ViolationQueryInput::remoteIp, addressRules().optional());
    pageFields(fields);
    return fields;
  }();
  return schema;
}

const ListSchema<ViolationRow>& violationListSchema() {
  static const auto row =
      ObjectSchema<ViolationRow>("Violation")
          .field("id", &ViolationRow::id)
          .field("timestamp", &ViolationRow::at)
          .field("service", &ViolationRow::service)
          .field("remote_ip", &ViolationRow::remoteIp, rules().orNull().describe("null: counted by user"))
          .field("user_id", &ViolationRow::userId, rules().orNull())
          .field("violation_count", &ViolationRow::count, rules().describe("requests tried in the window"))
          .field("request_id", &ViolationRow::requestId, rules().orNull());
  static const ListSchema<ViolationRow> schema("ViolationList", row);
  return schema;
}

const ObjectSchema<ActivityQueryInput>& activityQuerySchema() {
  using Input = ActivityQueryInput;
  static const auto schema = [] {
    ObjectSchema<Input> fields("ActivityQuery");
    timeFields(fields);
    fields
        .field("type", &Input::type,
               rules().optional().oneOf({"dos_attempt", "rapid_violations", "honeypot", "auth_spray",
                                         "auth_distributed", "path_probing"}))
        .field("severity", &Input::severity, rules().optional().oneOf({"low", "medium", "high"}))
        .field("remote_ip", &Input::remoteIp, addressRules().optional())
        .field("resolved", &Input::resolved);
    pageFields(fields);
    return fields;
  }();
  return schema;
}

const ObjectSchema<ActivityRow>& activitySchema() {
  static const auto schema =
      ObjectSchema<ActivityRow>("Activity")
          .field("id", &ActivityRow::id)
          .field("timestamp", &ActivityRow::at)
          .field("remote_ip", &ActivityRow::remoteIp, rules().orNull())
          .field("activity_type", &ActivityRow::type)
          .field("severity", &ActivityRow::severity)
          .field(
              "subject", &ActivityRow::subject,
              rules().describe("whom the rule counts: an address, an IPv6 /64, or an account's keyed hash"))
          .field("count", &ActivityRow::count, rules().describe("so many within window_s were enough"))
          .field("window_s", &ActivityRow::windowS)
          .field("addresses", &ActivityRow::addresses, rules().describe("of auth_distributed"))
          .field(
              "ban", &ActivityRow::ban,
              rules().describe("none, observed (would have been banned), made, standing, protected or late"))
          .field("ban_note", &ActivityRow::banNote, rules().describe("the ban's id, or why there is none"))
          .field("resolved", &ActivityRow::resolved)
          .field("resolved_at", &ActivityRow::resolvedAt, rules().orNull())
          .field("resolved_by", &ActivityRow::resolvedBy, rules().orNull());
  return schema;
}

const ListSchema<ActivityRow>& activityListSchema() {
  static const ListSchema<ActivityRow> schema("ActivityList", activitySchema());
  return schema;
}

const ObjectSchema<BanQueryInput>& banQuerySchema() {
  static const auto schema = [] {
    auto fields = ObjectSchema<BanQueryInput>("BanQuery");
    fields.field("standing", &BanQueryInput::standing,
                 rules().optional().describe("true: those in force only"));
    pageFields(fields);
    return fields;
  }();
  return schema;
}

const ListSchema<IpBan>& banListSchema() {
  static const ListSchema<IpBan> schema("BanList", banSchema());
  return schema;
}

const ObjectSchema<TopViolatorQueryInput>& topViolatorQuerySchema() {
  static const auto schema = [] {
    ObjectSchema<TopViolatorQueryInput> fields("TopViolatorQuery");
    timeFields(fields);
    return fields.field("limit", &TopViolatorQueryInput::limit, rules().optional().range(1, 500));
  }();
  return schema;
}

const ListSchema<TopViolator>& topViolatorListSchema() {
  static const auto row =
      ObjectSchema<TopViolator>("TopViolator")
          .field("remote_ip", &TopViolator::remoteIp,
                 rules().describe("the last one seen of an IPv6 /64, which counts as one"))
          .field("violations", &TopViolator::violations)
          .field("first_seen", &TopViolator::firstSeen)
          .field("last_seen", &TopViolator::lastSeen)
          .field("services", &TopViolator::services)
          .field("activities", &TopViolator::activities)
          .field("banned", &TopViolator::banned);
  static const ListSchema<TopViolator> schema("TopViolatorList", row);
  return schema;
}

const ObjectSchema<AddressPath>& addressPathSchema() {
  static const auto schema =
      ObjectSchema<AddressPath>("AddressPath").field("ip", &AddressPath::ip, addressRules());
  return schema;
}

const ObjectSchema<AddressQueryInput>& addressQuerySchema() {
  static const auto schema = [] {
    ObjectSchema<AddressQueryInput> fields("AddressQuery");
    timeFields(fields);
    return fields;
  }();
  return schema;
}

const ObjectSchema<AddressReport>& addressReportSchema() {
  static const auto request = ObjectSchema<AddressRequest>("AddressRequest")
                                  .field("timestamp", &AddressRequest::at)
                                  .field("request_id", &AddressRequest::requestId)
                                  .field("method", &AddressRequest::method)
                                  .field("url", &AddressRequest::url)
                                  .field("status", &AddressRequest::status)
                                  .field("rate_limited", &AddressRequest::rateLimited)
                                  .field("honeypot", &AddressRequest::honeypot)
                                  .field("remote_ip", &AddressRequest::remoteIp, rules().orNull());
  static const auto schema =
      ObjectSchema<AddressReport>("AddressReport")
          .field("remote_ip", &AddressReport::remoteIp)
          .field(
              "network", &AddressReport::network,
              rules().describe("whom the answer is about: the IPv4 address, or the /64 of the IPv6 address"))
          .field("from", &AddressReport::from)
          .field("to", &AddressReport::to)
          .field("total_requests", &AddressReport::total)
          .field("status_2xx", &AddressReport::status2xx, rules().describe("1xx too"))
          .field("status_3xx", &AddressReport::status3xx)
          .field("status_4xx", &AddressReport::status4xx)
          .field("status_5xx", &AddressReport::status5xx)
          .field("rate_limited", &AddressReport::rateLimited, rules().describe("in none of the classes"))
          .field("honeypot", &AddressReport::honeypot)
          .field("banned", &AddressReport::banned, rules().describe("answered by a ban"))
          .field("first_seen", &AddressReport::firstSeen, rules().orNull())
          .field("last_seen", &AddressReport::lastSeen, rules().orNull())
          .field("requests", &AddressReport::requests, request, rules().describe("the newest 50"))
          .field("activities", &AddressReport::activities, activitySchema(),
                 rules().describe("the newest 50"))
          .field("bans", &AddressReport::bans, banSchema(),
                 rules().describe("those that cover it, the newest 50"));
  return schema;
}

const ObjectSchema<ActivityPath>& activityPathSchema() {
  static const auto schema = ObjectSchema<ActivityPath>("ActivityPath").field("id", &ActivityPath::id);
  return schema;
}

const ObjectSchema<ActivityChange>& activityChangeSchema() {
  static const auto schema =
      ObjectSchema<ActivityChange>("ActivityChange").field("resolved", &ActivityChange::resolved);
  return schema;
}

}  // namespace ks
