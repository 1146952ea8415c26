#include "apps/wiring/actorMetrics.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <thread>
#include <vector>

namespace ks {
namespace {

/// Upper bound of the bucket that holds the quantile, in milliseconds; the last bucket's is its lower bound.
double quantileMs(const caf::telemetry::dbl_histogram& histogram, double quantile) {
  const auto buckets = histogram.buckets();
  std::int64_t total = 0;
  for (const auto& bucket : buckets) {
    total += bucket.count.value();
  }
  if (total == 0) {
    return 0;
  }
  const auto wanted = static_cast<std::int64_t>(std::ceil(quantile * static_cast<double>(total)));
  std::int64_t seen = 0;
  double lower = 0;
  for (const auto& bucket : buckets) {
    seen += bucket.count.value();
    if (seen >= wanted) {
      return 1000 * (std::isfinite(bucket.upper_bound) ? bucket.upper_bound : lower);
    }
    lower = bucket.upper_bound;
  }
  return 1000 * lower;
}

/// Passed to CAF's registry, which calls it for every instance of every family.
class ActorMetricsCollector {
 public:
  template <class T>
  void operator()(const caf::telemetry::metric_family* family, const caf::telemetry::metric* instance,
                  const T* value) {
    if (family->prefix() != "caf.actor") {
      return;
    }
    std::string name;
    for (const auto& label : instance->labels()) {
      const std::string_view labelName{label.name().data(), label.name().size()};
      if (labelName == "name") {
        name.assign(label.value().data(), label.value().size());
      }
    }
    if constexpr (std::is_same_v<T, caf::telemetry::int_gauge>) {
      if (family->name() == "mailbox-size") {
        actors[name].mailbox = value->value();
      }
    } else if constexpr (std::is_same_v<T, caf::telemetry::dbl_histogram>) {
      if (family->name() == "processing-time") {
        auto& actor = actors[name];
        actor.handled = 0;
        for (const auto& bucket : value->buckets()) {
          actor.handled += static_cast<std::uint64_t>(bucket.count.value());
        }
        actor.p50Ms = quantileMs(*value, 0.5);
        actor.p99Ms = quantileMs(*value, 0.99);
      }
    }
  }

  std::map<std::string, ActorMetrics> actors;
};

}  // namespace

std::map<std::string, ActorMetrics> collectActorMetrics(caf::actor_system& system) {
  ActorMetricsCollector collector;
  system.metrics().collect(collector);
  return std::move(collector.actors);
}

std::string prometheusText(caf::actor_system& system) {
  // CAF calls a gauge "total", which Prometheus keeps for counters.
  constexpr std::string_view kWrong = "caf_system_queued_messages_total";
  constexpr std::string_view kRight = "caf_system_queued_messages";
  caf::telemetry::collector::prometheus collector;
  const auto collected = collector.collect_from(system.metrics());
  std::string text{collected.data(), collected.size()};
  for (auto at = text.find(kWrong); at != std::string::npos; at = text.find(kWrong, at)) {
    text.replace(at, kWrong.size(), kRight);
  }
  return text;
}

ActorSystemConfig::ActorSystemConfig() {
  // docs/decisions/sharingScheduler.md
  set("caf.scheduler.policy", "sharing");
  set("caf.scheduler.max-threads", std::max<std::size_t>(std::thread::hardware_concurrency(), 1));
  // Our actors only: the gauge of CAF's own scoped actors would grow without limit.
  set("caf.metrics-filters.actors.includes", std::vector<std::string>{"*Actor", "*Actor-*"});
}

}  // namespace ks
