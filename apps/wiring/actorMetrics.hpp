#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "messages/platform/cafCompat.hpp"

namespace ks {

/// What CAF measures of one actor.
struct ActorMetrics {
  std::int64_t mailbox = 0;
  std::uint64_t handled = 0;
  double p50Ms = 0;
  double p99Ms = 0;
};

/// By actor name. Reads counters only; does not affect the actors.
std::map<std::string, ActorMetrics> collectActorMetrics(caf::actor_system& system);

/// All counters of CAF and our actors, as Prometheus text.
std::string prometheusText(caf::actor_system& system);

/// The configuration of a server's actor system: scheduler and which actors are measured.
class ActorSystemConfig : public caf::actor_system_config {
 public:
  ActorSystemConfig();
};

}  // namespace ks
