#include "core/network/ipAddress.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace ks {
namespace {

constexpr std::array<std::uint8_t, 12> kV4Prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kV4Offset = 96;

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) noexcept {
  if (text.empty() || text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  std::copy(text.begin(), text.end(), terminated.begin());
  IpAddress address;
  if (text.find(':') == std::string_view::npos) {
    std::copy(kV4Prefix.begin(), kV4Prefix.end(), address.bytes_.begin());
    if (::inet_pton(AF_INET, terminated.data(), address.bytes_.data() + kV4Prefix.size()) != 1) {
      return std::nullopt;
    }
    return address;
  }
  if (::inet_pton(AF_INET6, terminated.data(), address.bytes_.data()) != 1) {
    return std::nullopt;
  }
  return address;
}

bool IpAddress::isV4() const noexcept {
  return std::equal(kV4Prefix.begin(), kV4Prefix.end(), bytes_.begin());
}

bool IpAddress::isLoopback() const noexcept {
  if (isV4()) {
    return bytes_[12] == 127;
  }
  return std::all_of(bytes_.begin(), bytes_.end() - 1, [](std::uint8_t b) { return b == 0; }) &&
         bytes_[15] == 1;
}

std::string IpAddress::toString() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (isV4()) {
    ::inet_ntop(AF_INET, bytes_.data() + kV4Prefix.size(), text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
  }
  return text.data();
}

IpAddress IpAddress::masked(unsigned bits) const noexcept {
  IpAddress result = *this;
  for (unsigned i = 0; i < 16; ++i) {
    const unsigned kept = std::min(8U, bits - std::min(bits, i * 8));
    const auto mask = static_cast<std::uint8_t>(0xff00U >> kept);
    result.bytes_[i] = static_cast<std::uint8_t>(result.bytes_[i] & mask);
  }
  return result;
}

std::string IpAddress::countingPrefix() const { return isV4() ? toString() : masked(64).toString() + "/64"; }

std::string IpAddress::networkPrefix() const {
  return isV4() ? masked(kV4Offset + 24).toString() + "/24" : masked(48).toString() + "/48";
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) {
    return std::nullopt;
  }
  const bool writtenAsV4 = text.find(':') == std::string_view::npos;
  const unsigned offset = writtenAsV4 ? kV4Offset : 0;
  unsigned bits = 128 - offset;
  if (slash != std::string_view::npos) {
    const auto number = text.substr(slash + 1);
    const unsigned most = bits;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), bits);
    const bool leadingZero = number.size() > 1 && number.front() == '0';
    if (error != std::errc{} || end != number.data() + number.size() || bits > most || leadingZero) {
      return std::nullopt;
    }
  }
  IpNetwork network;
  network.bits_ = bits + offset;
  network.base_ = *address;
  if (network.base_.masked(network.bits_) != network.base_) {
    return std::nullopt;
  }
  return network;
}

IpNetwork IpNetwork::of(const IpAddress& address, unsigned bits) noexcept {
  IpNetwork network;
  network.bits_ = address.isV4() ? kV4Offset + std::min(bits, 32U) : std::min(bits, 128U);
  network.base_ = address.masked(network.bits_);
  return network;
}

bool IpNetwork::contains(const IpAddress& address) const noexcept { return address.masked(bits_) == base_; }

bool IpNetwork::overlaps(const IpNetwork& other) const noexcept {
  return contains(other.base_) || other.contains(base_);
}

bool IpNetwork::isV4() const noexcept { return base_.isV4() && bits_ >= kV4Offset; }

unsigned IpNetwork::prefixLength() const noexcept { return isV4() ? bits_ - kV4Offset : bits_; }

std::string IpNetwork::toString() const { return base_.toString() + "/" + std::to_string(prefixLength()); }

}  // namespace ks
