#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <thread>

#include "messages/account/sessionNotice.hpp"
#include "persistence/memory/memoryRedis.hpp"
#include "persistence/redis/redisConnection.hpp"
#include "persistence/redis/redisSessionCache.hpp"
#include "persistence/redis/redisSubscription.hpp"
#include "test/contract/persistence/testStorage.hpp"

using namespace ks;
using namespace ks::contract;

namespace {

/// Real time for the real server, moved by hand for the one in memory.
class RedisClock final : public ClockInterface {
 public:
  [[nodiscard]] TimePoint now() const override { return now_; }
  void advance(Milliseconds by) { now_ += by; }

 private:
  TimePoint now_ = startTime();
};

std::string serverUrl() {
  const char* url = std::getenv("K_TEST_REDIS_URL");
  if (url == nullptr || *url == '\0') {
    SKIP("K_TEST_REDIS_URL is not set");
  }
  return url;
}

class TestRedis {
 public:
  TestRedis() : real_(GENERATE(false, true)) {
    if (real_) {
      config_.url = serverUrl();
    } else {
      server_ = std::make_shared<MemoryRedis>(clock_);
    }
  }
  [[nodiscard]] std::unique_ptr<RedisConnectionInterface> connection() const {
    if (real_) {
      return std::make_unique<RedisConnection>(config_);
    }
    return std::make_unique<MemoryRedisConnection>(server_);
  }
  [[nodiscard]] std::unique_ptr<RedisSubscriptionInterface> subscription(const std::string& channel) const {
    if (real_) {
      return std::make_unique<RedisSubscription>(config_, std::vector<std::string>{channel});
    }
    return std::make_unique<MemoryRedisSubscription>(server_, std::vector<std::string>{channel});
  }
  void pass(Milliseconds time) {
    if (real_) {
      std::this_thread::sleep_for(time);
    } else {
      clock_.advance(time);
    }
  }

 private:
  bool real_;
  RedisConfig config_;
  RedisClock clock_;
  std::shared_ptr<MemoryRedis> server_;
};

std::string freshKey() { return "kcontract:" + freshId().toString() + std::to_string(std::rand()); }

RedisValue one(RedisConnectionInterface& redis, RedisCommand command) {
  auto value = redis.runOne(std::move(command));
  INFO((value.ok() ? std::string() : value.fault().detail));
  REQUIRE(value.ok());
  return value.value();
}

std::vector<std::string> texts(const RedisValue& value) {
  REQUIRE(value.kind == RedisValue::Kind::array);
  std::vector<std::string> all;
  for (const auto& element : value.elements) {
    all.push_back(element.text);
  }
  return all;
}

}  // namespace

TEST_CASE("Texts, their lives, and keys", "[redis]") {
  TestRedis server;
  const auto redis = server.connection();
  const std::string key = freshKey();
  const std::string bytes("a\0b\r\n\xff", 6);
  CHECK(one(*redis, {"PING"}).text == "PONG");
  CHECK(one(*redis, {"GET", key}).isNil());
  CHECK(one(*redis, {"SET", key, bytes}).text == "OK");
  CHECK(one(*redis, {"GET", key}).text == bytes);
  CHECK(one(*redis, {"SET", key, "other", "NX", "PX", "100000"}).isNil());
  CHECK(one(*redis, {"EXISTS", key}).integer == 1);
  CHECK(one(*redis, {"DEL", key, freshKey()}).integer == 1);
  CHECK(one(*redis, {"EXISTS", key}).integer == 0);
  CHECK(one(*redis, {"SET", key, "short", "PX", "80"}).text == "OK");
  CHECK(one(*redis, {"GET", key}).text == "short");
  server.pass(Milliseconds(120));
  CHECK(one(*redis, {"GET", key}).isNil());
  CHECK(one(*redis, {"SET", key, "long", "EX", "100"}).text == "OK");
  CHECK(one(*redis, {"SET", key, ""}).text == "OK");
  CHECK(one(*redis, {"GET", key}).kind == RedisValue::Kind::text);
  one(*redis, {"DEL", key});
}

TEST_CASE("Keys of a pattern, as the reconciliation of bans looks for them", "[redis]") {
  TestRedis server;
  const auto redis = server.connection();
  const std::string prefix = freshKey();
  one(*redis, {"SET", prefix + ":a", "1"});
  one(*redis, {"SET", prefix + ":b", "2"});
  one(*redis, {"SET", freshKey(), "3", "PX", "1000"});
  std::vector<std::string> found;
  std::string cursor = "0";
  do {
    const auto step = one(*redis, {"SCAN", cursor, "MATCH", prefix + ":*", "COUNT", "2000"});
    REQUIRE(step.elements.size() == 2);
    cursor = step.elements[0].text;
    const auto keys = texts(step.elements[1]);
    found.insert(found.end(), keys.begin(), keys.end());
  } while (cursor != "0");
  std::sort(found.begin(), found.end());
  CHECK(found == std::vector<std::string>{prefix + ":a", prefix + ":b"});
  one(*redis, {"DEL", prefix + ":a", prefix + ":b"});
}

TEST_CASE("Lists, as the violation drain uses them", "[redis]") {
  TestRedis server;
  const auto redis = server.connection();
  const std::string key = freshKey();
  const std::string work = freshKey();
  CHECK(one(*redis, {"LLEN", key}).integer == 0);
  CHECK(texts(one(*redis, {"LRANGE", key, "0", "-1"})).empty());
  CHECK(one(*redis, {"RPUSH", key, "a", "b", "c"}).integer == 3);
  CHECK(one(*redis, {"RPUSH", key, "d"}).integer == 4);
  CHECK(texts(one(*redis, {"LRANGE", key, "0", "1"})) == std::vector<std::string>{"a", "b"});
  CHECK(texts(one(*redis, {"LRANGE", key, "-2", "-1"})) == std::vector<std::string>{"c", "d"});
  CHECK(texts(one(*redis, {"LRANGE", key, "2", "99"})) == std::vector<std::string>{"c", "d"});
  CHECK(texts(one(*redis, {"LRANGE", key, "3", "1"})).empty());
  CHECK(one(*redis, {"RENAME", key, work}).text == "OK");
  CHECK(one(*redis, {"EXISTS", key}).integer == 0);
  CHECK(one(*redis, {"LTRIM", work, "3", "-1"}).text == "OK");
  CHECK(texts(one(*redis, {"LRANGE", work, "0", "-1"})) == std::vector<std::string>{"d"});
  CHECK(one(*redis, {"LTRIM", work, "1", "-1"}).text == "OK");
  CHECK(one(*redis, {"EXISTS", work}).integer == 0);
}

TEST_CASE("A command's own error is its own", "[redis]") {
  TestRedis server;
  const auto redis = server.connection();
  const std::string key = freshKey();
  const auto values = redis->run({{"SET", key, "text"},
                                  {"RPUSH", key, "a"},
                                  {"RENAME", freshKey(), key},
                                  {"NOSUCHCOMMAND"},
                                  {"GET"},
                                  {"SET", key, "x", "EX", "0"},
                                  {"GET", key}});
  REQUIRE(values.ok());
  REQUIRE(values.value().size() == 7);
  CHECK(values.value()[1].isError());
  CHECK(values.value()[1].text.starts_with("WRONGTYPE"));
  CHECK(values.value()[2].text == "ERR no such key");
  CHECK(values.value()[3].text.starts_with("ERR unknown command"));
  CHECK(values.value()[4].isError());
  CHECK(values.value()[5].isError());
  CHECK(values.value()[6].text == "text");
  CHECK_FALSE(redis->runOne({"RPUSH", key, "a"}).ok());
  one(*redis, {"DEL", key});
}

TEST_CASE("Many commands at once, and too many", "[redis]") {
  TestRedis server;
  const auto redis = server.connection();
  const std::string key = freshKey();
  std::vector<RedisCommand> commands(5'000, RedisCommand{"RPUSH", key, std::string(200, 'x')});
  const auto values = redis->run(commands);
  REQUIRE(values.ok());
  CHECK(values.value().back().integer == 5'000);
  CHECK(redis->run({}).value().empty());
  one(*redis, {"DEL", key});
  commands.resize(RedisConnectionInterface::kMostCommands + 1);
  CHECK(redis->run(commands).fault().code == ErrorCode::overloaded);
  CHECK(redis->run({{}}).fault().code == ErrorCode::overloaded);
}

TEST_CASE("A subscription begins with a gap, then gives what is published", "[redis]") {
  TestRedis server;
  const auto redis = server.connection();
  const std::string channel = freshKey();
  const auto subscription = server.subscription(channel);
  auto event = subscription->receive(Milliseconds(2'000));
  REQUIRE(event.ok());
  REQUIRE(event.value());
  CHECK(event.value()->kind == RedisEvent::Kind::gap);
  CHECK(one(*redis, {"PUBLISH", channel, "hello"}).integer == 1);
  CHECK(one(*redis, {"PUBLISH", freshKey(), "elsewhere"}).integer == 0);
  event = subscription->receive(Milliseconds(2'000));
  REQUIRE(event.ok());
  REQUIRE(event.value());
  CHECK(event.value()->kind == RedisEvent::Kind::message);
  CHECK(event.value()->channel == channel);
  CHECK(event.value()->payload == "hello");
  event = subscription->receive(Milliseconds(50));
  REQUIRE(event.ok());
  CHECK_FALSE(event.value());
}

TEST_CASE("What Redis is told of sessions", "[redis]") {
  TestRedis server;
  const auto redis = server.connection();
  RedisSessionCache cache(server.connection());
  REQUIRE(cache.ping().ok());
  SessionRecord record;
  record.session = newSession(freshId(), startTime());
  const Uuid id = record.session.id;
  const Uuid user = record.session.userId;
  const std::string token = freshKey();
  REQUIRE(cache.put(record, token, 600).ok());
  CHECK(one(*redis, {"GET", "kauth:token:" + token}).text ==
        R"({"sid":")" + id.toString() + R"(","uid":")" + user.toString() + R"("})");

  const auto subscription = server.subscription(std::string(kSessionsEndedChannel));
  REQUIRE(subscription->receive(Milliseconds(2'000)).value());
  REQUIRE(cache.forget(user, {id}).ok());
  const auto event = subscription->receive(Milliseconds(2'000)).value();
  REQUIRE(event);
  const auto notice = SessionsEnded::parse(event->payload);
  REQUIRE(notice);
  CHECK(notice->userId == user);
  CHECK(notice->sessionIds == std::vector<Uuid>{id});
  one(*redis, {"DEL", "kauth:token:" + token});
}

TEST_CASE("A server that is away is answered for at once; one that is back is used", "[redis]") {
  RedisClock clock;
  const auto server = std::make_shared<MemoryRedis>(clock);
  MemoryRedisConnection memory(server);
  server->setReachable(false);
  CHECK(memory.run({{"PING"}}).fault().code == ErrorCode::dependencyUnavailable);
  server->setReachable(true);
  CHECK(memory.run({{"PING"}}).ok());

  RedisConnection nowhere({"unix:///nonexistent/redis.sock"});
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i) {
    CHECK(nowhere.run({{"PING"}}).fault().code == ErrorCode::dependencyUnavailable);
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(1));
  CHECK_FALSE(nowhere.status().connected);
  RedisSubscription deaf({"unix:///nonexistent/redis.sock"}, {"channel"});
  CHECK_FALSE(deaf.receive(Milliseconds(30)).ok());
}

TEST_CASE("A Redis connection that is killed is replaced; its subscription tells of the gap", "[redis]") {
  RedisConfig config;
  config.url = serverUrl();
  RedisConnection redis(config);
  RedisConnection other(config);
  const std::string channel = freshKey();
  RedisSubscription subscription(config, {channel});
  REQUIRE(subscription.receive(Milliseconds(2'000)).value());
  REQUIRE(redis.runOne({"PING"}).ok());
  REQUIRE(other.runOne({"CLIENT", "KILL", "TYPE", "pubsub"}).ok());
  REQUIRE(other.runOne({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}).ok());
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(redis.runOne({"PING"}).ok());
  CHECK(redis.status().reconnects == 1);

  bool gap = false;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (!gap && std::chrono::steady_clock::now() < deadline) {
    const auto event = subscription.receive(Milliseconds(100));
    gap = event.ok() && event.value() && event.value()->kind == RedisEvent::Kind::gap;
  }
  CHECK(gap);
  CHECK(redis.runOne({"PUBLISH", channel, "again"}).value().integer == 1);
  CHECK(subscription.receive(Milliseconds(2'000)).value()->payload == "again");
}

TEST_CASE("A Redis that does not answer is given up in time", "[redis]") {
  RedisConfig config;
  config.url = serverUrl();
  config.timeout = Milliseconds(200);
  RedisConnection redis(config);
  REQUIRE(redis.runOne({"PING"}).ok());
  const auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(redis.runOne({"BLPOP", freshKey(), "3"}).ok());
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(1));
  CHECK(redis.runOne({"PING"}).value().text == "PONG");  // not the late answer of BLPOP
}
