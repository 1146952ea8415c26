#include "persistence/redis/redisConnection.hpp"

#include <algorithm>

#include "core/logging/logging.hpp"

namespace ks {

Result<Done> RedisConnection::ready() {
  if (link_.isOpen() && link_.isQuiet()) {
    return Done{};
  }
  link_.close();
  const auto now = std::chrono::steady_clock::now();
  if (backoff_.waiting(now)) {
    return makeFault(ErrorCode::dependencyUnavailable, status_.lastError);
  }
  auto opened = link_.open();
  if (!opened.ok()) {
    backoff_.failed(std::chrono::steady_clock::now());
    if (backoff_.failures() == 1) {
      logWarning("redis.unreachable", "Redis cannot be reached", {{"cause", opened.fault().detail}});
    }
    return opened;
  }
  backoff_.succeeded();
  if (std::exchange(everConnected_, true)) {
    ++status_.reconnects;
  }
  return Done{};
}

Fault RedisConnection::noted(Fault fault) {
  ++status_.failures;
  status_.lastError = fault.detail;
  return fault;
}

Result<std::vector<RedisValue>> RedisConnection::run(const std::vector<RedisCommand>& commands) {
  if (commands.size() > kMostCommands ||
      std::any_of(commands.begin(), commands.end(),
                  [](const RedisCommand& command) { return command.empty(); })) {
    return makeFault(ErrorCode::overloaded, "too many Redis commands at once, or an empty one");
  }
  if (auto connected = ready(); !connected.ok()) {
    return noted(std::move(connected.fault()));
  }
  const auto start = std::chrono::steady_clock::now();
  const auto deadline = start + link_.config().timeout;
  status_.commands += commands.size();
  if (auto sent = link_.send(commands, deadline); !sent.ok()) {
    return noted(std::move(sent.fault()));
  }
  std::vector<RedisValue> values;
  values.reserve(commands.size());
  while (values.size() < commands.size()) {
    auto value = link_.receive(deadline);
    if (!value.ok()) {
      link_.close();  // a late answer must not be taken for the next command's
      return noted(std::move(value.fault()));
    }
    values.push_back(std::move(value.value()));
  }
  logIfSlow("redis.slow", std::chrono::steady_clock::now() - start,
            {{"command", commands.empty() ? std::string() : commands.front().front()},
             {"commands", commands.size()}});
  return values;
}

RedisStatus RedisConnection::status() const {
  RedisStatus status = status_;
  status.connected = link_.isOpen();
  return status;
}

}  // namespace ks
