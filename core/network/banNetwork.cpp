#include "core/network/banNetwork.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace ks {
namespace {

constexpr const char* kBanKeyPrefix = "ksysadmin:ban:";
constexpr unsigned kClientBitsV6 = 64;
constexpr std::array<unsigned, 3> kLengthsV4{16, 24, 32};
constexpr std::array<unsigned, 3> kLengthsV6{32, 48, kClientBitsV6};

}  // namespace

std::optional<IpNetwork> parseBanNetwork(std::string_view text) {
  if (const auto address = IpAddress::parse(text)) {
    return banNetworkOf(*address);
  }
  const auto network = IpNetwork::parse(text);
  if (!network) {
    return std::nullopt;
  }
  const auto& lengths = network->isV4() ? kLengthsV4 : kLengthsV6;
  const bool allowed = std::find(lengths.begin(), lengths.end(), network->prefixLength()) != lengths.end();
  return allowed ? network : std::nullopt;
}

IpNetwork banNetworkOf(const IpAddress& address) noexcept {
  return IpNetwork::of(address, address.isV4() ? 32 : kClientBitsV6);
}

std::string banNetworkText(const IpNetwork& network) {
  return network.isV4() && network.prefixLength() == 32 ? network.base().toString() : network.toString();
}

std::string banKey(const IpNetwork& network) {
  if (network.isV4()) {
    return kBanKeyPrefix + banNetworkText(network);
  }
  const auto& bytes = network.base().bytes();
  std::string key = kBanKeyPrefix;
  for (std::size_t i = 0; i < network.prefixLength() / 8; i += 2) {
    std::array<char, 8> group{};
    std::snprintf(group.data(), group.size(), "%02x%02x:", bytes[i], bytes[i + 1]);
    key += group.data();
  }
  return key + ":/" + std::to_string(network.prefixLength());
}

}  // namespace ks
