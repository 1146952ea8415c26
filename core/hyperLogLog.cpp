#include "core/hyperLogLog.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "core/variableInteger.hpp"

namespace ks {
namespace {
constexpr unsigned kRankBits = 6;
constexpr std::uint32_t kRankMask = (1U << kRankBits) - 1;
constexpr unsigned kHighestRank = 64 - HyperLogLog::kPrecision + 1;
constexpr std::size_t kMostListed = 4096;
constexpr std::size_t kPackedBytes = HyperLogLog::kRegisters * 6 / 8;
constexpr char kListVersion = 1;
constexpr char kRegisterVersion = 2;

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
  const auto index = static_cast<std::uint32_t>(hash >> (64 - kPrecision));
  // The low bit that is set bounds the rank when the rest is all zero.
  const std::uint64_t rest = (hash << kPrecision) | (1ULL << (kPrecision - 1));
  const auto rank = static_cast<std::uint32_t>(std::countl_zero(rest)) + 1;
  const std::uint32_t entry = index << kRankBits | rank;
  if (!registers_.empty()) {
    raise(entry);
    return;
  }
  listed_.push_back(entry);
  tidied_ = false;
  if (listed_.size() >= 2 * kMostListed) {
    tidy();
    if (listed_.size() >= kMostListed) {
      spread();
    }
  }
}

bool HyperLogLog::raise(std::uint32_t entry) {
  auto& place = registers_[entry >> kRankBits];
  const auto rank = static_cast<std::uint8_t>(entry & kRankMask);
  if (rank <= place) {
    return false;
  }
  place = rank;
  return true;
}

void HyperLogLog::tidy() const {
  if (tidied_) {
    return;
  }
  // Highest rank of a register first, so that unique() keeps it.
  std::sort(listed_.begin(), listed_.end(), [](std::uint32_t a, std::uint32_t b) {
    return a >> kRankBits != b >> kRankBits ? a < b : a > b;
  });
  listed_.erase(
      std::unique(listed_.begin(), listed_.end(),
                  [](std::uint32_t a, std::uint32_t b) { return a >> kRankBits == b >> kRankBits; }),
      listed_.end());
  tidied_ = true;
}

void HyperLogLog::spread() {
  registers_.assign(kRegisters, 0);
  for (const auto entry : listed_) {
    raise(entry);
  }
  listed_.clear();
  listed_.shrink_to_fit();
  tidied_ = true;
}

bool HyperLogLog::merge(const HyperLogLog& other) {
  bool changed = false;
  if (registers_.empty() && other.registers_.empty()) {
    tidy();
    const auto before = listed_;
    listed_.insert(listed_.end(), other.listed_.begin(), other.listed_.end());
    tidied_ = false;
    tidy();
    changed = listed_ != before;
    if (listed_.size() >= kMostListed) {
      spread();
    }
    return changed;
  }
  if (registers_.empty()) {
    spread();
  }
  if (other.registers_.empty()) {
    for (const auto entry : other.listed_) {
      changed = raise(entry) || changed;
    }
    return changed;
  }
  std::uint8_t raised = 0;  // no branch, so that the compiler takes many registers at once
  for (std::size_t i = 0; i < kRegisters; ++i) {
    raised |= static_cast<std::uint8_t>(other.registers_[i] > registers_[i]);
    registers_[i] = std::max(registers_[i], other.registers_[i]);
  }
  return raised != 0;
}

double HyperLogLog::estimate() const {
  std::array<std::uint32_t, kHighestRank + 1> counts{};
  if (registers_.empty()) {
    tidy();
    for (const auto entry : listed_) {
      ++counts[std::min(entry & kRankMask, kHighestRank)];
    }
    counts[0] = static_cast<std::uint32_t>(kRegisters - listed_.size());
  } else {
    for (const auto rank : registers_) {
      ++counts[std::min<unsigned>(rank, kHighestRank)];
    }
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
  if (registers_.empty()) {
    tidy();
    out.push_back(kListVersion);
    std::uint32_t next = 0;
    for (const auto entry : listed_) {
      appendVariableInteger(out, entry - next);
      next = entry + 1;
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
  if (text.empty()) {
    return sketch;
  }
  const char version = text.front();
  text.remove_prefix(1);
  if (version == kListVersion) {
    std::uint64_t next = 0;
    while (!text.empty()) {
      std::uint64_t gap = 0;
      if (!takeVariableInteger(text, gap) || gap > kRegisters << kRankBits) {
        return std::nullopt;
      }
      next += gap;
      const std::uint64_t rank = next & kRankMask;
      if (next >= kRegisters << kRankBits || rank == 0 || rank > kHighestRank) {
        return std::nullopt;
      }
      sketch.listed_.push_back(static_cast<std::uint32_t>(next));
      ++next;
    }
    sketch.tidied_ = false;
    sketch.tidy();
    return sketch;
  }
  if (version != kRegisterVersion || text.size() != kPackedBytes) {
    return std::nullopt;
  }
  sketch.registers_.resize(kRegisters);
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  for (std::size_t i = 0; i < kRegisters; i += 4, at += 3) {
    const std::uint32_t word =
        at[0] | static_cast<std::uint32_t>(at[1]) << 8U | static_cast<std::uint32_t>(at[2]) << 16U;
    for (unsigned k = 0; k < 4; ++k) {
      const auto rank = static_cast<std::uint8_t>(word >> (6 * k) & kRankMask);
      if (rank > kHighestRank) {
        return std::nullopt;
      }
      sketch.registers_[i + k] = rank;
    }
  }
  return sketch;
}

}  // namespace ks
