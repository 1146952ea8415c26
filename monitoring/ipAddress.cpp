#include "monitoring/ipAddress.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace ks {
namespace {

bool parseIpv4(std::string_view text, std::uint8_t* out) noexcept {
  std::size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (at >= text.size() || text[at++] != '.')) {
      return false;
    }
    unsigned value = 0;
    const std::size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9' && at - begin < 3) {
      value = value * 10 + static_cast<unsigned>(text[at++] - '0');
    }
    if (at == begin || value > 255 || (at - begin > 1 && text[begin] == '0')) {
      return false;
    }
    out[part] = static_cast<std::uint8_t>(value);
  }
  return at == text.size();
}

}  // namespace

std::optional<IpBytes> parseIpAddress(std::string_view text) noexcept {
  IpBytes bytes{};
  if (text.find(':') == std::string_view::npos) {
    bytes[10] = bytes[11] = 0xff;
    if (!parseIpv4(text, bytes.data() + 12)) {
      return std::nullopt;
    }
    return bytes;
  }
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (text.size() >= copy.size() || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  std::copy(text.begin(), text.end(), copy.begin());
  if (inet_pton(AF_INET6, copy.data(), bytes.data()) != 1) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace ks
