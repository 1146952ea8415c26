#include "core/sketch/latencyHistogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "core/sketch/variableInteger.hpp"

namespace ks {
namespace {
constexpr unsigned kSubBucketBits = 6;
constexpr std::uint64_t kSubBuckets = 1U << kSubBucketBits;
constexpr std::size_t kMostBuckets = 32 * kSubBuckets;
constexpr char kVersion = 1;
}  // namespace

std::size_t LatencyHistogram::indexOf(std::uint64_t microseconds) noexcept {
  const std::uint64_t value = std::min(microseconds, kLargest);
  if (value < kSubBuckets) {
    return value;
  }
  const auto exponent = static_cast<unsigned>(std::bit_width(value)) - kSubBucketBits - 1;
  return exponent * kSubBuckets + (value >> exponent);
}

double LatencyHistogram::middleOf(std::size_t index) noexcept {
  if (index < 2 * kSubBuckets) {
    return static_cast<double>(index);
  }
  const auto exponent = index / kSubBuckets - 1;
  const std::uint64_t lowest = (index - exponent * kSubBuckets) << exponent;
  const std::uint64_t width = 1ULL << exponent;
  return static_cast<double>(lowest) + static_cast<double>(width - 1) / 2;
}

void LatencyHistogram::add(std::uint64_t microseconds, std::uint64_t times) {
  const std::size_t index = indexOf(microseconds);
  makeRoom(index);
  buckets_[index] += times;
  count_ += times;
}

void LatencyHistogram::makeRoom(std::size_t index) {
  if (index >= buckets_.size()) {
    buckets_.resize((index / kSubBuckets + 1) * kSubBuckets);
  }
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  if (other.buckets_.size() > buckets_.size()) {
    buckets_.resize(other.buckets_.size());
  }
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) {
    buckets_[i] += other.buckets_[i];
  }
  count_ += other.count_;
}

double LatencyHistogram::quantile(double fraction) const {
  if (count_ == 0) {
    return 0;
  }
  const double rank = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(count_ - 1);
  const double below = std::floor(rank);
  const auto wanted = std::min(static_cast<std::uint64_t>(below), count_ - 1);
  std::size_t at = 0;
  std::uint64_t seen = buckets_[0];
  while (seen <= wanted) {
    seen += buckets_[++at];
  }
  const double low = middleOf(at);
  if (rank == below || seen > wanted + 1 || seen == count_) {
    return low;
  }
  do {
    ++at;
  } while (buckets_[at] == 0);
  return low + (rank - below) * (middleOf(at) - low);
}

std::uint64_t LatencyHistogram::countBetween(std::uint64_t from, std::uint64_t to) const {
  // The first bucket whose middle is not below the bound.
  const auto firstFrom = [](std::uint64_t bound) {
    const auto index = indexOf(bound);
    return index + (middleOf(index) < static_cast<double>(bound) ? 1 : 0);
  };
  const auto end = std::min(firstFrom(to), buckets_.size());
  std::uint64_t sum = 0;
  for (auto i = firstFrom(from); i < end; ++i) {
    sum += buckets_[i];
  }
  return sum;
}

std::string LatencyHistogram::serialize() const {
  std::string out;
  if (count_ == 0) {
    return out;
  }
  out.push_back(kVersion);
  std::size_t next = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    if (buckets_[i] > 0) {
      appendVariableInteger(out, i - next);
      appendVariableInteger(out, buckets_[i]);
      next = i + 1;
    }
  }
  return out;
}

std::optional<LatencyHistogram> LatencyHistogram::parse(std::string_view text) {
  LatencyHistogram histogram;
  return histogram.mergeSerialized(text) ? std::optional(std::move(histogram)) : std::nullopt;
}

bool LatencyHistogram::mergeSerialized(std::string_view text) {
  if (text.empty()) {
    return true;
  }
  if (text.front() != kVersion) {
    return false;
  }
  text.remove_prefix(1);
  std::size_t next = 0;
  while (!text.empty()) {
    std::uint64_t gap = 0;
    std::uint64_t times = 0;
    if (!takeVariableInteger(text, gap) || !takeVariableInteger(text, times) || gap >= kMostBuckets ||
        next + gap >= kMostBuckets || times == 0 || times > UINT64_MAX - count_) {
      return false;
    }
    next += gap;
    makeRoom(next);
    buckets_[next] += times;
    count_ += times;
    ++next;
  }
  return true;
}

bool LatencyHistogram::operator==(const LatencyHistogram& other) const {
  return serialize() == other.serialize();
}

}  // namespace ks
