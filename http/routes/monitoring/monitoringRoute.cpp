#include "http/routes/monitoring/monitoringRoute.hpp"

#include <algorithm>
#include <array>
#include <utility>

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

[[noreturn]] void refuse(const char* field, const char* message) {
  throw FaultAnswer{fieldFault(ErrorCode::outOfRange, field, message)};
}

}  // namespace

std::uint32_t intervalOf(const std::string& name) {
  return name == "1m" ? 60 : name == "5m" ? 300 : name == "15m" ? 900 : name == "1h" ? 3600 : 0;
}

RouteSpec monitoringRoute(const std::string& path, std::string operationId, std::string summary) {
  return adminRoute(HttpMethod::get, "/monitoring" + path, std::move(operationId), std::move(summary),
                    "monitoring", RouteAccess::needs("monitoring:read"),
                    {ErrorCode::outOfRange, ErrorCode::rangeTooWide});
}

TimeRange rangeOf(const RangeQuery& query, TimePoint now) {
  if (query.from.has_value() != query.to.has_value()) {
    refuse(query.from ? "to" : "from", "from and to must be given together");
  }
  if (query.from) {
    if (!query.back.empty()) {
      refuse("range", "Give either range, or from and to");
    }
    if (*query.from >= *query.to) {
      refuse("from", "from must be before to");
    }
    return TimeRange{*query.from, *query.to};
  }
  const auto* const named = std::find_if(kRanges.begin(), kRanges.end(), [&](const NamedRange& one) {
    return one.name == (query.back.empty() ? std::string_view{"24h"} : std::string_view{query.back});
  });
  return TimeRange{now - named->length, now};
}

}  // namespace ks
