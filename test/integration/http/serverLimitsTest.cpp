#include <sys/stat.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <optional>
#include <thread>
#include <vector>

#include "httpTestServer.hpp"
#include "rawClient.hpp"

// Admission, faults of handlers, reach of routes, stop, and the files of sockets.
using namespace ks;
using namespace ks::httpTest;
using namespace std::chrono_literals;

TEST_CASE("past the admission limit 503 comes at once to what would wait, the rest still answers", "[http]") {
  EACH_SERVER;
  TestServer server(implementation, HttpServerConfig{}, 2);
  std::vector<RawClient> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back(server.port());
  }
  for (auto& client : clients) {
    client.send(get("/slow"));
  }
  std::this_thread::sleep_for(50ms);
  RawClient live(server.port());
  live.send(get("/api/test/health/live"));
  CHECK(statusOf(live.readAnswer(200ms)) == 200);
  for (const char* path : {"/ping", "/quick"}) {
    live.send(get(path));
    CHECK(statusOf(live.readAnswer(200ms)) == 200);
  }
  int served = 0;
  int refused = 0;
  for (auto& client : clients) {
    const auto answer = client.readAnswer();
    served += statusOf(answer) == 200 ? 1 : 0;
    if (statusOf(answer) == 503) {
      ++refused;
      CHECK(answer.find("Retry-After: 1") != std::string::npos);
      CHECK(answer.find("OVERLOADED") != std::string::npos);
    }
  }
  CHECK(served == 2);
  CHECK(refused == 4);
}

TEST_CASE("a handler that throws answers 500 without its cause", "[http]") {
  EACH_SERVER;
  TestServer server(implementation);
  RawClient client(server.port());
  client.send(get("/throw"));
  const auto answer = client.readAnswer();
  CHECK(statusOf(answer) == 500);
  CHECK(answer.find("INTERNAL") != std::string::npos);
  CHECK(answer.find("secret cause") == std::string::npos);
  client.send(get("/ping"));
  CHECK(statusOf(client.readAnswer()) == 200);
}

TEST_CASE("loopback routes do not exist for the gateway", "[http]") {
  EACH_SERVER;
  TestServer server(implementation);
  RawClient direct(server.port());
  direct.send(get("/metrics"));
  const auto metrics = direct.readAnswer();
  CHECK(statusOf(metrics) == 200);
  CHECK(metrics.find("k_http_in_flight") != std::string::npos);
  direct.send(get("/health"));
  CHECK(statusOf(direct.readAnswer()) == 200);
  RawClient gateway(server.socketPath);
  gateway.send(get("/metrics"));
  CHECK(statusOf(gateway.readAnswer()) == 404);
  gateway.send(get("/api/test/health"));
  const auto health = gateway.readAnswer();
  CHECK(statusOf(health) == 200);
  CHECK(health.find(R"("database":{"status":"up","latency_ms":1.5})") != std::string::npos);
}

TEST_CASE("stopping answers what is in flight and takes nothing new", "[http]") {
  EACH_SERVER;
  TestServer server(implementation);
  RawClient busy(server.port());
  RawClient idle(server.port());
  busy.send(get("/slow"));
  for (int i = 0; i < 300 && server.state().busyWorkers == 0; ++i) {
    std::this_thread::sleep_for(1ms);
  }
  const auto took = timed([&] { server.stop(5s); });
  const auto answer = busy.readAnswer();
  CHECK(statusOf(answer) == 200);
  CHECK(answer.find("Connection: close") != std::string::npos);
  CHECK(idle.closedByServer(100ms));
  CHECK(took < 3s);
  CHECK_FALSE(RawClient(server.port()).connected());
  struct stat found {};
  CHECK(stat(server.socketPath.c_str(), &found) != 0);
}

TEST_CASE("socket files: a stale one is replaced, a living one is refused, rights are set", "[http]") {
  EACH_SERVER;
  TestServer server(implementation);
  struct stat found {};
  REQUIRE(stat(server.socketPath.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777U) == 0660U);
  HttpServerConfig config;
  config.unixSocket = server.socketPath;
  const auto refused = implementation.make(config, *server.dispatcher)->start();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().message.find("another process") != std::string::npos);
  HttpServerConfig tcp;
  tcp.port = server.port();
  CHECK_FALSE(implementation.make(tcp, *server.dispatcher)->start().ok());
}
