#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ks {

/// An IPv4 or IPv6 address; an IPv4 address inside IPv6 (`::ffff:1.2.3.4`) is the IPv4 address.
class IpAddress {
 public:
  /// Plain textual forms only: no zone, no port, no brackets, no leading zeros in IPv4.
  static std::optional<IpAddress> parse(std::string_view text) noexcept;

  auto operator<=>(const IpAddress&) const = default;
  [[nodiscard]] bool isV4() const noexcept;
  [[nodiscard]] bool isLoopback() const noexcept;
  /// 16 bytes, IPv4 as ::ffff:a.b.c.d.
  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const noexcept { return bytes_; }
  /// RFC 5952 form.
  [[nodiscard]] std::string toString() const;
  /// The unit that is counted: the IPv4 address, or the /64 of an IPv6 address (`2001:db8:1:2::/64`), which
  /// one customer owns.
  [[nodiscard]] std::string countingPrefix() const;
  /// The same as an address: an IPv4 address, or the first of an IPv6 address's /64.
  [[nodiscard]] IpAddress counted() const noexcept { return isV4() ? *this : masked(64); }
  /// From bytes(), as the log lines hold them.
  static IpAddress ofBytes(const std::array<std::uint8_t, 16>& bytes) noexcept {
    IpAddress address;
    address.bytes_ = bytes;
    return address;
  }
  /// Approximate network of a device: /24 of IPv4, /48 of IPv6.
  [[nodiscard]] std::string networkPrefix() const;

 private:
  friend class IpNetwork;
  [[nodiscard]] IpAddress masked(unsigned bits) const noexcept;
  std::array<std::uint8_t, 16> bytes_{};  // IPv4 as ::ffff:a.b.c.d
};

/// A range of addresses in CIDR form.
class IpNetwork {
 public:
  /// `10.0.0.0/8`, `2001:db8::/32`, or one address. Bits set beyond the prefix are refused: they are a
  /// mistake nearly always.
  static std::optional<IpNetwork> parse(std::string_view text);
  /// `bits` of 32 for an IPv4 address, of 128 for an IPv6 address; what lies beyond them is cut off.
  static IpNetwork of(const IpAddress& address, unsigned bits) noexcept;
  [[nodiscard]] bool contains(const IpAddress& address) const noexcept;
  [[nodiscard]] bool overlaps(const IpNetwork& other) const noexcept;
  [[nodiscard]] const IpAddress& base() const noexcept { return base_; }
  [[nodiscard]] bool isV4() const noexcept;
  /// As written behind the slash: of 32 for IPv4, of 128 for IPv6.
  [[nodiscard]] unsigned prefixLength() const noexcept;
  [[nodiscard]] std::string toString() const;

 private:
  IpAddress base_;
  unsigned bits_ = 0;  // of 128
};

}  // namespace ks
