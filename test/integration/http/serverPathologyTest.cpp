#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <optional>
#include <thread>
#include <vector>

#include "httpTestServer.hpp"
#include "rawClient.hpp"

using namespace ks;
using namespace ks::httpTest;
using namespace std::chrono_literals;

namespace {

/// The answer to one request on a fresh connection, which must be a refusal in the standard form that closes.
/// `httplib`: the status with httplib where it is another; 0: it waits for more.
void expectRefusal(const TestServer& server, const std::string& bytes, int status, const char* code,
                   std::optional<int> httplib = std::nullopt) {
  for (const bool overUnix : {false, true}) {
    RawClient client = overUnix ? RawClient(server.socketPath) : RawClient(server.port());
    client.send(bytes);
    if (httplib && !server.isLoop) {
      INFO(bytes.substr(0, 80));
      CHECK(statusOf(client.readAnswer(*httplib == 0 ? 200ms : 3000ms)) == *httplib);
      continue;
    }
    const auto answer = client.readAnswer();
    INFO(bytes.substr(0, 80) << "\n" << answer);
    CHECK(statusOf(answer) == status);
    CHECK(answer.find("\"code\":\"" + std::string(code) + "\"") != std::string::npos);
    CHECK(answer.find("\"request_id\":\"") != std::string::npos);
    CHECK(answer.find("X-Request-ID: ") != std::string::npos);
    CHECK(client.closedByServer(3s));
  }
}

}  // namespace

TEST_CASE("idle keep-alive connections do not starve a fresh one", "[http]") {
  EACH_SERVER;
  TestServer server(implementation, fewThreads());
  std::vector<RawClient> held;
  for (int i = 0; i < 100; ++i) {
    RawClient& client =
        held.emplace_back(i % 2 == 0 ? RawClient(server.port()) : RawClient(server.socketPath));
    REQUIRE(client.send(get("/ping")));
    REQUIRE(statusOf(client.readAnswer()) == 200);
  }
  for (int i = 0; i < 20; ++i) {
    RawClient probe(server.port());
    const auto took = timed([&] {
      probe.send(get("/ping"));
      CHECK(statusOf(probe.readAnswer()) == 200);
    });
    CHECK(took < 500ms);
  }
  std::size_t alive = 0;
  for (auto& client : held) {
    alive += client.send(get("/ping")) && statusOf(client.readAnswer()) == 200 ? 1 : 0;
  }
  // A thread a connection: the idle ones had to make room.
  CHECK((implementation.isLoop ? alive == held.size() : alive < held.size()));
}

TEST_CASE("busy keep-alive connections beyond the threads share them", "[http]") {
  EACH_SERVER;
  TestServer server(implementation, fewThreads());
  std::atomic<bool> stop{false};
  std::vector<std::thread> busy;
  for (int i = 0; i < 12; ++i) {
    busy.emplace_back([&] {
      RawClient client(server.port());
      while (!stop) {
        client.send(get("/ping"));
        if (statusOf(client.readAnswer()) != 200) {
          return;
        }
      }
    });
  }
  for (int i = 0; i < 10; ++i) {
    RawClient probe(server.port());
    probe.send(get("/ping"));
    CHECK(statusOf(probe.readAnswer(2s)) == 200);
  }
  stop = true;
  for (auto& thread : busy) {
    thread.join();
  }
}

TEST_CASE("clients that send their headers or bodies slowly hold no thread", "[http]") {
  EACH_SERVER;
  HttpServerConfig config = fewThreads();
  config.receiveTimeout = 1500ms;
  TestServer server(implementation, config);
  std::vector<RawClient> slow;
  for (int i = 0; i < 40; ++i) {
    RawClient& client = slow.emplace_back(server.port());
    client.send(i % 2 == 0 ? "GET /ping HTTP/1.1\r\nHost: te"
                           : "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 50\r\n\r\n{");
  }
  RawClient probe(server.port());
  probe.send(get("/ping"));
  // A thread a connection: the slow ones have them all.
  CHECK(statusOf(probe.readAnswer(500ms)) == (implementation.isLoop ? 200 : 0));
  // Trickling does not extend the time that a request has.
  for (int i = 0; i < 10; ++i) {
    slow[0].send("s");
    std::this_thread::sleep_for(100ms);
  }
  CHECK(statusOf(slow[0].readAnswer(3s)) == 400);
  CHECK(slow[0].closedByServer(3s));
  CHECK(statusOf(slow[1].readAnswer(3s)) == 400);
}

TEST_CASE("a POST without a body is answered at once", "[http]") {
  EACH_SERVER;
  TestServer server(implementation);
  for (const char* header : {"", "Content-Length: 0\r\n"}) {
    RawClient client(server.port());
    std::string answer;
    const auto took = timed([&] {
      client.send("POST /bodyless HTTP/1.1\r\nHost: t\r\n" + std::string(header) + "\r\n");
      answer = client.readAnswer();
    });
    CHECK(statusOf(answer) == 204);
    CHECK(answer.find("Content-Length") == std::string::npos);
    CHECK(took < 500ms);
    client.send(get("/ping"));
    CHECK(statusOf(client.readAnswer()) == 200);
  }
}

TEST_CASE("the body of a rejected request is never read as a request", "[http]") {
  EACH_SERVER;
  TestServer server(implementation);
  const std::string smuggled = post("/echo", R"({"text":"smuggled"})");
  SECTION("a wrong content type keeps the connection, the body is gone") {
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Type: text/plain\r\nContent-Length: " +
                std::to_string(smuggled.size()) + "\r\n\r\n" + smuggled);
    CHECK(statusOf(client.readAnswer()) == 415);
    client.send(get("/ping"));
    CHECK(statusOf(client.readAnswer()) == 200);
  }
  SECTION("unknown route, unknown method of a route") {
    for (const char* start : {"POST /nowhere", "PUT /echo"}) {
      RawClient client(server.port());
      client.send(std::string(start) +
                  " HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: " +
                  std::to_string(smuggled.size()) + "\r\n\r\n" + smuggled);
      const auto answer = client.readAnswer();
      CHECK((statusOf(answer) == 404 || statusOf(answer) == 405));
      client.send(get("/ping"));
      CHECK(statusOf(client.readAnswer()) == 200);
    }
  }
  SECTION("a refused framing closes") {
    for (const std::string header :
         {"Transfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
          "Content-Length: 4\r\nContent-Length: 5\r\n", "Content-Length: 4\r\nContent-Length: 4\r\n",
          "Content-Length: +4\r\n", "Content-Length: 4, 4\r\n", "Content-Length : 4\r\n",
          "Transfer-Encoding: identity\r\n", "Transfer-Encoding : chunked\r\n", " Content-Length: 4\r\n"}) {
      if (header == "Transfer-Encoding: chunked\r\n" && !implementation.isLoop) {
        continue;  // it already is one whole request, and what follows the next
      }
      RawClient client(server.port());
      client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n" + header +
                  "\r\n0\r\n\r\n" + smuggled);
      const auto all = client.readAll(3s);
      INFO(header << all);
      CHECK(statusOf(all) == 400);
      // Two equal lengths are one to httplib: the rest of the bytes is refused in an answer of its own.
      CHECK((all.find("HTTP/1.1", 9) == std::string::npos || header.ends_with("4\r\nContent-Length: 4\r\n")));
      CHECK(client.closedByServer(3s));
    }
  }
  CHECK(server.echoes == 0);
}

TEST_CASE("many connections at once are not refused", "[http]") {
  EACH_SERVER;
  TestServer server(implementation, fewThreads());
  std::atomic<int> answered{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      std::vector<RawClient> clients;
      for (int i = 0; i < 50; ++i) {
        clients.emplace_back(server.port());
      }
      for (auto& client : clients) {
        client.send(get("/ping"));
      }
      for (auto& client : clients) {
        answered += statusOf(client.readAnswer()) == 200 ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(answered == 400);
}

TEST_CASE("past the connection limit the longest idle one makes room", "[http]") {
  EACH_SERVER;
  HttpServerConfig config = fewThreads();
  config.maxConnections = 20;
  TestServer server(implementation, config);
  std::vector<RawClient> held;
  for (int i = 0; i < 60; ++i) {
    held.emplace_back(server.port());
  }
  RawClient probe(server.port());
  probe.send(get("/ping"));
  const auto answer = probe.readAnswer();
  // A thread a connection: 8 of them and 12 places in the queue are taken, the newest is refused.
  CHECK(statusOf(answer) == (implementation.isLoop ? 200 : 503));
  CHECK((implementation.isLoop || answer.find("Retry-After: 1\r\n") != std::string::npos));
  CHECK((!implementation.isLoop || held.front().closedByServer(1s)));
  CHECK(server.state().connections <= 21);
}

TEST_CASE("malformed and oversized requests are refused in the standard form", "[http]") {
  EACH_SERVER;
  TestServer server(implementation);
  const std::string host = "Host: t\r\n";
  expectRefusal(server, "\x16\x03\x01\x02", 400, "BAD_REQUEST", 0);
  expectRefusal(server, "GET /ping\r\n\r\n", 400, "BAD_REQUEST");
  expectRefusal(server, "GET  /ping HTTP/1.1\r\n" + host + "\r\n", 400, "BAD_REQUEST", 200);
  expectRefusal(server, "GET /ping HTTP/2.0\r\n" + host + "\r\n", 400, "BAD_REQUEST");
  expectRefusal(server, "GET http://t/ping HTTP/1.1\r\n" + host + "\r\n", 400, "BAD_REQUEST", 404);
  expectRefusal(server, "GET /ping HTTP/1.1\n" + host + "\r\n", 400, "BAD_REQUEST");
  expectRefusal(server, "GET /ping HTTP/1.1\r\n\r\n", 400, "BAD_REQUEST", 200);
  expectRefusal(server, "GET /ping HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "BAD_REQUEST", 200);
  expectRefusal(server, "GET /ping HTTP/1.1\r\nHost: t\r\nX: a\r\n b\r\n\r\n", 400, "BAD_REQUEST");
  expectRefusal(server, std::string("GET /ping HTTP/1.1\r\nHost: t\r\nX: a") + '\0' + "b\r\n\r\n", 400,
                "BAD_REQUEST");
  expectRefusal(server, "GET /ping HTTP/1.1\r\nHost: t\r\nBad Name: a\r\n\r\n", 400, "BAD_REQUEST");
  expectRefusal(server, "BREW /ping HTTP/1.1\r\n" + host + "\r\n", 405, "METHOD_NOT_ALLOWED", 400);
  expectRefusal(server, "GET /" + std::string(600, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 414,
                "URI_TOO_LONG");
  expectRefusal(server, "GET /" + std::string(20'000, 'a'), 414, "URI_TOO_LONG", 0);
  expectRefusal(server, "GET /ping HTTP/1.1\r\n" + host + "X: " + std::string(20'000, 'a') + "\r\n\r\n", 431,
                "HEADERS_TOO_LARGE", 400);
  std::string many = "GET /ping HTTP/1.1\r\n" + host;
  for (int i = 0; i < 150; ++i) {
    many += "X-" + std::to_string(i) + ": 1\r\n";
  }
  expectRefusal(server, many + "\r\n", 431, "HEADERS_TOO_LARGE", 400);
  expectRefusal(server, "POST /echo HTTP/1.1\r\n" + host + "Content-Length: 99999999999\r\n\r\n{", 413,
                "PAYLOAD_TOO_LARGE");
  expectRefusal(server, "POST /echo HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999999\r\n\r\n{",
                413, "PAYLOAD_TOO_LARGE");
  expectRefusal(server,
                "POST /echo HTTP/1.1\r\n" + host + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
                415, "UNSUPPORTED_MEDIA_TYPE");
  expectRefusal(server, "POST /echo HTTP/1.1\r\n" + host + "Expect: 200-maybe\r\nContent-Length: 2\r\n\r\n{}",
                400, "BAD_REQUEST", 415);
}

TEST_CASE("the refusal of a HEAD has no body", "[http]") {
  EACH_SERVER;
  TestServer server(implementation);
  RawClient client(server.port());
  client.send("HEAD /ping HTTP/1.1\r\nHost: t\r\nBad Name: a\r\n\r\n");
  const auto all = client.readAll();
  CHECK(statusOf(all) == 400);
  CHECK(all.ends_with("\r\n\r\n"));
}

TEST_CASE("a huge body that is being sent gets its refusal, not a reset", "[http]") {
  EACH_SERVER;
  TestServer server(implementation);
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 3000000\r\n\r\n");
  std::thread sender([&] { client.send(std::string(3'000'000, 'x')); });
  CHECK(statusOf(client.readAnswer()) == 413);
  sender.join();
}

TEST_CASE("a body of 1 MiB passes, and a range that cannot be understood is ignored", "[http]") {
  EACH_SERVER;
  TestServer server(implementation);
  RawClient client(server.port());
  const std::string text(1024 * 1024 - 20, 'x');
  client.send(post("/echo", "{\"text\":\"" + text + "\"}"));
  const auto answer = client.readAnswer();
  CHECK(statusOf(answer) == 200);
  CHECK(answer.size() > text.size());
  client.send("GET /ping HTTP/1.1\r\nHost: t\r\nRange: bytes=nonsense\r\n\r\n");
  CHECK(statusOf(client.readAnswer()) == (implementation.isLoop ? 200 : 400));
}

TEST_CASE("Expect: 100-continue", "[http]") {
  EACH_SERVER;
  TestServer server(implementation);
  RawClient client(server.port());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nExpect: "
      "100-continue\r\nContent-Length: 12\r\n\r\n");
  CHECK(statusOf(client.readAnswer()) == 100);
  client.send(R"({"text":"a"})");
  const auto answer = client.readAnswer();
  CHECK(statusOf(answer) == 200);
  client.send(get("/ping"));
  CHECK(statusOf(client.readAnswer()) == 200);
}

TEST_CASE("pipelined requests are answered in order", "[http]") {
  EACH_SERVER;
  TestServer server(implementation);
  RawClient client(server.port());
  client.send(get("/ping") + post("/echo", R"({"text":"second"})") + get("/nowhere") + get("/ping"));
  CHECK(client.readAnswer().find("ok") != std::string::npos);
  CHECK(client.readAnswer().find("second") != std::string::npos);
  CHECK(statusOf(client.readAnswer()) == 404);
  CHECK(statusOf(client.readAnswer()) == 200);
}

TEST_CASE("a client that closes its sending side still gets its answer", "[http]") {
  EACH_SERVER;
  TestServer server(implementation);
  RawClient client(server.port());
  client.send("GET /ping HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
  const auto all = client.readAll();
  CHECK(statusOf(all) == 200);
  CHECK(all.find("Connection: close") != std::string::npos);
}

TEST_CASE("header values reach the handlers undecoded", "[http]") {
  EACH_SERVER;
  TestServer server(implementation);
  RawClient client(server.port());
  client.send("GET /ping HTTP/1.1\r\nHost: t\r\nX-Request-ID: a%0d%0aX\r\n\r\n");
  auto answer = client.readAnswer();
  CHECK(answer.find("a%0d") == std::string::npos);
  CHECK(answer.find("X-Request-ID: 0") != std::string::npos);
  client.send("GET /ping HTTP/1.1\r\nHost: t\r\nX-Request-ID: my-Id_1.2\r\n\r\n");
  answer = client.readAnswer();
  CHECK(answer.find("X-Request-ID: my-Id_1.2\r\n") != std::string::npos);
  CHECK(answer.find("X-Route: /ping\r\n") != std::string::npos);
  CHECK(answer.find("Cache-Control: no-store\r\n") != std::string::npos);
}

TEST_CASE("HEAD, OPTIONS and 405", "[http]") {
  EACH_SERVER;
  TestServer server(implementation);
  RawClient client(server.port());
  client.send("HEAD /ping HTTP/1.1\r\nHost: t\r\n\r\n" + get("/ping"));
  const auto all = client.readAll(500ms);
  CHECK(statusOf(all) == 200);
  const auto second = all.find("HTTP/1.1 200", 5);
  REQUIRE(second != std::string::npos);
  CHECK(all.substr(0, second).find("status") == std::string::npos);
  client.send("OPTIONS /ping HTTP/1.1\r\nHost: t\r\n\r\n");
  auto answer = client.readAnswer();
  CHECK(statusOf(answer) == 204);
  CHECK(answer.find("Allow: GET, HEAD, OPTIONS") != std::string::npos);
  client.send("DELETE /ping HTTP/1.1\r\nHost: t\r\n\r\n");
  answer = client.readAnswer();
  CHECK(statusOf(answer) == 405);
  CHECK(answer.find("Allow: GET, HEAD, OPTIONS") != std::string::npos);
}
