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

template <class T, class Decode>
std::vector<T> oldestFirst(const SqlRows& rows, Decode decode) {
  std::vector<T> out;
  for (int i = rows.size() - 1; i >= 0; --i) {
    out.push_back(decode(rows.row(i)));
  }
  return out;
}

}  // namespace

Result<SqlRows> PostgresSecurityRepository::read(const SqlStatement& statement, TimePoint since) {
  return session_.connectAndExec(statement,
                                 SqlParameters().time(since).int8(static_cast<std::int64_t>(kMostEvents)));
}

Result<std::vector<SecurityEvent>> PostgresSecurityRepository::traffic(TimePoint since) {
  auto rows = read(kTrafficEvents, since);
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  return oldestFirst<SecurityEvent>(rows.value(), [this](const SqlRow& row) {
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
  auto rows = read(kFailedLogins, since);
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  return oldestFirst<SecurityEvent>(rows.value(), [](const SqlRow& row) {
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
  auto rows = read(kRecentActivities, since);
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  return oldestFirst<SuspiciousActivity>(rows.value(), [](const SqlRow& row) {
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
  auto stored = session_.connectAndExec(
      kStoreActivity, SqlParameters()
                          .uuid(activity.id)
                          .time(activity.at)
                          .inetOrNull(activity.source ? activity.source->toString() : std::string{})
                          .text(activity.type)
                          .text(kSeverityNames[static_cast<std::size_t>(activity.severity)])
                          .text(activity.subject)
                          .jsonb(activity.details));
  return stored.ok() ? Result<Done>(Done{}) : Result<Done>(std::move(stored.fault()));
}

}  // namespace ks
