#include "apps/wiring/collectorMetrics.hpp"

namespace ks {
namespace {

const MetricFamily kKnown{"k_collector_known", MetricType::gauge,
                          "Whether the positions of the logs are known from the database."};
const MetricFamily kLagBytes{"k_collector_lag_bytes", MetricType::gauge,
                             "Bytes of the followed logs that are not stored yet."};
const MetricFamily kLagSeconds{"k_collector_lag_seconds", MetricType::gauge,
                               "Age of the newest line stored while there are newer ones."};
const MetricFamily kLines{"k_collector_lines_total", MetricType::counter, "Lines stored."};
const MetricFamily kBadLines{"k_collector_bad_lines_total", MetricType::counter,
                             "Lines that were not entries, including oversized ones."};
const MetricFamily kOversized{"k_collector_oversized_lines_total", MetricType::counter,
                              "Lines longer than 256 KiB."};

std::uint64_t count(std::int64_t value) { return value < 0 ? 0 : static_cast<std::uint64_t>(value); }

}  // namespace

void appendCollectorMetrics(PrometheusText& out, const Result<CollectorStatus>& collector) {
  out.add(kKnown, std::uint64_t{collector ? 1U : 0U});
  if (!collector) {
    return;
  }
  const auto& status = collector.value();
  out.add(kLagBytes, count(static_cast<std::int64_t>(status.lagBytes)));
  out.add(kLagSeconds, static_cast<double>(status.lagS));
  out.add(kLines, count(static_cast<std::int64_t>(status.lines)));
  out.add(kBadLines, count(static_cast<std::int64_t>(status.badLines)));
  out.add(kOversized, count(static_cast<std::int64_t>(status.oversizedLines)));
}

}  // namespace ks
