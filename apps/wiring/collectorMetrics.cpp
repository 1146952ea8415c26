#include "apps/wiring/collectorMetrics.hpp"

namespace ks {
namespace {

void appendMetric(std::string& out, const char* name, const char* kind, const char* help,
                  const std::string& value) {
  out += std::string("# HELP ") + name + " " + help + "\n# TYPE " + name + " " + kind + "\n" + name + " " +
         value + "\n";
}

}  // namespace

void appendCollectorMetrics(std::string& out, const Result<CollectorStatus>& collector) {
  appendMetric(out, "k_collector_known", "gauge",
               "Whether the database told how far the logs have been read.", collector ? "1" : "0");
  if (!collector) {
    return;
  }
  const auto& status = collector.value();
  appendMetric(out, "k_collector_lag_bytes", "gauge", "Bytes of the followed logs that are not stored yet.",
               std::to_string(status.lagBytes));
  appendMetric(out, "k_collector_lag_seconds", "gauge",
               "Age of the newest line stored while there are newer ones.", std::to_string(status.lagS));
  appendMetric(out, "k_collector_lines_total", "counter", "Lines stored.", std::to_string(status.lines));
  appendMetric(out, "k_collector_bad_lines_total", "counter",
               "Lines that were no entries, oversized ones too.", std::to_string(status.badLines));
  appendMetric(out, "k_collector_oversized_lines_total", "counter", "Lines longer than 256 KiB.",
               std::to_string(status.oversizedLines));
}

}  // namespace ks
