#include "http/routes/monitoring/monitoringRoute.hpp"

#include <array>

namespace ks {
namespace {

struct NamedRange {
  std::string_view name;
  std::chrono::hours length;
};
constexpr std::array<NamedRange, 4> kRanges{{{"1h", std::chrono::hours{1}},
                                             {"6h", std::chrono::hours{6}},
                                             {"24h", std::chrono::hours{24}},
                                             {"7d", std::chrono::hours{7 * 24}}}};

struct NamedInterval {
  std::string_view name;
  std::uint32_t seconds;
};
constexpr std::array<NamedInterval, 5> kIntervals{
    {{"auto", 0}, {"1m", 60}, {"5m", 300}, {"15m", 900}, {"1h", 3600}}};

}  // namespace

Fault rangeFault(const char* field, const char* message) {
  auto fault = makeFault(ErrorCode::outOfRange);
  fault.field = field;
  fault.message = message;
  return fault;
}

std::uint32_t intervalOf(const std::string& name) {
  for (const auto& interval : kIntervals) {
    if (interval.name == name) {
      return interval.seconds;
    }
  }
  return 0;
}

RouteSpec monitoringRoute(std::string path, std::string operationId, std::string summary) {
  RouteSpec spec;
  spec.path = "/api/admin/monitoring" + std::move(path);
  spec.operationId = std::move(operationId);
  spec.summary = std::move(summary);
  spec.tag = "monitoring";
  spec.access = RouteAccess::needs("monitoring:read");
  spec.errors = {ErrorCode::outOfRange, ErrorCode::rangeTooWide};
  return spec;
}

Result<TimeRange> rangeOf(const std::string& range, const std::optional<TimePoint>& from,
                          const std::optional<TimePoint>& to, TimePoint now) {
  if (from.has_value() != to.has_value()) {
    return rangeFault(from ? "to" : "from", "from and to belong together");
  }
  if (from) {
    if (!range.empty()) {
      return rangeFault("range", "Give either range, or from and to");
    }
    if (*from >= *to) {
      return rangeFault("from", "from must be before to");
    }
    return TimeRange{*from, *to};
  }
  for (const auto& named : kRanges) {
    if (named.name == (range.empty() ? std::string_view{"24h"} : std::string_view{range})) {
      return TimeRange{now - named.length, now};
    }
  }
  return rangeFault("range", "range is one of 1h, 6h, 24h, 7d");
}

}  // namespace ks
