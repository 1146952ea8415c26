#include "core/network/publicAddress.hpp"

#include <algorithm>
#include <array>

namespace ks {
namespace {

bool isWithin(const IpAddress& address, const char* network) noexcept {
  return IpNetwork::parse(network)->contains(address);
}

constexpr std::array kReservedV4{"0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",
                                 "169.254.0.0/16", "172.16.0.0/12",  "192.0.0.0/24",  "192.0.2.0/24",
                                 "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
                                 "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4"};
/// Within 2000::/3, because the rest of IPv6 is not public unicast: protocol assignments and Teredo,
/// documentation, 6to4.
constexpr std::array kReservedV6{"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"};

}  // namespace

bool isPublicAddress(const IpAddress& address) noexcept {
  const auto within = [&address](const char* network) { return isWithin(address, network); };
  if (address.isV4()) {
    return std::none_of(kReservedV4.begin(), kReservedV4.end(), within);
  }
  return within("2000::/3") && std::none_of(kReservedV6.begin(), kReservedV6.end(), within);
}

}  // namespace ks
