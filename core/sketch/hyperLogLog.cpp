#include "core/sketch/hyperLogLog.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "core/sketch/variableInteger.hpp"

namespace ks {
namespace {
constexpr unsigned kRankBits = 6;
constexpr std::uint32_t kRankMask = (1U << kRankBits) - 1;
constexpr unsigned kHighestRank = 64 - HyperLogLog::kPrecision + 1;
constexpr unsigned kListedBits =
    HyperLogLog::kListPrecision - HyperLogLog::kPrecision;  // of an index, below the register's
constexpr std::uint32_t kListedMask = (1U << kListedBits) - 1;
constexpr unsigned kHighestListedRank = kHighestRank - kListedBits;
constexpr std::size_t kMostListed = 4096;
constexpr std::size_t kPackedBytes = HyperLogLog::kRegisters * 6 / 8;
constexpr char kRegisterListVersion = 1;
constexpr char kRegisterVersion = 2;
constexpr char kListVersion = 3;
constexpr std::size_t kBlock = 1024;  // registers that are unpacked at a time
constexpr std::size_t kPackedBlock = kBlock * 6 / 8;
static_assert(std::endian::native == std::endian::little);

/// Eight registers of six bits each, one a byte.
std::uint64_t unpackWord(const char* at) {
  std::uint32_t low = 0;
  std::uint16_t high = 0;
  std::memcpy(&low, at, 4);
  std::memcpy(&high, at + 4, 2);
  std::uint64_t word = low | static_cast<std::uint64_t>(high) << 32U;
  word = (word & 0xffffffU) | (word & 0xffffff000000ULL) << 8U;
  word = (word & 0x00000fff00000fffULL) | (word & 0x00fff00000fff000ULL) << 4U;
  return (word & 0x003f003f003f003fULL) | (word & 0x0fc00fc00fc00fc0ULL) << 2U;
}

/// No branch and no overlap, so that the compiler takes many registers at once. True when one was raised.
template <std::size_t Count>
bool raiseAll(std::uint8_t* __restrict mine, const std::uint8_t* __restrict theirs) {
  std::uint8_t raised = 0;
  for (std::size_t i = 0; i < Count; ++i) {
    raised |= static_cast<std::uint8_t>(theirs[i] > mine[i]);
    mine[i] = std::max(mine[i], theirs[i]);
  }
  return raised != 0;
}

double sigma(double x) {
  if (x == 1) {
    return std::numeric_limits<double>::infinity();
  }
  double y = 1;
  double z = x;
  for (;;) {
    x *= x;
    const double before = z;
    z += x * y;
    y += y;
    if (z == before) {
      return z;
    }
  }
}

double tau(double x) {
  if (x == 0 || x == 1) {
    return 0;
  }
  double y = 1;
  double z = 1 - x;
  for (;;) {
    x = std::sqrt(x);
    const double before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
    if (z == before) {
      return z / 3;
    }
  }
}
}  // namespace

void HyperLogLog::add(std::uint64_t hash) {
  const auto index = static_cast<std::uint32_t>(hash >> (64 - kListPrecision));
  // The lowest set bit bounds the rank if the rest is zero.
  const std::uint64_t rest = (hash << kListPrecision) | (1ULL << (kListPrecision - 1));
  const auto rank = static_cast<std::uint32_t>(std::countl_zero(rest)) + 1;
  const std::uint32_t entry = index << kRankBits | ((index & kListedMask) == 0 ? rank : 0);
  if (!registers_.empty()) {
    raise(entry);
    return;
  }
  listed_.push_back(entry);
  tidied_ = false;
  if (listed_.size() >= 2 * kMostListed) {
    tidy();
  }
}

bool HyperLogLog::raise(std::uint32_t registerIndex, std::uint32_t rank) const {
  auto& place = registers_[registerIndex];
  if (rank <= place) {
    return false;
  }
  place = static_cast<std::uint8_t>(rank);
  return true;
}

bool HyperLogLog::raise(std::uint32_t entry) const {
  const std::uint32_t index = entry >> kRankBits;
  const std::uint32_t low = index & kListedMask;
  const std::uint32_t rank = low == 0 ? kListedBits + (entry & kRankMask)
                                      : static_cast<std::uint32_t>(std::countl_zero(low)) + kListedBits - 31;
  return raise(index >> kListedBits, rank);
}

void HyperLogLog::tidy() const {
  if (tidied_) {
    return;
  }
  // Highest rank of an index first, so that unique() keeps it.
  std::sort(listed_.begin(), listed_.end(), [](std::uint32_t a, std::uint32_t b) {
    return a >> kRankBits != b >> kRankBits ? a < b : a > b;
  });
  listed_.erase(
      std::unique(listed_.begin(), listed_.end(),
                  [](std::uint32_t a, std::uint32_t b) { return a >> kRankBits == b >> kRankBits; }),
      listed_.end());
  tidied_ = true;
  if (listed_.size() >= kMostListed) {
    spread();
  }
}

void HyperLogLog::spread() const {
  registers_.assign(kRegisters, 0);
  for (const auto entry : listed_) {
    raise(entry);
  }
  listed_.clear();
  listed_.shrink_to_fit();
  tidied_ = true;
}

bool HyperLogLog::merge(const HyperLogLog& other) {
  other.tidy();
  if (other.registers_.empty()) {
    return mergeListed(other.listed_);
  }
  if (registers_.empty()) {
    spread();
  }
  return raiseAll<kRegisters>(registers_.data(), other.registers_.data());
}

bool HyperLogLog::mergeListed(const std::vector<std::uint32_t>& ordered) {
  bool changed = false;
  tidy();
  if (!registers_.empty()) {
    for (const auto entry : ordered) {
      changed = raise(entry) || changed;
    }
    return changed;
  }
  std::vector<std::uint32_t> merged;
  merged.reserve(listed_.size() + ordered.size());
  auto mine = listed_.begin();
  for (const auto entry : ordered) {
    while (mine != listed_.end() && *mine >> kRankBits < entry >> kRankBits) {
      merged.push_back(*mine++);
    }
    const bool both = mine != listed_.end() && *mine >> kRankBits == entry >> kRankBits;
    const std::uint32_t before = both ? *mine++ : 0;
    merged.push_back(std::max(before, entry));
    changed = changed || entry > before;
  }
  merged.insert(merged.end(), mine, listed_.end());
  listed_ = std::move(merged);
  if (listed_.size() >= kMostListed) {
    spread();
  }
  return changed;
}

double HyperLogLog::estimate() const {
  tidy();
  if (registers_.empty()) {  // few among 2^25 places: linear counting
    constexpr double kPlaces = 1U << kListPrecision;
    return -kPlaces * std::log1p(-static_cast<double>(listed_.size()) / kPlaces);
  }
  std::array<std::uint32_t, kHighestRank + 1> counts{};
  // Neighbours are often equal; separate counters avoid the dependency.
  std::array<std::array<std::uint32_t, kHighestRank + 1>, 4> parts{};
  for (std::size_t i = 0; i < kRegisters; i += parts.size()) {
    for (std::size_t k = 0; k < parts.size(); ++k) {
      ++parts[k][registers_[i + k]];
    }
  }
  for (std::size_t rank = 0; rank <= kHighestRank; ++rank) {
    counts[rank] = parts[0][rank] + parts[1][rank] + parts[2][rank] + parts[3][rank];
  }
  const auto m = static_cast<double>(kRegisters);
  double z = m * tau(1 - counts[kHighestRank] / m);
  for (unsigned k = kHighestRank - 1; k >= 1; --k) {
    z = 0.5 * (z + counts[k]);
  }
  z += m * sigma(counts[0] / m);
  return m * m / (2 * std::log(2.0) * z);
}

std::string HyperLogLog::serialize() const {
  std::string out;
  if (empty()) {
    return out;
  }
  tidy();
  if (registers_.empty()) {
    out.push_back(kListVersion);
    std::uint32_t next = 0;
    for (const auto entry : listed_) {
      const std::uint32_t index = entry >> kRankBits;
      appendVariableInteger(out, index - next);
      next = index + 1;
      if ((index & kListedMask) == 0) {
        out.push_back(static_cast<char>(entry & kRankMask));
      }
    }
    return out;
  }
  out.resize(1 + kPackedBytes);
  out[0] = kRegisterVersion;
  char* at = out.data() + 1;
  for (std::size_t i = 0; i < kRegisters; i += 4) {
    const auto word = static_cast<std::uint32_t>(registers_[i]) |
                      static_cast<std::uint32_t>(registers_[i + 1]) << 6U |
                      static_cast<std::uint32_t>(registers_[i + 2]) << 12U |
                      static_cast<std::uint32_t>(registers_[i + 3]) << 18U;
    *at++ = static_cast<char>(word & 0xffU);
    *at++ = static_cast<char>(word >> 8U & 0xffU);
    *at++ = static_cast<char>(word >> 16U & 0xffU);
  }
  return out;
}

std::optional<HyperLogLog> HyperLogLog::parse(std::string_view text) {
  HyperLogLog sketch;
  return sketch.mergeSerialized(text) ? std::optional(std::move(sketch)) : std::nullopt;
}

bool HyperLogLog::mergeSerialized(std::string_view text) {
  if (text.empty()) {
    return true;
  }
  const char version = text.front();
  text.remove_prefix(1);
  if (version == kListVersion) {
    return mergeSerializedList(text);
  }
  if (version == kRegisterListVersion) {
    return mergeSerializedRegisterList(text);
  }
  if (version != kRegisterVersion || text.size() != kPackedBytes) {
    return false;
  }
  if (registers_.empty()) {
    spread();
  }
  std::uint8_t highest = 0;
  const char* at = text.data();
  for (std::size_t i = 0; i < kRegisters; i += kBlock, at += kPackedBlock) {
    std::array<std::uint8_t, kBlock> block;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
    for (std::size_t k = 0; k < kBlock; k += 8) {
      const auto word = unpackWord(at + k * 6 / 8);
      std::memcpy(block.data() + k, &word, 8);
    }
    raiseAll<kBlock>(registers_.data() + i, block.data());
    for (const auto rank : block) {
      highest = std::max(highest, rank);
    }
  }
  return highest <= kHighestRank;
}

bool HyperLogLog::mergeSerializedList(std::string_view text) {
  std::vector<std::uint32_t> entries;
  entries.reserve(text.size() / 2);
  std::uint64_t next = 0;
  while (!text.empty()) {
    std::uint64_t gap = 0;
    if (!takeVariableInteger(text, gap) || gap >= (1U << kListPrecision) - next) {
      return false;
    }
    const auto index = static_cast<std::uint32_t>(next + gap);
    std::uint32_t rank = 0;
    if ((index & kListedMask) == 0) {
      rank = text.empty() ? 0 : static_cast<unsigned char>(text.front());
      if (rank == 0 || rank > kHighestListedRank) {
        return false;
      }
      text.remove_prefix(1);
    }
    entries.push_back(index << kRankBits | rank);
    next = index + 1ULL;
  }
  mergeListed(entries);
  return true;
}

bool HyperLogLog::mergeSerializedRegisterList(std::string_view text) {
  if (registers_.empty()) {
    spread();
  }
  std::uint64_t next = 0;
  while (!text.empty()) {
    std::uint64_t gap = 0;
    if (!takeVariableInteger(text, gap) || gap >= (kRegisters << kRankBits) - next) {
      return false;
    }
    const auto entry = static_cast<std::uint32_t>(next + gap);
    const std::uint32_t rank = entry & kRankMask;
    if (rank == 0 || rank > kHighestRank) {
      return false;
    }
    raise(entry >> kRankBits, rank);
    next = entry + 1ULL;
  }
  return true;
}

}  // namespace ks
