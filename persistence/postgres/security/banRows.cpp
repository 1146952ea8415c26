#include "persistence/postgres/security/banRows.hpp"

#include "core/network/banNetwork.hpp"

namespace ks {

IpBan readBan(const SqlRow& row) {
  IpBan ban;
  ban.id = row.uuid(0);
  const auto network = IpNetwork::parse(row.text(1));
  ban.network = network ? banNetworkText(*network) : std::string{row.text(1)};
  ban.reason = row.text(2);
  ban.source = row.text(3);
  ban.createdBy = row.optionalUuid(4);
  ban.rule = row.textOrEmpty(5);
  ban.activityId = row.optionalUuid(6);
  ban.createdAt = row.time(7);
  ban.expiresAt = row.time(8);
  ban.liftedAt = row.optionalTime(9);
  ban.liftedBy = row.optionalUuid(10);
  return ban;
}

}  // namespace ks
