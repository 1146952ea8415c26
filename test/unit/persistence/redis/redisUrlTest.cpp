#include "persistence/redis/redisUrl.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace ks;

namespace {

RedisAddress parsed(const char* url) {
  const auto address = parseRedisUrl(url);
  INFO(url << ": " << (address.ok() ? "" : address.fault().message));
  REQUIRE(address.ok());
  return address.value();
}

}  // namespace

TEST_CASE("Redis URLs over TCP", "[redis]") {
  CHECK(parsed("redis://127.0.0.1:6380/0").host == "127.0.0.1");
  CHECK(parsed("redis://127.0.0.1:6380/0").port == 6380);
  CHECK(parsed("redis://cache").port == 6379);
  CHECK(parsed("redis://cache").database == 0);
  CHECK(parsed("redis://cache/").database == 0);
  CHECK(parsed("redis://cache/12").database == 12);
  CHECK(parsed("redis://[::1]:7000/2").host == "::1");
  CHECK(parsed("redis://[::1]:7000/2").port == 7000);
  CHECK(parsed("redis://:secret@cache").password == "secret");
  CHECK(parsed("redis://secret@cache").password == "secret");
  const auto full = parsed("redis://ann:p%40ss%2Fword@cache:1/3");
  CHECK(full.user == "ann");
  CHECK(full.password == "p@ss/word");
  CHECK(full.host == "cache");
  CHECK(full.display() == "redis://cache:1 database 3");
}

TEST_CASE("Redis URLs of Unix sockets", "[redis]") {
  CHECK(parsed("unix:///run/redis.sock").path == "/run/redis.sock");
  CHECK(parsed("unix:///run/redis.sock").host.empty());
  CHECK(parsed("unix:///run/redis.sock?db=4").database == 4);
  CHECK(parsed("unix:///run/with%20space").path == "/run/with space");
  const auto full = parsed("unix://ann:secret@/run/redis.sock?db=1");
  CHECK(full.user == "ann");
  CHECK(full.password == "secret");
  CHECK(full.path == "/run/redis.sock");
  CHECK(full.display().find("secret") == std::string::npos);
}

TEST_CASE("What is no Redis URL is refused, without its password", "[redis]") {
  for (const char* url : {"",
                          "localhost:6379",
                          "http://cache",
                          "redis://",
                          "redis://:secret@",
                          "redis://cache:0",
                          "redis://cache:65536",
                          "redis://cache:x",
                          "redis://cache/x",
                          "redis://cache/-1",
                          "redis://[::1",
                          "redis://[::1]7000",
                          "unix://",
                          "unix://run/redis",
                          "unix:///run/redis?database=1",
                          "unix:///run/redis?db=",
                          "redis://a:%zz@cache",
                          "redis://a:%0@cache",
                          "redis://a:%00@cache",
                          "rediss://:secret@cache"}) {
    INFO(url);
    const auto address = parseRedisUrl(url);
    REQUIRE_FALSE(address.ok());
    CHECK_FALSE(address.fault().message.empty());
    CHECK(address.fault().message.find("secret") == std::string::npos);
  }
  CHECK(parseRedisUrl("rediss://cache").fault().message.find("TLS") != std::string::npos);
}
