#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <thread>
#include <vector>

#include "httpTestServer.hpp"
#include "rawClient.hpp"

using namespace ks;
using namespace ks::httpTest;
using namespace std::chrono_literals;

namespace {

HttpServerConfig twoThreads() {
  HttpServerConfig config;
  config.threads = 2;
  return config;
}

std::string bodyOf(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

}  // namespace

TEST_CASE("quick requests are answered while every worker is busy", "[http]") {
  EACH_SERVER;
  TestServer server(implementation, twoThreads());
  std::vector<RawClient> busy;
  for (int i = 0; i < 8; ++i) {
    busy.emplace_back(server.port()).send(get(i % 2 == 0 ? "/slow" : "/quickButAsks"));
  }
  std::this_thread::sleep_for(50ms);
  RawClient client(server.port());
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 50; ++i) {
    client.send(get("/quick"));
    REQUIRE(statusOf(client.readAnswer()) == 200);
  }
  // With httplib only a worker answers, and all are busy for 300 ms.
  CHECK((std::chrono::steady_clock::now() - start < 250ms) == implementation.isLoop);
  for (int i = 0; i < 8; ++i) {
    const auto answer = busy[static_cast<std::size_t>(i)].readAnswer();
    CHECK(statusOf(answer) == 200);
    CHECK(bodyOf(answer).find(i % 2 == 0 ? "slow" : "asked") != std::string::npos);
  }
}

TEST_CASE("quick and other requests of one connection are answered in their order", "[http]") {
  EACH_SERVER;
  TestServer server(implementation, twoThreads());
  RawClient client(server.socketPath);
  std::string all;
  std::vector<const char*> expected;
  for (int i = 0; i < 60; ++i) {
    const bool ask = i % 30 == 7;
    const bool ping = i % 3 == 1;
    all += get(ask ? "/quickButAsks" : ping ? "/ping" : "/quick");
    expected.push_back(ask ? "asked" : ping ? "ok" : "quick");
  }
  client.send(all);
  for (const char* word : expected) {
    CHECK(bodyOf(client.readAnswer()) == "{\"status\":\"" + std::string(word) + "\"}");
  }
  client.send("HEAD /quick HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
  CHECK(statusOf(client.readAll()) == 200);
}

TEST_CASE("a client that asks and does not read holds up nobody and loses nothing", "[http]") {
  EACH_SERVER;
  TestServer server(implementation, twoThreads());
  RawClient greedy(server.socketPath);
  constexpr int kRequests = 4'000;
  std::thread sender([&] {
    for (int i = 0; i < kRequests; ++i) {
      greedy.send(get("/quick"));
    }
  });
  std::this_thread::sleep_for(300ms);
  RawClient client(server.socketPath);
  for (int i = 0; i < 100; ++i) {
    client.send(get("/quick"));
    REQUIRE(statusOf(client.readAnswer(500ms)) == 200);
  }
  int answers = 0;
  while (answers < kRequests && statusOf(greedy.readAnswer()) == 200) {
    ++answers;
  }
  CHECK(answers == kRequests);
  sender.join();
}

TEST_CASE("HTTP/1.0 and Connection: close on the quick way", "[http]") {
  EACH_SERVER;
  TestServer server(implementation, twoThreads());
  RawClient old(server.port());
  // httplib knows it with capitals only.
  old.send("GET /quick HTTP/1.0\r\nConnection: " +
           std::string(implementation.isLoop ? "keep-alive" : "Keep-Alive") + "\r\n\r\n");
  CHECK(old.readAnswer().find("Connection: keep-alive\r\n") != std::string::npos);
  old.send("GET /quick HTTP/1.0\r\n\r\n");
  CHECK(old.readAnswer().find("Connection: close\r\n") != std::string::npos);
  CHECK(old.closedByServer(3s));
}
