#include "http/routes/security/securitySchemas.hpp"

#include "http/schema/networkRules.hpp"

namespace ks {

ObjectSchema<InRange<ViolationQuery>> schemaFor(Of<InRange<ViolationQuery>> /*of*/) {
  return pageFields(rangeFields<InRange<ViolationQuery>>("ViolationQuery")
                        .field("remote_ip", &ViolationQuery::remoteIp, addressRules().optional()));
}

ObjectSchema<ViolationRow> schemaFor(Of<ViolationRow> /*of*/) {
  return ObjectSchema<ViolationRow>("Violation", "A request that a rate limit refused")
      .field("id", &ViolationRow::id)
      .field("timestamp", &ViolationRow::at)
      .field("service", &ViolationRow::service)
      .field("remote_ip", &ViolationRow::remoteIp, rules().orNull().describe("null: counted by user"))
      .field("user_id", &ViolationRow::userId, rules().orNull())
      .field("violation_count", &ViolationRow::count, rules().describe("requests tried in the window"))
      .field("request_id", &ViolationRow::requestId, rules().orNull());
}

ObjectSchema<InRange<ActivityQuery>> schemaFor(Of<InRange<ActivityQuery>> /*of*/) {
  using Query = ActivityQuery;
  return pageFields(
      timeFields(ObjectSchema<InRange<Query>>("ActivityQuery"))
          .field("type", &Query::type,
                 rules().optional().oneOf({"dos_attempt", "rapid_violations", "honeypot", "auth_spray",
                                           "auth_distributed", "path_probing"}))
          .field("severity", &Query::severity, rules().optional().oneOf({"low", "medium", "high"}))
          .field("remote_ip", &Query::remoteIp, addressRules().optional())
          .field("resolved", &Query::resolved));
}

ObjectSchema<ActivityRow> schemaFor(Of<ActivityRow> /*of*/) {
  return ObjectSchema<ActivityRow>("Activity", "What a detection rule found")
      .field("id", &ActivityRow::id)
      .field("timestamp", &ActivityRow::at)
      .field("remote_ip", &ActivityRow::remoteIp, rules().orNull())
      .field("activity_type", &ActivityRow::type)
      .field("severity", &ActivityRow::severity)
      .field("subject", &ActivityRow::subject,
             rules().describe("the counted subject: an address, an IPv6 /64, or an account's keyed hash"))
      .field("count", &ActivityRow::count, rules().describe("number of events within window_s"))
      .field("window_s", &ActivityRow::windowS)
      .field("addresses", &ActivityRow::addresses, rules().describe("of auth_distributed"))
      .field(
          "ban", &ActivityRow::ban,
          rules().describe(
              "none, observed (would have been banned), made, standing (already banned), protected or late"))
      .field("ban_note", &ActivityRow::banNote, rules().describe("the ban's id, or why there is none"))
      .field("resolved", &ActivityRow::resolved)
      .field("resolved_at", &ActivityRow::resolvedAt, rules().orNull())
      .field("resolved_by", &ActivityRow::resolvedBy, rules().orNull());
}

ObjectSchema<BanQuery> schemaFor(Of<BanQuery> /*of*/) {
  return pageFields(
      ObjectSchema<BanQuery>("BanQuery")
          .field("standing", &BanQuery::standing, rules().optional().describe("true: those in force only")));
}

ObjectSchema<InRange<TopViolatorQuery>> schemaFor(Of<InRange<TopViolatorQuery>> /*of*/) {
  return timeFields(ObjectSchema<InRange<TopViolatorQuery>>("TopViolatorQuery"))
      .field("limit", &TopViolatorQuery::limit, rules().optional().range(1, 500));
}

ObjectSchema<TopViolator> schemaFor(Of<TopViolator> /*of*/) {
  return ObjectSchema<TopViolator>("TopViolator", "An address with many violations")
      .field("remote_ip", &TopViolator::remoteIp,
             rules().describe("the last address seen of an IPv6 /64, which counts as one"))
      .field("violations", &TopViolator::violations)
      .field("first_seen", &TopViolator::firstSeen)
      .field("last_seen", &TopViolator::lastSeen)
      .field("services", &TopViolator::services)
      .field("activities", &TopViolator::activities)
      .field("banned", &TopViolator::banned);
}

ObjectSchema<AddressPath> schemaFor(Of<AddressPath> /*of*/) {
  return ObjectSchema<AddressPath>("AddressPath").field("ip", &AddressPath::ip, addressRules());
}

ObjectSchema<InRange<AddressQuery>> schemaFor(Of<InRange<AddressQuery>> /*of*/) {
  return timeFields(ObjectSchema<InRange<AddressQuery>>("AddressQuery"));
}

ObjectSchema<AddressRequest> schemaFor(Of<AddressRequest> /*of*/) {
  return ObjectSchema<AddressRequest>("AddressRequest", "A request of the address")
      .field("timestamp", &AddressRequest::at)
      .field("request_id", &AddressRequest::requestId)
      .field("method", &AddressRequest::method)
      .field("url", &AddressRequest::url)
      .field("status", &AddressRequest::status)
      .field("rate_limited", &AddressRequest::rateLimited)
      .field("honeypot", &AddressRequest::honeypot)
      .field("remote_ip", &AddressRequest::remoteIp, rules().orNull());
}

ObjectSchema<AddressReport> schemaFor(Of<AddressReport> /*of*/) {
  return ObjectSchema<AddressReport>("AddressReport", "Everything known of an address")
      .field("remote_ip", &AddressReport::remoteIp)
      .field("network", &AddressReport::network,
             rules().describe("subject of the answer: the IPv4 address, or the /64 of the IPv6 address"))
      .field("from", &AddressReport::from)
      .field("to", &AddressReport::to)
      .field("total_requests", &AddressReport::total)
      .field("status_2xx", &AddressReport::status2xx, rules().describe("1xx too"))
      .field("status_3xx", &AddressReport::status3xx)
      .field("status_4xx", &AddressReport::status4xx)
      .field("status_5xx", &AddressReport::status5xx)
      .field("rate_limited", &AddressReport::rateLimited, rules().describe("not included in the classes"))
      .field("honeypot", &AddressReport::honeypot)
      .field("banned", &AddressReport::banned, rules().describe("answered by a ban"))
      .field("first_seen", &AddressReport::firstSeen, rules().orNull())
      .field("last_seen", &AddressReport::lastSeen, rules().orNull())
      .field("requests", &AddressReport::requests, rules().describe("the newest 50"))
      .field("activities", &AddressReport::activities, rules().describe("the newest 50"))
      .field("bans", &AddressReport::bans, rules().describe("bans that cover it, the newest 50"));
}

ObjectSchema<SettleActivity> schemaFor(Of<SettleActivity> /*of*/) {
  return ObjectSchema<SettleActivity>("ActivityChange", "Whether it is dealt with")
      .field("resolved", &SettleActivity::resolved);
}

}  // namespace ks
