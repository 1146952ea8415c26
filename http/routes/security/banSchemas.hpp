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
ObjectSchema<BanInput> schemaFor(Of<BanInput> of);

ObjectSchema<IpBan> schemaFor(Of<IpBan> of);

struct StandingBanPath {
  std::string ban;
};
ObjectSchema<StandingBanPath> schemaFor(Of<StandingBanPath> of);

}  // namespace ks
