#include "core/sketch/passwordFilter.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "core/contentHash.hpp"
#include "core/text/utf8.hpp"

namespace ks {
namespace {

// The file: this header, then the bits. `checksum` is that of the rest of the header.
struct FilterHeader {
  std::array<char, 8> magic;
  std::uint64_t entries;
  std::uint64_t bitCount;  ///< a power of two
  std::uint64_t probes;
  std::uint64_t checksum;
};

constexpr std::array<char, 8> kMagic{'k', 's', 'p', 'w', 'f', '0', '0', '1'};
constexpr std::uint64_t kBitCount = 1ULL << 24U;
constexpr std::uint64_t kProbes = 20;

std::uint64_t headerChecksum(const FilterHeader& header) {
  return contentHash({reinterpret_cast<const char*>(&header), offsetof(FilterHeader, checksum)});
}

/// Double hashing (Kirsch and Mitzenmacher): two hashes do as well as many.
template <class Visit>
bool everyProbe(std::string_view form, std::uint64_t bitCount, std::uint64_t probes, Visit visit) {
  const auto first = contentHash(form, 1);
  const auto step = contentHash(form, 2) | 1U;
  for (std::uint64_t i = 0; i < probes; ++i) {
    if (!visit((first + i * step) & (bitCount - 1))) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<PasswordFilter> PasswordFilter::open(ByteView file) {
  FilterHeader header{};
  if (file.size() < sizeof header) {
    return std::nullopt;
  }
  std::memcpy(&header, file.data(), sizeof header);
  const bool isPowerOfTwo = header.bitCount >= 8 && (header.bitCount & (header.bitCount - 1)) == 0;
  if (header.magic != kMagic || header.checksum != headerChecksum(header) || !isPowerOfTwo ||
      file.size() - sizeof header != header.bitCount / 8 || header.probes < 1 || header.probes > 64) {
    return std::nullopt;
  }
  PasswordFilter filter;
  filter.bits_ = file.data() + sizeof header;
  filter.bitCount_ = header.bitCount;
  filter.probes_ = header.probes;
  filter.entries_ = header.entries;
  return filter;
}

bool PasswordFilter::mayContain(std::string_view password) const {
  return everyProbe(lowerAscii(password), bitCount_, probes_,
                    [this](std::uint64_t bit) { return (bits_[bit / 8] >> (bit % 8) & 1U) != 0; });
}

double PasswordFilter::falsePositives() const {
  const auto probes = static_cast<double>(probes_);
  const double load = static_cast<double>(entries_) * probes / static_cast<double>(bitCount_);
  return std::pow(1.0 - std::exp(-load), probes);
}

std::optional<std::string> passwordFilterForm(std::string_view password) {
  const auto normal = normalizeNfc(password);
  if (!normal || countCodePoints(*normal) < PasswordFilter::kShortest) {
    return std::nullopt;
  }
  return lowerAscii(*normal);
}

std::vector<std::uint8_t> makePasswordFilter(const std::vector<std::string>& passwords) {
  FilterHeader header{kMagic, passwords.size(), kBitCount, kProbes, 0};
  header.checksum = headerChecksum(header);
  std::vector<std::uint8_t> file(sizeof header + kBitCount / 8);
  std::memcpy(file.data(), &header, sizeof header);
  std::uint8_t* const bits = file.data() + sizeof header;
  for (const auto& password : passwords) {
    everyProbe(password, kBitCount, kProbes, [bits](std::uint64_t bit) {
      bits[bit / 8] = static_cast<std::uint8_t>(bits[bit / 8] | 1U << (bit % 8));
      return true;
    });
  }
  return file;
}

}  // namespace ks
