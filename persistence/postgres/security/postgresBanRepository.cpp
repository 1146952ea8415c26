#include "persistence/postgres/security/postgresBanRepository.hpp"

#include "core/logging/eventRows.hpp"
#include "core/network/banNetwork.hpp"
#include "persistence/postgres/security/banRows.hpp"
#include "persistence/sql/auditStatements.hpp"

namespace ks {
namespace {

// $1 id, $2 network, $3 reason, $4 source, $5 by, $6 rule, $7 activity, $8 length in s, $9 longest in s, $10
// now, $11 most. Gives the administrator's address, the number of standing bans, and the ban that was made.
const SqlStatement kAddBan{
    "ban.add",
    "WITH administrator AS (SELECT host(s.ip) AS ip FROM sessions s "
    "JOIN users u ON u.id = s.user_id AND u.status = 'active' "
    "JOIN user_roles ur ON ur.user_id = s.user_id AND (ur.expires_at IS NULL OR ur.expires_at > $10) "
    "JOIN role_permissions rp ON rp.role_id = ur.role_id AND rp.permission = 'monitoring:write' "
    "WHERE s.ip <<= $2::text::cidr AND s.revoked_at IS NULL AND s.idle_expires_at > $10 "
    "AND s.absolute_expires_at > $10 LIMIT 1), "
    "standing AS (SELECT count(*) AS every, count(*) FILTER (WHERE network = $2::text::cidr) AS same "
    "FROM ip_ban WHERE expires_at > $10 AND lifted_at IS NULL), "
    "earlier AS (SELECT least(count(*), 20) AS bans FROM ip_ban WHERE network = $2::text::cidr "
    "AND source = 'rule' AND created_at > $10 - interval '30 days'), "
    "b AS (INSERT INTO ip_ban (id, network, reason, source, created_by, rule, activity_id, created_at, "
    "expires_at) "
    "SELECT $1, $2::text::cidr, $3, $4, $5, $6, $7, $10, $10 + make_interval(secs => CASE $4 WHEN 'rule' "
    "THEN least($8::float8 * 2 ^ earlier.bans, greatest($8, $9)) ELSE $8 END) FROM standing, earlier "
    "WHERE NOT EXISTS (SELECT FROM administrator) AND same = 0 AND every < $11 RETURNING *), "
    "audited AS (" KS_AUDIT_CTE("$12", "b") ") "
    "SELECT " KS_BAN_COLUMNS
    ", (SELECT ip FROM administrator), standing.every FROM standing LEFT JOIN b ON true"};

const SqlStatement kStandingOfNetwork{
    "ban.standingOfNetwork",
    "SELECT " KS_BAN_COLUMNS
    " FROM ip_ban b WHERE network = $1::text::cidr AND lifted_at IS NULL AND expires_at > $2 "
    "ORDER BY expires_at DESC LIMIT 1",
    true};

const SqlStatement kLiftBan{
    "ban.lift",
    "WITH found AS (SELECT id FROM ip_ban WHERE id = $1 OR ($1 IS NULL AND network = $2::text::cidr "
    "AND lifted_at IS NULL AND expires_at > $4) ORDER BY expires_at DESC LIMIT 1 FOR UPDATE), "
    "changed AS (UPDATE ip_ban SET lifted_at = $4, lifted_by = $3 FROM found WHERE ip_ban.id = found.id "
    "AND lifted_at IS NULL AND expires_at > $4 RETURNING ip_ban.*), "
    "audited AS (" KS_AUDIT_CTE("$5 || jsonb_build_object('target_id', source.id)", "changed AS source") ") "
    "SELECT " KS_BAN_COLUMNS
    " FROM (SELECT * FROM changed UNION ALL SELECT ip_ban.* FROM ip_ban JOIN found USING (id) "
    "WHERE NOT EXISTS (SELECT FROM changed)) b"};

// A lifted ban is relevant until its end, because Redis would keep it until then.
const SqlStatement kStandingBans{
    "ban.standing",
    "SELECT " KS_BAN_COLUMNS " FROM ip_ban b WHERE expires_at > $1 ORDER BY expires_at LIMIT $2", true};

}  // namespace

Result<NewBanOutcome> PostgresBanRepository::add(const NewBan& ban) {
  auto rows = session_.connectAndExec(kAddBan, SqlParameters()
                                                   .uuid(ban.id)
                                                   .text(ban.network)
                                                   .text(ban.reason)
                                                   .text(ban.source)
                                                   .optionalUuid(ban.createdBy)
                                                   .textOrNull(ban.rule)
                                                   .optionalUuid(ban.activityId)
                                                   .float8(static_cast<double>(ban.length.count()))
                                                   .float8(static_cast<double>(ban.longest.count()))
                                                   .time(ban.now)
                                                   .int8(static_cast<std::int64_t>(kMostBans))
                                                   .jsonbOrNull(formatAuditJson(ban.audit)));
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  NewBanOutcome outcome;
  const auto row = rows.value().row(0);
  if (!row.isNull(0)) {
    outcome.made = readBan(row);
    return outcome;
  }
  if (!row.isNull(11)) {
    outcome.administratorAddress = row.text(11);
    return outcome;
  }
  auto standing = session_.exec(kStandingOfNetwork, SqlParameters().text(ban.network).time(ban.now));
  if (!standing.ok()) {
    return std::move(standing.fault());
  }
  if (standing.value().empty()) {
    return makeFault(ErrorCode::overloaded, std::to_string(row.int64(12)) + " bans stand");
  }
  outcome.standing = readBan(standing.value().row(0));
  return outcome;
}

Result<IpBan> PostgresBanRepository::lift(const BanLift& lift) {
  const auto id = Uuid::parse(lift.ban);
  const auto network = parseBanNetwork(lift.ban);
  if (!id && !network) {
    return makeFault(ErrorCode::notFound);
  }
  return session_
      .connectAndExec(kLiftBan, SqlParameters()
                                    .optionalUuid(id)
                                    .textOrNull(network ? banNetworkText(*network) : std::string{})
                                    .optionalUuid(lift.by)
                                    .time(lift.now)
                                    .jsonbOrNull(formatAuditJson(lift.audit)))
      .then([](const SqlRows& rows) { return readFirst<IpBan>(rows, readBan, ErrorCode::notFound); });
}

Result<StandingBans> PostgresBanRepository::standing(TimePoint now) {
  // Twice the bans that may stand: as many may have been lifted meanwhile.
  const auto parameters = std::move(SqlParameters().time(now).int8(static_cast<std::int64_t>(2 * kMostBans)));
  return session_.connectAndExec(kStandingBans, parameters).then([](const SqlRows& rows) {
    StandingBans bans;
    for (const auto row : rows) {
      auto ban = readBan(row);
      if (ban.liftedAt) {
        bans.lifted.push_back(std::move(ban.network));
      } else {
        bans.active.push_back(std::move(ban));
      }
    }
    return bans;
  });
}

}  // namespace ks
