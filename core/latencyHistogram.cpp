#include "core/latencyHistogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/variableInteger.hpp"

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
  if (index >= buckets_.size()) {
    buckets_.resize(index + 1);
  }
  buckets_[index] += times;
  count_ += times;
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

double LatencyHistogram::valueAtRank(std::uint64_t rank) const {
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen > rank) {
      return middleOf(i);
    }
  }
  return 0;
}

double LatencyHistogram::quantile(double fraction) const {
  if (count_ == 0) {
    return 0;
  }
  const double rank = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(count_ - 1);
  const double below = std::floor(rank);
  const double low = valueAtRank(static_cast<std::uint64_t>(below));
  if (rank == below) {
    return low;
  }
  return low + (rank - below) * (valueAtRank(static_cast<std::uint64_t>(below) + 1) - low);
}

std::uint64_t LatencyHistogram::countBetween(std::uint64_t from, std::uint64_t to) const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const double middle = middleOf(i);
    if (middle >= static_cast<double>(from) && middle < static_cast<double>(to)) {
      sum += buckets_[i];
    }
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
  if (text.empty()) {
    return histogram;
  }
  if (text.front() != kVersion) {
    return std::nullopt;
  }
  text.remove_prefix(1);
  std::size_t next = 0;
  while (!text.empty()) {
    std::uint64_t gap = 0;
    std::uint64_t times = 0;
    if (!takeVariableInteger(text, gap) || !takeVariableInteger(text, times) || gap >= kMostBuckets ||
        next + gap >= kMostBuckets || times == 0 || times > UINT64_MAX - histogram.count_) {
      return std::nullopt;
    }
    next += gap;
    histogram.buckets_.resize(next + 1);
    histogram.buckets_[next] = times;
    histogram.count_ += times;
    ++next;
  }
  return histogram;
}

bool LatencyHistogram::operator==(const LatencyHistogram& other) const {
  return serialize() == other.serialize();
}

}  // namespace ks
