#include "persistence/postgres/security/postgresSecurityRepository.hpp"

#include <algorithm>

namespace ks {
namespace {

// All: $1 since, $2 most rows; newest first.
const SqlStatement kTrafficEvents{
    "security.traffic",
    "SELECT id, timestamp, remote_ip, rate_limited, honeypot, url, cross_site FROM metric_snapshot WHERE "
    "timestamp >= $1 "
    "AND (rate_limited OR honeypot OR status IN (403, 404)) AND route <> '{banned}' AND remote_ip IS NOT "
    "NULL "
    "ORDER BY timestamp DESC LIMIT $2",
    true};
const SqlStatement kFailedLogins{"security.failedLogins",
                                 "SELECT id, timestamp, remote_ip, subject FROM system_log WHERE label = "
                                 "'auth.login.failed' AND timestamp >= $1 "
                                 "AND type = 'security' AND remote_ip IS NOT NULL AND subject IS NOT NULL "
                                 "ORDER BY timestamp DESC LIMIT $2",
                                 true};
const SqlStatement kRecentActivities{
    "security.activities",
    "SELECT id, timestamp, remote_ip, activity_type, severity, subject FROM suspicious_activity "
    "WHERE timestamp >= $1 ORDER BY timestamp DESC LIMIT $2",
    true};
const SqlStatement kStoreActivity{
    "security.storeActivity",
    "INSERT INTO suspicious_activity (id, timestamp, remote_ip, activity_type, severity, subject, details) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
    true};

}  // namespace

template <class T, class Decode>
Result<std::vector<T>> PostgresSecurityRepository::oldestFirst(const SqlStatement& statement, TimePoint since,
                                                               Decode decode) {
  const auto parameters = std::move(SqlParameters().time(since).int8(static_cast<std::int64_t>(kMostEvents)));
  return session_.connectAndExec(statement, parameters).then([&](const SqlRows& rows) {
    auto out = readAll<T>(rows, decode);
    std::reverse(out.begin(), out.end());
    return out;
  });
}

Result<std::vector<SecurityEvent>> PostgresSecurityRepository::traffic(TimePoint since) {
  return oldestFirst<SecurityEvent>(kTrafficEvents, since, [this](const SqlRow& row) {
    SecurityEvent event;
    event.id = row.uuid(0);
    event.at = row.time(1);
    event.source = IpAddress::parse(row.inetOrEmpty(2));
    event.kind = row.boolean(3)   ? SecurityEventKind::violation
                 : row.boolean(4) ? SecurityEventKind::honeypot
                                  : SecurityEventKind::denied;
    event.path = pathHash_(row.text(5));
    event.crossSite = row.boolean(6);
    return event;
  });
}

Result<std::vector<SecurityEvent>> PostgresSecurityRepository::failedLogins(TimePoint since) {
  return oldestFirst<SecurityEvent>(kFailedLogins, since, [](const SqlRow& row) {
    SecurityEvent event;
    event.id = row.uuid(0);
    event.at = row.time(1);
    event.kind = SecurityEventKind::loginFailed;
    event.source = IpAddress::parse(row.inetOrEmpty(2));
    event.account = row.text(3);
    return event;
  });
}

Result<std::vector<SuspiciousActivity>> PostgresSecurityRepository::activities(TimePoint since) {
  return oldestFirst<SuspiciousActivity>(kRecentActivities, since, [](const SqlRow& row) {
    SuspiciousActivity activity;
    activity.id = row.uuid(0);
    activity.at = row.time(1);
    activity.source = IpAddress::parse(row.inetOrEmpty(2));
    activity.type = row.text(3);
    const auto severity = std::find(kSeverityNames.begin(), kSeverityNames.end(), row.text(4));
    activity.severity = static_cast<Severity>(severity - kSeverityNames.begin());
    activity.subject = row.text(5);
    return activity;
  });
}

Result<Done> PostgresSecurityRepository::store(const SuspiciousActivity& activity) {
  return session_
      .connectAndExec(kStoreActivity,
                      SqlParameters()
                          .uuid(activity.id)
                          .time(activity.at)
                          .inetOrNull(activity.source ? activity.source->toString() : std::string{})
                          .text(activity.type)
                          .text(kSeverityNames[static_cast<std::size_t>(activity.severity)])
                          .text(activity.subject)
                          .jsonb(activity.details))
      .then(readDone);
}

}  // namespace ks
