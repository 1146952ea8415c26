#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/schema/objectSchema.hpp"
#include "messages/security/banRecords.hpp"

// Inputs and outputs of the ban routes, those of the API and those that kctl asks.
namespace ks {

struct BanInput {
  std::string address;
  std::string reason;
  std::uint32_t expiresInS = 86'400;
};
const ObjectSchema<BanInput>& banInputSchema();

const ObjectSchema<IpBan>& banSchema();

struct BanPath {
  Uuid id;
};
const ObjectSchema<BanPath>& banPathSchema();

struct StandingBanPath {
  std::string ban;
};
const ObjectSchema<StandingBanPath>& standingBanPathSchema();

struct StandingBansOutput {
  std::vector<IpBan> bans;
};
const ObjectSchema<StandingBansOutput>& standingBansSchema();

}  // namespace ks
