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

HttpServerConfig quickStreams() {
  HttpServerConfig config;
  config.threads = 2;
  config.streamHeartbeat = 100ms;
  return config;
}

std::string getEvents(char user, const char* method = "GET") {
  return std::string(method) + " /events HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + user +
         "\r\n\r\n";
}

bool soon(const std::function<bool()>& condition) {
  for (int i = 0; i < 300 && !condition(); ++i) {
    std::this_thread::sleep_for(10ms);
  }
  return condition();
}

}  // namespace

TEST_CASE("an event stream carries what is written, and signs of life", "[http]") {
  EACH_SERVER;
  TestServer server(implementation, quickStreams());
  for (const bool overUnix : {false, true}) {
    RawClient client = overUnix ? RawClient(server.socketPath) : RawClient(server.port());
    client.send(getEvents('a'));
    const auto head = client.readUntil("event: hello\ndata: first\n\n");
    CHECK(statusOf(head) == 200);
    for (const char* line :
         {"Content-Type: text/event-stream\r\n", "Cache-Control: no-store\r\n", "X-Accel-Buffering: no\r\n",
          "Connection: close\r\n", "X-Request-ID: ", "\r\n\r\nretry: "}) {
      INFO(line << "\n" << head);
      CHECK(head.find(line) != std::string::npos);
    }
    CHECK(head.find("Content-Length") == std::string::npos);
    CHECK_FALSE(client.readUntil(":\n\n", 1s).empty());
    CHECK(server.newestStream()->write("second", R"({"n":2})"));
    CHECK_FALSE(client.readUntil("event: second\ndata: {\"n\":2}\n\n").empty());
  }
  CHECK(soon([&] { return server.streams.open() == 0; }));
  CHECK(soon([&] { return !server.newestStream()->write("late", "x"); }));
}

TEST_CASE("streams hold no worker, and there are only so many of them", "[http]") {
  EACH_SERVER;
  TestServer server(implementation, quickStreams());
  std::vector<RawClient> open;
  for (const char user : {'a', 'a', 'b'}) {
    open.emplace_back(server.port()).send(getEvents(user));
    REQUIRE(statusOf(open.back().readUntil("first")) == 200);
  }
  RawClient probe(server.port());
  for (int i = 0; i < 20; ++i) {
    probe.send(get("/ping"));
    CHECK(statusOf(probe.readAnswer()) == 200);
  }
  CHECK(server.state().eventStreams == 3);
  probe.send(getEvents('a'));
  const auto tooMany = probe.readAnswer();
  CHECK(statusOf(tooMany) == 429);
  CHECK(tooMany.find("\"code\":\"RATE_LIMITED\"") != std::string::npos);
  CHECK(tooMany.find("Retry-After: ") != std::string::npos);
  probe.send(getEvents('c'));
  CHECK(statusOf(probe.readAnswer()) == 503);
  probe.send(getEvents('c', "HEAD"));
  CHECK(statusOf(probe.readUntil("\r\n\r\n")) == 200);
  open.pop_back();
  CHECK(soon([&] { return server.streams.open() == 2; }));
  RawClient next(server.port());
  next.send(getEvents('c'));
  CHECK(statusOf(next.readUntil("first")) == 200);
}

TEST_CASE("a reader that does not keep up is dropped and disturbs nobody", "[http]") {
  EACH_SERVER;
  TestServer server(implementation, quickStreams());
  RawClient slow(server.socketPath);
  slow.send(getEvents('a'));
  REQUIRE(soon([&] { return server.newestStream() != nullptr; }));
  const auto slowStream = server.newestStream();
  RawClient reader(server.socketPath);
  reader.send(getEvents('b'));
  REQUIRE(statusOf(reader.readUntil("first")) == 200);
  const std::string data(8 * 1024, 'x');
  bool dropped = false;
  for (int i = 0; i < 1000 && !dropped; ++i) {
    dropped = !slowStream->write("flood", data);
    if (i % 50 == 0) {
      CHECK(server.newestStream()->write("beat", std::to_string(i)));
      CHECK_FALSE(reader.readUntil("data: " + std::to_string(i) + "\n").empty());
    }
    std::this_thread::sleep_for(1ms);
  }
  CHECK(dropped);
  CHECK(soon([&] { return server.state().droppedStreams == 1; }));
  CHECK(soon([&] { return server.streams.open() == 1; }));
}

TEST_CASE("a stream ends with its session, with its time, and with the server", "[http]") {
  EACH_SERVER;
  auto config = quickStreams();
  SECTION("session") {
    TestServer server(implementation, config);
    RawClient client(server.port());
    client.send(getEvents('a'));
    REQUIRE(statusOf(client.readUntil("first")) == 200);
    CHECK_FALSE(client.closedByServer(300ms));
    server.sessionEnded = true;
    CHECK(client.closedByServer(2s));
    CHECK(soon([&] { return server.streams.open() == 0; }));
  }
  SECTION("time") {
    config.streamLifetime = 400ms;
    TestServer server(implementation, config);
    RawClient client(server.port());
    client.send(getEvents('a'));
    REQUIRE(statusOf(client.readUntil("first")) == 200);
    CHECK(client.closedByServer(2s));
  }
  SECTION("server") {
    TestServer server(implementation, config);
    RawClient client(server.port());
    client.send(getEvents('a'));
    REQUIRE(statusOf(client.readUntil("first")) == 200);
    std::thread stopping([&] { server.stop(10s); });
    CHECK(client.closedByServer(1s));
    stopping.join();
    CHECK(server.streams.open() == 0);
  }
}
