#pragma once
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/clockInterface.hpp"
#include "persistence/redisConnectionInterface.hpp"
#include "persistence/redisSubscriptionInterface.hpp"

namespace ks {

/// The part of a Redis server that k-services uses, in memory and without threads, for simulations: PING,
/// GET, SET (EX, PX, NX), DEL, EXISTS, RENAME, RPUSH, LRANGE, LTRIM, LLEN, PUBLISH, FLUSHALL. Anything else
/// answers "unknown command". Thread-safe.
class MemoryRedis {
 public:
  explicit MemoryRedis(const ClockInterface& clock) : clock_(clock) {}

  RedisValue run(const RedisCommand& command);
  /// While false every run() and receive() fails, as when the server is down; what it held is kept.
  void setReachable(bool reachable);
  [[nodiscard]] bool reachable() const;

  using Mailbox = std::deque<RedisEvent>;
  /// Messages that a subscriber has not taken; past it the server cuts the subscriber off, which it sees as a
  /// gap.
  static constexpr std::size_t kMostWaiting = 10'000;
  std::shared_ptr<Mailbox> subscribe(const std::vector<std::string>& channels);
  std::optional<RedisEvent> take(Mailbox& mailbox);

 private:
  using List = std::deque<std::string>;
  struct Entry {
    std::variant<std::string, List> value;
    std::optional<TimePoint> expires;
  };
  struct Subscriber {
    std::vector<std::string> channels;
    std::weak_ptr<Mailbox> mailbox;
  };

  Entry* find(const std::string& key);
  RedisValue scan(const std::string& pattern);
  RedisValue set(const RedisCommand& command);
  RedisValue rename(const RedisCommand& command);
  RedisValue list(const RedisCommand& command);
  RedisValue publish(const RedisCommand& command);

  const ClockInterface& clock_;
  mutable std::mutex mutex_;
  bool reachable_ = true;
  std::map<std::string, Entry> entries_;
  std::vector<Subscriber> subscribers_;
};

/// A connection to a MemoryRedis.
class MemoryRedisConnection final : public RedisConnectionInterface {
 public:
  explicit MemoryRedisConnection(std::shared_ptr<MemoryRedis> server) : server_(std::move(server)) {}
  Result<std::vector<RedisValue>> run(const std::vector<RedisCommand>& commands) override;
  [[nodiscard]] RedisStatus status() const override;

 private:
  std::shared_ptr<MemoryRedis> server_;
  RedisStatus status_;
};

/// A subscription at a MemoryRedis; never waits.
class MemoryRedisSubscription final : public RedisSubscriptionInterface {
 public:
  MemoryRedisSubscription(std::shared_ptr<MemoryRedis> server, std::vector<std::string> channels)
      : server_(std::move(server)), channels_(std::move(channels)) {}
  Result<std::optional<RedisEvent>> receive(Milliseconds wait) override;

 private:
  std::shared_ptr<MemoryRedis> server_;
  std::vector<std::string> channels_;
  std::shared_ptr<MemoryRedis::Mailbox> mailbox_;
};

}  // namespace ks
