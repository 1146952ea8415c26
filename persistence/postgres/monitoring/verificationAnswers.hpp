#pragma once
#include <array>
#include <optional>
#include <string>

#include "messages/monitoring/hourVerification.hpp"

namespace ks {

inline constexpr std::array<const char*, 10> kVerifiedCounts{
    "total",        "status_2xx", "status_3xx",     "status_4xx",    "status_5xx",
    "rate_limited", "bytes_sent", "gateway_sum_us", "backend_count", "backend_sum_us"};

/// Of a rollup row or of the raw rows that it stands for.
struct VerifiedFigures {
  std::array<std::int64_t, kVerifiedCounts.size()> counts{};
  double p95Ms = 0;
  double p95BackendMs = 0;
  double uniqueIps = 0;
};

/// Compares rows one by one.
class HourComparison {
 public:
  explicit HourComparison(TimePoint hour) { found_.hour = hour; }

  void addHour(const std::string& service, const std::string& route, const VerifiedFigures& rollup,
               const VerifiedFigures& raw);
  /// Counts only.
  void addMinute(TimePoint minute, const std::string& service, const std::string& route,
                 const VerifiedFigures& rollup, const VerifiedFigures& raw);
  [[nodiscard]] const HourVerification& found() const { return found_; }

 private:
  void compareCounts(TimePoint start, const std::string& service, const std::string& route,
                     const VerifiedFigures& rollup, const VerifiedFigures& raw);
  void compareEstimate(const char* figure, const std::string& service, const std::string& route,
                       double rollup, double raw, double bound, double& worst);
  void differ(RollupDifference difference);

  HourVerification found_;
};

}  // namespace ks
