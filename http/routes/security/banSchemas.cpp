#include "http/routes/security/banSchemas.hpp"

#include "core/network/banNetwork.hpp"

namespace ks {
namespace {

constexpr double kShortestBanS = 10;
constexpr double kLongestBanS = 365.0 * 86'400;

bool isBanNetwork(std::string_view text) { return parseBanNetwork(text).has_value(); }

}  // namespace

ObjectSchema<AddBan> schemaFor(Of<AddBan> /*of*/) {
  return ObjectSchema<AddBan>("BanInput", "Whom to ban, why and how long")
      .field("address", &AddBan::network,
             rules()
                 .length(2, 49)
                 .accept(&isBanNetwork, "^[0-9A-Fa-f.:]+(/[0-9]{2})?$")
                 .describe(std::string{kBanNetworkForms})
                 .example("\"203.0.113.9\""))
      .field("reason", &AddBan::reason, rules().length(1, 500))
      .field("expires_in_s", &AddBan::length,
             rules().optional().range(kShortestBanS, kLongestBanS).describe("seconds; default: a day"));
}

ObjectSchema<IpBan> schemaFor(Of<IpBan> /*of*/) {
  return ObjectSchema<IpBan>("Ban", "A ban of an address or a network")
      .field("id", &IpBan::id)
      .field("address", &IpBan::network, rules().describe("an address or a network"))
      .field("reason", &IpBan::reason)
      .field("source", &IpBan::source, rules().describe("user, operator (kctl) or rule"))
      .field("created_by", &IpBan::createdBy, rules().orNull().describe("the user who created it"))
      .field("rule", &IpBan::rule, rules().orNull())
      .field("activity_id", &IpBan::activityId, rules().orNull())
      .field("created_at", &IpBan::createdAt)
      .field("expires_at", &IpBan::expiresAt)
      .field("lifted_at", &IpBan::liftedAt, rules().orNull())
      .field("lifted_by", &IpBan::liftedBy, rules().orNull());
}

ObjectSchema<LiftBan> schemaFor(Of<LiftBan> /*of*/) {
  return ObjectSchema<LiftBan>("StandingBanPath").field("ban", &LiftBan::ban, rules().length(2, 49));
}

}  // namespace ks
