#include "actors/webhook/socketAddress.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

namespace ks {

std::optional<IpAddress> addressOf(const sockaddr* socketAddress) noexcept {
  std::array<std::uint8_t, 16> bytes{};
  if (socketAddress->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, socketAddress, sizeof(v6));
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  } else if (socketAddress->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, socketAddress, sizeof(v4));
    bytes[10] = bytes[11] = 0xff;
    std::memcpy(bytes.data() + 12, &v4.sin_addr, 4);
  } else {
    return std::nullopt;
  }
  return IpAddress::ofBytes(bytes);
}

}  // namespace ks
