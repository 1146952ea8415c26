#include <catch2/catch_test_macros.hpp>

#include "core/errorCode.hpp"
#include "core/network/ipAddress.hpp"
#include "core/secretText.hpp"
#include "core/text/base64url.hpp"
#include "core/text/requestId.hpp"
#include "core/text/url.hpp"
#include "core/text/userAgent.hpp"
#include "test/unit/core/testSources.hpp"

using namespace ks;

TEST_CASE("base64: RFC 4648 section 10", "[core]") {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    const std::string_view text = encoded;
    CHECK(base64Encode(asBytes(plain)) == text);
    CHECK(base64Decode(text) == Bytes(asBytes(plain).begin(), asBytes(plain).end()));
    const auto unpadded = text.substr(0, text.find('='));
    CHECK(base64UrlEncode(asBytes(plain)) == unpadded);
    CHECK(base64UrlDecode(unpadded).has_value());
  }
  CHECK(base64UrlEncode(Bytes{0xfb, 0xff}) == "-_8");
  CHECK(base64EncodeUnpadded(Bytes{0xfb, 0xff}) == "+/8");
}

TEST_CASE("base64: each value has one text", "[core]") {
  for (const char* bad :
       {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm9v\n", "Zm 9v", "-_8="}) {
    CAPTURE(bad);
    CHECK_FALSE(base64Decode(bad));
  }
  for (const char* bad : {"Zg==", "Zh", "Z", "+/8", "Zm9 ", "-_9"}) {
    CAPTURE(bad);
    CHECK_FALSE(base64UrlDecode(bad));
  }
  CountingRandom random;
  for (std::size_t size = 0; size < 100; ++size) {
    Bytes bytes(size);
    random.fill(std::as_writable_bytes(std::span(bytes)));
    CHECK(base64UrlDecode(base64UrlEncode(bytes)) == bytes);
    CHECK(base64Decode(base64Encode(bytes)) == bytes);
    CHECK(base64DecodeUnpadded(base64EncodeUnpadded(bytes)) == bytes);
  }
}

TEST_CASE("ip: forms, prefixes, ranges", "[core]") {
  const auto textOf = [](std::string_view text) {
    const auto address = IpAddress::parse(text);
    return address ? address->toString() : std::string("none");
  };
  CHECK(textOf("192.0.2.7") == "192.0.2.7");
  CHECK(textOf("::ffff:192.0.2.7") == "192.0.2.7");
  CHECK(textOf("2001:DB8:0:0:0:0:0:1") == "2001:db8::1");
  for (const char* bad : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "[::1]", "::1%eth0",
                          "1.2.3.4:80", ":::", "abc"}) {
    CAPTURE(bad);
    CHECK(textOf(bad) == "none");
  }
  CHECK(IpAddress::parse("203.0.113.77")->countingPrefix() == "203.0.113.77");
  CHECK(IpAddress::parse("203.0.113.77")->networkPrefix() == "203.0.113.0/24");
  CHECK(IpAddress::parse("2001:db8:1:2:3:4:5:6")->countingPrefix() == "2001:db8:1:2::/64");
  CHECK(IpAddress::parse("2001:db8:1:2:3:4:5:6")->networkPrefix() == "2001:db8:1::/48");
  CHECK(IpAddress::parse("127.8.9.10")->isLoopback());
  CHECK(IpAddress::parse("::1")->isLoopback());
  CHECK_FALSE(IpAddress::parse("::2")->isLoopback());

  const auto ten = IpNetwork::parse("10.0.0.0/8");
  REQUIRE(ten);
  CHECK(ten->contains(*IpAddress::parse("10.255.1.2")));
  CHECK(ten->contains(*IpAddress::parse("::ffff:10.255.1.2")));
  CHECK_FALSE(ten->contains(*IpAddress::parse("11.0.0.0")));
  CHECK(ten->toString() == "10.0.0.0/8");
  CHECK(IpNetwork::parse("0.0.0.0/0")->contains(*IpAddress::parse("8.8.8.8")));
  CHECK_FALSE(IpNetwork::parse("0.0.0.0/0")->contains(*IpAddress::parse("2001:db8::1")));
  CHECK(IpNetwork::parse("2001:db8::1")->toString() == "2001:db8::1/128");
  for (const char* bad : {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/08",
                          "2001:db8::/129", "/8", "10.0.0.0/8/8"}) {
    CAPTURE(bad);
    CHECK_FALSE(IpNetwork::parse(bad));
  }
}

TEST_CASE("url: parts, origins, masks", "[core]") {
  const auto parts = parseUrl("Redis://user:pa:ss@Host.example:6380/2?x=1");
  REQUIRE(parts);
  CHECK(parts->scheme == "redis");
  CHECK(parts->user == "user");
  CHECK(parts->password == "pa:ss");
  CHECK(parts->host == "host.example");
  CHECK(parts->port == 6380);
  CHECK(parts->path == "/2");
  CHECK(parts->query == "x=1");
  CHECK(parseUrl("redis://[::1]:6380")->host == "::1");
  for (const char* bad : {"", "redis:/x", "://x", "redis://h:0", "redis://h:70000", "redis://h:x",
                          "redis://h h", "redis://[::1", "redis://[zz]", "http://h#f"}) {
    CAPTURE(bad);
    CHECK_FALSE(parseUrl(bad));
  }
  CHECK(normalizeOrigin("HTTPS://App.Example.org:443") == "https://app.example.org");
  CHECK(normalizeOrigin("http://localhost:3000") == "http://localhost:3000");
  for (const char* bad : {"*", "null", "https://a.example/", "https://a.example?x", "https://u@a.example",
                          "ftp://a.example", "https://", "a.example"}) {
    CAPTURE(bad);
    CHECK_FALSE(normalizeOrigin(bad));
  }
  CHECK(maskPasswords("postgresql://u:secret@h1,h2/db?sslpassword=x2&a=b") ==
        "postgresql://u:***@h1,h2/db?sslpassword=***&a=b");
  CHECK(maskPasswords("postgresql://u:p/w@d@h/db") == "postgresql://u:***@h/db");
  CHECK(maskPasswords("host=h password='a b' user=u") == "host=h password=*** user=u");
  CHECK(maskPasswords("host=h password = x user=u") == "host=h password = *** user=u");
  CHECK(maskPasswords("postgresql:///k?host=/x&user=k") == "postgresql:///k?host=/x&user=k");
  CHECK(maskPasswords("redis://:secret@h/0") == "redis://:***@h/0");
  CHECK(passwordIn("redis://:secret@h/0") == "secret");
  CHECK_FALSE(passwordIn("redis://h/0"));
}

TEST_CASE("request id: the one rule", "[core]") {
  CHECK(isRequestId("aZ09-_."));
  CHECK(isRequestId(std::string(64, 'x')));
  CHECK_FALSE(isRequestId(""));
  CHECK_FALSE(isRequestId(std::string(65, 'x')));
  for (int c = 0; c < 256; ++c) {
    const bool allowed = std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
    CHECK(isRequestId(std::string(1, static_cast<char>(c))) == (allowed && c < 128));
  }
}

TEST_CASE("user agent: family and words", "[core]") {
  const std::string_view chrome =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
  const std::string_view edge =
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 "
      "Safari/537.36 Edg/126.0";
  const std::string_view safari =
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
      "Version/17.5 Mobile/15E148 Safari/604.1";
  CHECK(userAgentFamily(chrome) == "chrome/linux");
  CHECK(userAgentFamily(edge) == "edge/windows");
  CHECK(userAgentFamily(safari) == "safari/ios");
  CHECK(userAgentFamily("curl/8.5.0") == "curl/other");
  CHECK(userAgentFamily("") == "other/other");
  CHECK(describeUserAgent(chrome) == "Chrome on Linux");
  CHECK(describeUserAgent("curl/8.5.0") == "curl");
  CHECK(describeUserAgent("x") == "Unknown device");
}

TEST_CASE("error codes: each has a name of its own and a status", "[core]") {
  for (std::size_t i = 0; i < static_cast<std::size_t>(ErrorCode::last_); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    const auto& info = describe(code);
    CAPTURE(info.name);
    CHECK(errorCodeFromName(info.name) == code);
    CHECK(((code == ErrorCode::none && info.httpStatus == 200) ||
           (info.httpStatus >= 400 && info.httpStatus < 600)));
  }
  CHECK(describe(static_cast<ErrorCode>(255)).name == "INTERNAL");
  CHECK(errorCodeFromName("NO_SUCH") == ErrorCode::none);
}

TEST_CASE("secret text: moved-from is empty", "[core]") {
  SecretText secret(std::string(40, 'x'));
  const SecretText moved = std::move(secret);
  CHECK(moved.size() == 40);
  CHECK(secret.empty());  // NOLINT(bugprone-use-after-move): this is what is tested
}
