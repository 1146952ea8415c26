#include "http/routing/requestMetrics.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace ks {
namespace {

const MetricFamily kRequests{
    "k_http_requests_total", MetricType::counter, "Requests answered.", {"method", "route", "status"}};
const MetricFamily kDuration{"k_http_request_duration_seconds",
                             MetricType::histogram,
                             "Time from the complete request to its answer.",
                             {"method", "route"}};
const MetricFamily kStreams{"k_http_streams", MetricType::gauge, "Open event streams."};
const MetricFamily kStreamsRefused{"k_http_streams_refused_total", MetricType::counter,
                                   "Event streams refused because the limit was reached."};
const MetricFamily kInFlight{"k_http_in_flight", MetricType::gauge, "Requests in progress."};
const MetricFamily kAdmissionLimit{"k_http_admission_limit", MetricType::gauge,
                                   "Maximum concurrent requests."};
const MetricFamily kRejected{"k_http_rejected_total", MetricType::counter,
                             "Requests refused because the limit was reached."};

std::size_t threadShard(std::size_t shards) noexcept {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed);
  return mine % shards;
}

}  // namespace

RequestMetrics::RequestMetrics() : shards_(std::make_unique<Slot[]>(kShards * kSlots)) {}

void RequestMetrics::count(std::size_t routeIndex, int status, std::chrono::nanoseconds took) noexcept {
  Slot& slot = shards_[threadShard(kShards) * kSlots + std::min(routeIndex, kSlots - 1)];
  const auto statusClass = static_cast<std::size_t>(std::clamp(status / 100, 1, 5) - 1);
  slot.byClass[statusClass].fetch_add(1, std::memory_order_relaxed);
  slot.nanoseconds.fetch_add(static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0)),
                             std::memory_order_relaxed);
  const double seconds = std::chrono::duration<double>(took).count();
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  slot.buckets[static_cast<std::size_t>(bound - kBounds.begin())].fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t RequestMetrics::total(int statusClass) const noexcept {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kShards * kSlots; ++i) {
    sum += shards_[i].byClass[static_cast<std::size_t>(std::clamp(statusClass, 1, 5) - 1)].load(
        std::memory_order_relaxed);
  }
  return sum;
}

void RequestMetrics::append(PrometheusText& out, const RouteTable& routes) const {
  struct Totals {
    std::string_view method;
    std::string_view route = "none";
    std::array<std::uint64_t, 5> byClass{};
    std::array<std::uint64_t, kBounds.size() + 1> buckets{};
    std::uint64_t nanoseconds = 0;
  };
  std::vector<Totals> totals;
  for (std::size_t index = 0; index < kSlots; ++index) {
    if (index < kSlots - 1 && index >= routes.routes().size()) {
      continue;
    }
    auto& total = totals.emplace_back();
    for (std::size_t shard = 0; shard < kShards; ++shard) {
      const Slot& slot = shards_[shard * kSlots + index];
      for (std::size_t i = 0; i < total.byClass.size(); ++i) {
        total.byClass[i] += slot.byClass[i].load(std::memory_order_relaxed);
      }
      for (std::size_t i = 0; i < total.buckets.size(); ++i) {
        total.buckets[i] += slot.buckets[i].load(std::memory_order_relaxed);
      }
      total.nanoseconds += slot.nanoseconds.load(std::memory_order_relaxed);
    }
    if (index < kSlots - 1) {
      const RouteSpec& spec = routes.routes()[index]->spec;
      total.method = httpMethodName(spec.method);
      total.route = spec.path;
    }
  }
  constexpr std::array<std::string_view, 5> kClasses{"1xx", "2xx", "3xx", "4xx", "5xx"};
  for (const auto& total : totals) {
    for (std::size_t i = 0; i < kClasses.size(); ++i) {
      if (total.byClass[i] > 0) {
        out.add(kRequests, total.byClass[i], std::array{total.method, total.route, kClasses[i]});
      }
    }
  }
  for (const auto& total : totals) {
    out.addHistogram(kDuration, kBounds, total.buckets, static_cast<double>(total.nanoseconds) / 1e9,
                     std::array{total.method, total.route});
  }
}

void append(PrometheusText& out, const StreamGate& streams) {
  out.add(kStreams, streams.open());
  out.add(kStreamsRefused, streams.refused());
}

void append(PrometheusText& out, const AdmissionGate& gate) {
  out.add(kInFlight, gate.inFlight());
  out.add(kAdmissionLimit, gate.limit());
  out.add(kRejected, gate.rejected());
}

}  // namespace ks
