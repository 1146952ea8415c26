#pragma once
#include <string>
#include <vector>

#include "persistence/backoff.hpp"
#include "persistence/redis/redisLink.hpp"
#include "persistence/redisSubscriptionInterface.hpp"

namespace ks {

/// RedisSubscriptionInterface on a server. Subscribes at the first receive() and again after a lost
/// connection; a connection that has been silent for 15 s is checked with a PING.
class RedisSubscription final : public RedisSubscriptionInterface {
 public:
  RedisSubscription(RedisConfig config, std::vector<std::string> channels)
      : link_(std::move(config)), channels_(std::move(channels)) {}

  Result<std::optional<RedisEvent>> receive(Milliseconds wait) override;

 private:
  Result<Done> subscribe();
  /// False when the last answer is too old.
  bool checkLife(RedisLink::Time now);

  RedisLink link_;
  std::vector<std::string> channels_;
  Backoff backoff_;
  std::size_t confirmed_ = 0;
  bool pinged_ = false;
  RedisLink::Time lastHeard_{};
};

}  // namespace ks
