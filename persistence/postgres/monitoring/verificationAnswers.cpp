#include "persistence/postgres/monitoring/verificationAnswers.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ks {
namespace {

/// Below it a relative error says nothing: half a microsecond, and less than one address.
constexpr double kSmallestDifference = 0.0005;

}  // namespace

void HourComparison::differ(RollupDifference difference) {
  ++found_.differences;
  if (found_.examples.size() < HourVerification::kMostExamples) {
    found_.examples.push_back(std::move(difference));
  }
}

void HourComparison::compareCounts(TimePoint start, const std::string& service, const std::string& route,
                                   const VerifiedFigures& rollup, const VerifiedFigures& raw) {
  for (std::size_t i = 0; i < kVerifiedCounts.size(); ++i) {
    if (rollup.counts[i] != raw.counts[i]) {
      differ({start, service, route, kVerifiedCounts[i], static_cast<double>(rollup.counts[i]),
              static_cast<double>(raw.counts[i])});
    }
  }
}

void HourComparison::compareEstimate(const char* figure, const std::string& service, const std::string& route,
                                     double rollup, double raw, double bound, double& worst) {
  const double difference = std::abs(rollup - raw);
  if (difference <= kSmallestDifference) {
    return;
  }
  const double error = raw == 0 ? 1 : difference / raw;
  worst = std::max(worst, error);
  if (error > bound) {
    differ({found_.hour, service, route, figure, rollup, raw});
  }
}

void HourComparison::addHour(const std::string& service, const std::string& route,
                             const VerifiedFigures& rollup, const VerifiedFigures& raw) {
  ++found_.hourRows;
  if (service == "all") {
    found_.requests = static_cast<std::uint64_t>(raw.counts[0]);
  }
  compareCounts(found_.hour, service, route, rollup, raw);
  compareEstimate("p95_nginx_latency_ms", service, route, rollup.p95Ms, raw.p95Ms,
                  HourVerification::kP95Bound, found_.worstP95Error);
  compareEstimate("p95_backend_latency_ms", service, route, rollup.p95BackendMs, raw.p95BackendMs,
                  HourVerification::kP95Bound, found_.worstP95Error);
  compareEstimate("unique_ips", service, route, rollup.uniqueIps, raw.uniqueIps,
                  HourVerification::kUniqueBound, found_.worstUniqueError);
}

void HourComparison::addMinute(TimePoint minute, const std::string& service, const std::string& route,
                               const VerifiedFigures& rollup, const VerifiedFigures& raw) {
  ++found_.minuteRows;
  compareCounts(minute, service, route, rollup, raw);
}

}  // namespace ks
