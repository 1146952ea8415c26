#include "http/routing/requestMetrics.hpp"

#include <algorithm>

#include "http/schema/jsonWriter.hpp"

namespace ks {
namespace {

std::size_t threadShard(std::size_t shards) noexcept {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed);
  return mine % shards;
}

void appendSample(std::string& out, std::string_view name, std::string_view labels, double value) {
  out += name;
  out += '{';
  out += labels;
  out += "} ";
  appendJsonReal(out, value);
  out += '\n';
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

void RequestMetrics::appendPrometheus(std::string& out, const RouteTable& routes) const {
  std::string histogram;
  out += "# HELP k_http_requests_total Requests answered.\n# TYPE k_http_requests_total counter\n";
  histogram +=
      "# HELP k_http_request_duration_seconds Time from the complete request to its answer.\n"
      "# TYPE k_http_request_duration_seconds histogram\n";
  for (std::size_t index = 0; index < kSlots; ++index) {
    if (index < kSlots - 1 && index >= routes.routes().size()) {
      continue;
    }
    std::array<std::uint64_t, 5> byClass{};
    std::array<std::uint64_t, kBounds.size() + 1> buckets{};
    std::uint64_t nanoseconds = 0;
    for (std::size_t shard = 0; shard < kShards; ++shard) {
      const Slot& slot = shards_[shard * kSlots + index];
      for (std::size_t i = 0; i < byClass.size(); ++i) {
        byClass[i] += slot.byClass[i].load(std::memory_order_relaxed);
      }
      for (std::size_t i = 0; i < buckets.size(); ++i) {
        buckets[i] += slot.buckets[i].load(std::memory_order_relaxed);
      }
      nanoseconds += slot.nanoseconds.load(std::memory_order_relaxed);
    }
    std::string labels = R"(method="",route="none")";
    if (index < kSlots - 1) {
      const RouteSpec& spec = routes.routes()[index]->spec;
      labels = "method=\"" + std::string(httpMethodName(spec.method)) + "\",route=\"" + spec.path + "\"";
    }
    for (std::size_t i = 0; i < byClass.size(); ++i) {
      if (byClass[i] > 0) {
        appendSample(out, "k_http_requests_total", labels + ",status=\"" + std::to_string(i + 1) + "xx\"",
                     static_cast<double>(byClass[i]));
      }
    }
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < buckets.size(); ++i) {
      below += buckets[i];
      std::string bound = "+Inf";
      if (i < kBounds.size()) {
        bound.clear();
        appendJsonReal(bound, kBounds[i]);
      }
      appendSample(histogram, "k_http_request_duration_seconds_bucket", labels + ",le=\"" + bound + "\"",
                   static_cast<double>(below));
    }
    appendSample(histogram, "k_http_request_duration_seconds_sum", labels,
                 static_cast<double>(nanoseconds) / 1e9);
    appendSample(histogram, "k_http_request_duration_seconds_count", labels, static_cast<double>(below));
  }
  out += histogram;
}

void appendPrometheus(std::string& out, const StreamGate& streams) {
  out += "# HELP k_http_streams Open event streams.\n# TYPE k_http_streams gauge\nk_http_streams ";
  out += std::to_string(streams.open());
  out +=
      "\n# HELP k_http_streams_refused_total Event streams for which there was no place.\n"
      "# TYPE k_http_streams_refused_total counter\nk_http_streams_refused_total ";
  out += std::to_string(streams.refused());
  out += '\n';
}

void appendPrometheus(std::string& out, const AdmissionGate& gate) {
  out +=
      "# HELP k_http_in_flight Requests being worked on.\n# TYPE k_http_in_flight gauge\nk_http_in_flight ";
  out += std::to_string(gate.inFlight());
  out +=
      "\n# HELP k_http_admission_limit Most requests at once.\n# TYPE k_http_admission_limit "
      "gauge\nk_http_admission_limit ";
  out += std::to_string(gate.limit());
  out +=
      "\n# HELP k_http_rejected_total Requests refused at the door.\n# TYPE k_http_rejected_total counter\n"
      "k_http_rejected_total ";
  out += std::to_string(gate.rejected());
  out += '\n';
}

}  // namespace ks
