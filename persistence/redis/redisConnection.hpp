#pragma once
#include "persistence/backoff.hpp"
#include "persistence/redis/redisLink.hpp"
#include "persistence/redisConnectionInterface.hpp"

namespace ks {

/// RedisConnectionInterface on a server. Connects at the first run() and again when the connection is gone;
/// after a failed attempt the circuit is open for a while (50 ms to 2 s): run() then fails at once.
class RedisConnection final : public RedisConnectionInterface {
 public:
  explicit RedisConnection(RedisConfig config) : link_(std::move(config)) {}

  Result<std::vector<RedisValue>> run(const std::vector<RedisCommand>& commands) override;
  [[nodiscard]] RedisStatus status() const override;

 private:
  Result<Done> ready();
  Fault noted(Fault fault);

  RedisLink link_;
  Backoff backoff_;
  RedisStatus status_;
  bool everConnected_ = false;
};

}  // namespace ks
