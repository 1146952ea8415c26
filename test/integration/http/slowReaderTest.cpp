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

bool soon(const std::function<bool()>& condition) {
  for (int i = 0; i < 300 && !condition(); ++i) {
    std::this_thread::sleep_for(10ms);
  }
  return condition();
}

std::vector<RawClient> deafClients(const TestServer& server, std::size_t count, const char* path) {
  std::vector<RawClient> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.emplace_back(server.socketPath).send(get(path));
  }
  return clients;
}

}  // namespace

TEST_CASE("clients that do not read their answers hold no thread", "[http]") {
  EACH_SERVER;
  for (const char* path : {"/large", "/largeQuick", "/api/test/openapi.json"}) {
    INFO(path);
    TestServer server(implementation, twoThreads());
    // The document is small: so many requests that their answers do not fit.
    const auto deaf = deafClients(server, 80, path);
    for (int i = 0; i < 100; ++i) {
      deaf.back().send(get(path));
    }
    if (!implementation.isLoop) {
      // A thread a connection: whoever does not read keeps it until the answer's time is over.
      CHECK(soon([&] { return server.state().busyWorkers > 0; }));
      continue;
    }
    CHECK(soon([&] { return server.state().busyWorkers == 0; }));
    for (const bool overUnix : {false, true}) {
      RawClient client = overUnix ? RawClient(server.socketPath) : RawClient(server.port());
      for (const char* other : {"/ping", "/quick", "/large"}) {
        client.send(get(other));
        CHECK(statusOf(client.readAnswer(500ms)) == 200);
      }
    }
  }
}

TEST_CASE("an answer that is read late is whole, and so are those behind it", "[http]") {
  EACH_SERVER;
  TestServer server(implementation, twoThreads());
  RawClient client(server.socketPath);
  client.send(get("/large") + get("/quick") + get("/largeQuick") + get("/ping"));
  std::this_thread::sleep_for(200ms);
  CHECK(bodyOf(client.readAnswer()).size() == kLargeBytes);
  CHECK(bodyOf(client.readAnswer()) == R"({"status":"quick"})");
  CHECK(bodyOf(client.readAnswer()).size() == kLargeBytes);
  CHECK(bodyOf(client.readAnswer()) == R"({"status":"ok"})");
  client.send("GET /large HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
  std::this_thread::sleep_for(50ms);
  CHECK(bodyOf(client.readAll()).size() == kLargeBytes);
}

TEST_CASE("an answer has its time as a whole, however its reader dawdles", "[http]") {
  EACH_SERVER;
  auto config = twoThreads();
  config.sendTimeout = 400ms;
  for (const char* path : {"/large", "/largeQuick"}) {
    TestServer server(implementation, config);
    const auto deaf = deafClients(server, 5, path);
    CHECK(soon([&] { return server.state().droppedAnswers == 5; }));
    CHECK(server.state().connections == 0);
  }
}

TEST_CASE("answers that nobody reads fill a bounded memory: the oldest goes", "[http]") {
  EACH_SERVER;
  auto config = twoThreads();
  config.maxUnsentBytes = 4 * kLargeBytes;
  TestServer server(implementation, config);
  const auto deaf = deafClients(server, 20, "/large");
  if (!implementation.isLoop) {
    // One answer a thread is all the memory; the others wait for their turn.
    CHECK(soon([&] { return server.state().busyWorkers == 4; }));
    CHECK(server.state().waitingRequests == 16);
    return;
  }
  CHECK(soon([&] { return server.state().droppedAnswers >= 16; }));
  RawClient client(server.socketPath);
  client.send(get("/large"));
  CHECK(bodyOf(client.readAnswer()).size() == kLargeBytes);
}

TEST_CASE("slow readers make room for others when the connections are full", "[http]") {
  EACH_SERVER;
  auto config = twoThreads();
  config.maxConnections = 20;
  TestServer server(implementation, config);
  const auto deaf = deafClients(server, 20, "/large");
  if (!implementation.isLoop) {
    RawClient client(server.socketPath);
    client.send(get("/ping"));
    CHECK(statusOf(client.readAnswer()) == 503);
    return;
  }
  CHECK(soon([&] {
    const auto state = server.state();
    return state.connections == 20 && state.busyWorkers == 0 && state.waitingRequests == 0;
  }));
  RawClient client(server.socketPath);
  client.send(get("/ping"));
  CHECK(statusOf(client.readAnswer()) == 200);
}

TEST_CASE("the server stops while answers are not read", "[http]") {
  EACH_SERVER;
  TestServer server(implementation, twoThreads());
  const auto deaf = deafClients(server, 10, "/large");
  CHECK(soon([&] { return server.state().connections == 10; }));
  const auto start = std::chrono::steady_clock::now();
  server.stop(300ms);
  CHECK(std::chrono::steady_clock::now() - start < 2s);
}

TEST_CASE("the API document is made once and has a tag", "[http]") {
  EACH_SERVER;
  TestServer server(implementation, twoThreads());
  RawClient client(server.socketPath);
  client.send(get("/api/test/openapi.json"));
  const auto first = client.readAnswer();
  const auto at = first.find("ETag: W/\"");
  REQUIRE(at != std::string::npos);
  CHECK(first.find("Cache-Control: no-cache\r\n") != std::string::npos);
  const auto tag = first.substr(at + 6, first.find('\r', at) - at - 6);
  for (const auto& known : {tag, "\"x\", " + tag, tag.substr(2), std::string("*")}) {
    client.send("GET /api/test/openapi.json HTTP/1.1\r\nHost: t\r\nIf-None-Match: " + known + "\r\n\r\n");
    const auto answer = client.readAnswer();
    INFO(known << "\n" << answer);
    CHECK(statusOf(answer) == 304);
    CHECK(answer.find("ETag: " + tag) != std::string::npos);
    CHECK(answer.ends_with("\r\n\r\n"));
  }
  for (const char* other : {"\"x\"", "x", ",", "W/"}) {
    client.send("GET /api/test/openapi.json HTTP/1.1\r\nHost: t\r\nIf-None-Match: " + std::string(other) +
                "\r\n\r\n");
    CHECK(bodyOf(client.readAnswer()) == bodyOf(first));
  }
}
