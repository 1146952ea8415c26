#pragma once
#include <memory>
#include <utility>

#include "persistence/memory/memoryRedis.hpp"
#include "test/simulation/fakeClock.hpp"
#include "test/simulation/faults/faultPlan.hpp"

namespace ks::sim {

using VirtualTime = caf::actor_clock::time_point;

/// A connection to the memory Redis that fails for moments by seed, before or after the commands were done.
class FaultyRedisConnection final : public RedisConnectionInterface {
 public:
  FaultyRedisConnection(std::shared_ptr<MemoryRedis> server, const FaultPlan& plan, SeededRandom& random,
                        const caf::detail::test_actor_clock& clock)
      : inner_(std::move(server)), plan_(plan), random_(random), clock_(clock) {}

  Result<std::vector<RedisValue>> run(const std::vector<RedisCommand>& commands) override {
    if (plan_.plant == Plant::stale && commands.back().front() == "PUBLISH") {
      return std::vector<RedisValue>(commands.size(), RedisValue::ofText("OK"));
    }
    const auto now = clock_.now();
    bool fails = now < downUntil_;
    bool done = false;
    if (!fails && plan_.on && random_.oneIn(plan_.redisFlap)) {
      fails = true;
      done = random_.oneIn(2);
      downUntil_ = now + std::chrono::milliseconds{static_cast<int>(random_.below(1500))};
    }
    if (fails && !done) {
      return makeFault(ErrorCode::dependencyUnavailable, "the plan's Redis does not answer");
    }
    auto values = inner_.run(commands);
    if (fails || !values.ok()) {
      return makeFault(ErrorCode::timeout, "the plan's Redis lost the answer");
    }
    return values;
  }
  [[nodiscard]] RedisStatus status() const override { return inner_.status(); }

 private:
  MemoryRedisConnection inner_;
  const FaultPlan& plan_;
  SeededRandom& random_;
  const caf::detail::test_actor_clock& clock_;
  VirtualTime downUntil_{};
};

}  // namespace ks::sim
