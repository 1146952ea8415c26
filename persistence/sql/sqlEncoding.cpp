#include "persistence/sql/sqlEncoding.hpp"

#include <arpa/inet.h>

#include <array>
#include <bit>
#include <cstring>

namespace ks::sqlEncoding {
namespace {

constexpr std::int64_t kEpochDifferenceMs = 946'684'800'000;  // 2000-01-01 after 1970-01-01
constexpr char kFamilyIpv4 = 2;                               // PGSQL_AF_INET, src/include/utils/inet.h
constexpr char kFamilyIpv6 = 3;

template <class Unsigned>
void appendBigEndian(std::string& out, Unsigned value) {
  for (int shift = static_cast<int>(sizeof(Unsigned)) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((std::uint64_t{value} >> static_cast<unsigned>(shift)) & 0xffU));
  }
}

template <class Unsigned>
Unsigned readBigEndian(const char* bytes) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    value = (value << 8U) | static_cast<std::uint8_t>(bytes[i]);
  }
  return static_cast<Unsigned>(value);
}

}  // namespace

void appendInt16(std::string& out, std::int16_t value) {
  appendBigEndian(out, static_cast<std::uint16_t>(value));
}
void appendInt32(std::string& out, std::int32_t value) {
  appendBigEndian(out, static_cast<std::uint32_t>(value));
}
void appendInt64(std::string& out, std::int64_t value) {
  appendBigEndian(out, static_cast<std::uint64_t>(value));
}
void appendFloat64(std::string& out, double value) {
  appendBigEndian(out, std::bit_cast<std::uint64_t>(value));
}
void appendUuid(std::string& out, const Uuid& value) {
  out.append(reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size());
}
void appendTime(std::string& out, TimePoint value) {
  appendInt64(out, (value.time_since_epoch().count() - kEpochDifferenceMs) * 1000);
}

bool appendInet(std::string& out, std::string_view address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.empty() || address.size() >= text.size()) {
    return false;
  }
  std::memcpy(text.data(), address.data(), address.size());
  const bool ipv6 = address.find(':') != std::string_view::npos;
  std::array<char, 16> bytes{};
  if (inet_pton(ipv6 ? AF_INET6 : AF_INET, text.data(), bytes.data()) != 1) {
    return false;
  }
  const std::size_t length = ipv6 ? 16 : 4;
  out.push_back(ipv6 ? kFamilyIpv6 : kFamilyIpv4);
  out.push_back(static_cast<char>(length * 8));  // prefix bits
  out.push_back(0);                              // not a cidr
  out.push_back(static_cast<char>(length));
  out.append(bytes.data(), length);
  return true;
}

void patchInt32(std::string& out, std::size_t position, std::int32_t value) {
  std::string bytes;
  appendInt32(bytes, value);
  out.replace(position, 4, bytes);
}

std::int16_t readInt16(const char* bytes) noexcept {
  return static_cast<std::int16_t>(readBigEndian<std::uint16_t>(bytes));
}
std::int32_t readInt32(const char* bytes) noexcept {
  return static_cast<std::int32_t>(readBigEndian<std::uint32_t>(bytes));
}
std::int64_t readInt64(const char* bytes) noexcept {
  return static_cast<std::int64_t>(readBigEndian<std::uint64_t>(bytes));
}
double readFloat64(const char* bytes) noexcept {
  return std::bit_cast<double>(readBigEndian<std::uint64_t>(bytes));
}
float readFloat32(const char* bytes) noexcept {
  return std::bit_cast<float>(readBigEndian<std::uint32_t>(bytes));
}

TimePoint readTime(const char* bytes) noexcept {
  const std::int64_t microseconds = readInt64(bytes);
  const std::int64_t wholeMs = microseconds / 1000 - (microseconds % 1000 < 0 ? 1 : 0);
  return TimePoint(Milliseconds(wholeMs + kEpochDifferenceMs));
}

std::string readInet(std::string_view bytes) {
  if (bytes.size() < 4) {
    return {};
  }
  const auto length = static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[3]));
  const bool ipv6 = bytes[0] == kFamilyIpv6;
  if (length != (ipv6 ? 16U : 4U) || bytes.size() != 4 + length) {
    return {};
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (inet_ntop(ipv6 ? AF_INET6 : AF_INET, bytes.data() + 4, text.data(), text.size()) == nullptr) {
    return {};
  }
  std::string address(text.data());
  const auto bits = static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[1]));
  if (bits != length * 8) {
    address += "/" + std::to_string(bits);
  }
  return address;
}

}  // namespace ks::sqlEncoding
