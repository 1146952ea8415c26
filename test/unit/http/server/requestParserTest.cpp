#include "http/server/requestParser.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace ks;
using State = RequestFraming::State;

TEST_CASE("a request is found wherever its bytes are cut", "[http][framing]") {
  const std::string message =
      "POST /a?b=c HTTP/1.1\r\nHost: t\r\ncontent-length:  5 \r\nX: \t v w\t\r\n\r\nhello";
  for (std::size_t cut = 1; cut < message.size(); ++cut) {
    RequestFraming framing{FramingLimits{}};
    INFO(cut);
    REQUIRE(framing.advance(std::string_view(message).substr(0, cut)) == State::incomplete);
    const std::string moved = message + "GET";
    REQUIRE(framing.advance(moved) == State::complete);
    CHECK(framing.head().method == "POST");
    CHECK(framing.head().target == "/a?b=c");
    CHECK(framing.head().messageBytes() == message.size());
    CHECK(framing.head().headers.at(2).second == "v w");
    CHECK(framing.head().keepAlive);
  }
}

TEST_CASE("a head that never ends is refused at its limit", "[http][framing]") {
  FramingLimits limits;
  limits.headerBytes = 100;
  RequestFraming line{limits};
  CHECK(line.advance("GET /" + std::string(50, 'a')) == State::incomplete);
  CHECK(line.advance("GET /" + std::string(200, 'a')) == State::refused);
  CHECK(line.fault().code == ErrorCode::uriTooLong);
  RequestFraming headers{limits};
  CHECK(headers.advance("GET / HTTP/1.1\r\nX: " + std::string(200, 'a')) == State::refused);
  CHECK(headers.fault().code == ErrorCode::headersTooLarge);
  CHECK(headers.advance("GET / HTTP/1.1\r\nHost: t\r\n\r\n") == State::refused);
}

TEST_CASE("a head that is too long is refused alike whole and in pieces", "[http][framing]") {
  FramingLimits limits;
  limits.headerBytes = 100;
  const std::string end = " HTTP/1.1\r\nHost: t\r\n\r\n";
  for (const auto& message : {"GET /" + std::string(200, 'a') + end,
                              "GET /a HTTP/1.1\r\nX: " + std::string(200, 'a') + "\r\n\r\n"}) {
    RequestFraming whole{limits};
    RequestFraming pieces{limits};
    REQUIRE(whole.advance(message) == State::refused);
    REQUIRE(pieces.advance(std::string_view(message).substr(0, 150)) == State::refused);
    CHECK(whole.fault().code == pieces.fault().code);
  }
}

TEST_CASE("keep-alive follows version and Connection", "[http][framing]") {
  const auto keepAlive = [](const std::string& version, const std::string& connection) {
    RequestFraming framing{FramingLimits{}};
    const auto text = "GET / " + version + "\r\nHost: t\r\n" + connection + "\r\n";
    REQUIRE(framing.advance(text) == State::complete);
    return framing.head().keepAlive;
  };
  CHECK(keepAlive("HTTP/1.1", ""));
  CHECK_FALSE(keepAlive("HTTP/1.1", "Connection: Upgrade , Close\r\n"));
  CHECK_FALSE(keepAlive("HTTP/1.0", ""));
  CHECK(keepAlive("HTTP/1.0", "connection: Keep-Alive\r\n"));
}

TEST_CASE("after restart the next request is read", "[http][framing]") {
  RequestFraming framing{FramingLimits{}};
  REQUIRE(framing.advance("GET /one HTTP/1.1\r\nHost: t\r\n\r\n") == State::complete);
  framing.restart();
  CHECK_FALSE(framing.headComplete());
  REQUIRE(framing.advance("GET /two HTTP/1.0\r\n\r\n") == State::complete);
  CHECK(framing.head().target == "/two");
  CHECK(framing.head().headers.empty());
}
