#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ks {

/// Counts of durations in logarithmic buckets. Merging two is exactly the histogram of both inputs together;
/// a quantile is within 1/128 (0.79 %) of the one over the raw values. 64 buckets to a power of two; exact
/// below 128 microseconds.
class LatencyHistogram {
 public:
  /// 2^36 microseconds, 19 hours; longer durations count as this.
  static constexpr std::uint64_t kLargest = (1ULL << 36U) - 1;

  void add(std::uint64_t microseconds, std::uint64_t times = 1);
  void merge(const LatencyHistogram& other);

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  /// Microseconds; between two values it interpolates as SQL's percentile_cont does. 0 when empty. `fraction`
  /// is 0 to 1.
  [[nodiscard]] double quantile(double fraction) const;
  /// How many values lie in [from, to) microseconds, by the middle of their bucket.
  [[nodiscard]] std::uint64_t countBetween(std::uint64_t from, std::uint64_t to) const;

  /// Compact form for storage: a version byte, then for each filled bucket the gap to the one before and its
  /// count, as variable-length integers. Empty histogram: empty text.
  [[nodiscard]] std::string serialize() const;
  /// Nothing when the text is not what serialize() writes.
  static std::optional<LatencyHistogram> parse(std::string_view text);
  /// Merges what serialize() gave, without a histogram in between. False when `text` is something else; this
  /// histogram is unusable then.
  [[nodiscard]] bool mergeSerialized(std::string_view text);

  bool operator==(const LatencyHistogram& other) const;

 private:
  static std::size_t indexOf(std::uint64_t microseconds) noexcept;
  static double middleOf(std::size_t index) noexcept;
  void makeRoom(std::size_t index);

  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
};

}  // namespace ks
