#include "persistence/redis/redisSubscription.hpp"

#include <algorithm>
#include <thread>

#include "core/logging/logging.hpp"

namespace ks {
namespace {
constexpr std::chrono::seconds kSilence{15};
constexpr std::chrono::seconds kPatience{5};  // between PING and its answer
}  // namespace

Result<Done> RedisSubscription::subscribe() {
  auto opened = link_.open();
  if (!opened.ok()) {
    return opened;
  }
  RedisCommand command{"SUBSCRIBE"};
  command.insert(command.end(), channels_.begin(), channels_.end());
  confirmed_ = 0;
  pinged_ = false;
  lastHeard_ = std::chrono::steady_clock::now();
  return link_.send({command}, lastHeard_ + link_.config().timeout);
}

bool RedisSubscription::checkLife(RedisLink::Time now) {
  if (now - lastHeard_ > kSilence + kPatience) {
    return false;
  }
  if (!pinged_ && now - lastHeard_ > kSilence) {
    pinged_ = true;
    return link_.send({{"PING"}}, now + link_.config().timeout).ok();
  }
  return true;
}

Result<std::optional<RedisEvent>> RedisSubscription::receive(Milliseconds wait) {
  using Event = std::optional<RedisEvent>;
  const auto end = std::chrono::steady_clock::now() + wait;
  const auto failed = [&](Fault fault) {
    link_.close();
    backoff_.failed(std::chrono::steady_clock::now());
    if (backoff_.failures() == 1) {
      logWarning("redis.subscription.lost", "listening on Redis is interrupted", {{"cause", fault.detail}});
    }
    std::this_thread::sleep_until(std::min(end, std::chrono::steady_clock::now() + Milliseconds(1'000)));
    return Result<Event>(std::move(fault));
  };
  for (;;) {
    const auto now = std::chrono::steady_clock::now();
    if (!link_.isOpen()) {
      if (backoff_.waiting(now)) {
        if (now >= end) {
          return makeFault(ErrorCode::dependencyUnavailable,
                           "Redis subscription is waiting to connect again");
        }
        std::this_thread::sleep_for(Milliseconds(10));
        continue;
      }
      if (auto subscribed = subscribe(); !subscribed.ok()) {
        return failed(std::move(subscribed.fault()));
      }
    }
    if (!checkLife(now)) {
      return failed(makeFault(ErrorCode::dependencyUnavailable, "Redis has been silent for too long"));
    }
    const auto nextCheck =
        lastHeard_ + kSilence + (pinged_ ? kPatience : std::chrono::seconds(0)) + Milliseconds(1);
    auto value = link_.receive(std::max(now, std::min(end, nextCheck)));
    if (!value.ok()) {
      if (value.fault().code != ErrorCode::timeout) {
        return failed(std::move(value.fault()));
      }
      if (std::chrono::steady_clock::now() >= end) {
        return Event();
      }
      continue;
    }
    lastHeard_ = std::chrono::steady_clock::now();
    pinged_ = false;
    auto& parts = value.value().elements;
    if (value.value().isError()) {
      return failed(makeFault(ErrorCode::dependencyUnavailable, "Redis: " + value.value().text));
    }
    if (parts.size() == 3 && parts[0].text == "message") {
      return Event(RedisEvent{RedisEvent::Kind::message, std::move(parts[1].text), std::move(parts[2].text)});
    }
    if (parts.size() == 3 && parts[0].text == "subscribe" && ++confirmed_ == channels_.size()) {
      backoff_.succeeded();
      return Event(RedisEvent{RedisEvent::Kind::gap, {}, {}});
    }
  }
}

}  // namespace ks
