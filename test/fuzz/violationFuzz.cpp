#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/sketch/hyperLogLog.hpp"
#include "core/sketch/latencyHistogram.hpp"
#include "monitoring/collector/routeTemplate.hpp"
#include "monitoring/collector/violationEntry.hpp"

/// Entries of the violation list, and the other texts that come from outside: urls and stored sketches.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ks::TimePoint now{ks::Milliseconds{1'770'072'671'999}};
  if (const auto violation = ks::parseViolation(text, now)) {
    if (violation->identifier.empty() || violation->identifier.size() > 128 || violation->count == 0) {
      std::abort();
    }
  }
  if (ks::templateOfUrl(text).size() > 8 * 65 + 8) {
    std::abort();
  }
  if (const auto histogram = ks::LatencyHistogram::parse(text)) {
    const auto again = ks::LatencyHistogram::parse(histogram->serialize());
    if (!again || !(*again == *histogram)) {
      std::abort();
    }
  }
  if (const auto sketch = ks::HyperLogLog::parse(text)) {
    if (!(sketch->estimate() >= 0)) {
      std::abort();
    }
  }
  return 0;
}
