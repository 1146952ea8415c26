#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "core/clockInterface.hpp"
#include "persistence/redis/redisUrl.hpp"
#include "persistence/redisConnectionInterface.hpp"

struct redisContext;

namespace ks {

/// How to reach Redis and how long to wait for it.
struct RedisConfig {
  std::string url;
  Milliseconds connectTimeout{1'000};
  Milliseconds timeout{1'000};  ///< for one run()
};

/// A hiredis connection whose calls have deadlines and whose answers have a bound; what RedisConnection and
/// RedisSubscription share. Included by persistence/*.cpp and those two headers only.
class RedisLink {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// Bytes of answers that may wait unread: more drops the connection.
  static constexpr std::size_t kMostReplyBytes = 64U << 20U;

  explicit RedisLink(RedisConfig config);
  ~RedisLink();

  /// Connects, AUTH, SELECT.
  Result<Done> open();
  void close();
  [[nodiscard]] bool isOpen() const noexcept { return context_ != nullptr; }
  /// The server has not closed the connection, and sent nothing unrequested.
  [[nodiscard]] bool isQuiet() const;
  Result<Done> send(const std::vector<RedisCommand>& commands, Time deadline);
  /// The next answer. `timeout` at the deadline, with the connection still good.
  Result<RedisValue> receive(Time deadline);
  [[nodiscard]] const RedisConfig& config() const noexcept { return config_; }

 private:
  struct Deleter {
    void operator()(redisContext* context) const noexcept;
  };
  Fault lost(const std::string& what);
  /// 1 ready, 0 deadline passed, -1 broken.
  [[nodiscard]] int waitFor(short events, Time deadline) const;

  RedisConfig config_;
  std::unique_ptr<redisContext, Deleter> context_;
};

}  // namespace ks
