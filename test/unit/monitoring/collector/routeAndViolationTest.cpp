#include <catch2/catch_test_macros.hpp>
#include <string>

#include "monitoring/collector/routeTemplate.hpp"
#include "monitoring/collector/violationEntry.hpp"

using ks::LogService;

TEST_CASE("service of a url") {
  CHECK(ks::serviceOfUrl("/api/auth/login") == LogService::auth);
  CHECK(ks::serviceOfUrl("/api/auth") == LogService::auth);
  CHECK(ks::serviceOfUrl("/api/payment?x=/api/auth") == LogService::payment);
  CHECK(ks::serviceOfUrl("/api/admin/users") == LogService::admin);
  CHECK(ks::serviceOfUrl("/api/authority") == LogService::gateway);
  CHECK(ks::serviceOfUrl("/admin/") == LogService::gateway);
  CHECK(ks::serviceOfUrl("") == LogService::gateway);
}

TEST_CASE("templates") {
  CHECK(ks::templateOfUrl("/api/auth/sessions/0195f3a0-1111-7222-8333-000000000001?a=b") ==
        "/api/auth/sessions/{id}");
  CHECK(ks::templateOfUrl("/api/payment/12345") == "/api/payment/{id}");
  CHECK(ks::templateOfUrl("/api/v1/users/a@b.example") == "/api/v1/users/{id}");
  CHECK(ks::templateOfUrl("/x/deadbeefdeadbeef") == "/x/{id}");
  CHECK(ks::templateOfUrl("/x/dGhpcyBpcyBhIHRlc3Q1234") == "/x/{id}");
  CHECK(ks::templateOfUrl("/api/auth/well-known-password-change-page") ==
        "/api/auth/well-known-password-change-page");
  CHECK(ks::templateOfUrl("//a///b/") == "/a/b");
  CHECK(ks::templateOfUrl("/") == "/");
  CHECK(ks::templateOfUrl("/a/b/c/d/e/f/g/h/i/j") == "/a/b/c/d/e/f/g/h/{rest}");
  CHECK(ks::templateOfUrl("/" + std::string(100, '~')) == "/{long}");
}

TEST_CASE("a scanner cannot make more than the cap of routes a day") {
  ks::RouteNamer namer;
  const ks::TimePoint day{std::chrono::days{20000}};
  for (int i = 0; i < 2000; ++i) {
    std::string letters;
    for (int n = i; n > 0; n /= 26) {
      letters += static_cast<char>('a' + n % 26);
    }
    namer.name(LogService::auth, "/api/auth/" + letters, day);
  }
  CHECK(namer.name(LogService::auth, "/api/auth/another", day) == "{other}");
  CHECK(namer.name(LogService::auth, "/api/auth/another", day + std::chrono::days{1}) == "/api/auth/another");
  CHECK(namer.name(LogService::gateway, "/wp-login.php", day) == "{other}");
  CHECK(namer.name(LogService::gateway, "/admin/assets/a.js", day) == "/admin/{file}");
  CHECK(namer.name(LogService::gateway, "/health", day) == "/health");
}

TEST_CASE("violation entries") {
  const ks::TimePoint now{ks::Milliseconds{1770072671999}};
  const auto plain = ks::parseViolation("auth:127.0.0.1:6@1770072671123", now);
  REQUIRE(plain);
  CHECK(plain->service == "auth");
  CHECK(plain->identifier == "127.0.0.1");
  CHECK(plain->isAddress);
  CHECK(plain->count == 6);
  CHECK(plain->at.time_since_epoch().count() == 1770072671123);

  const auto user = ks::parseViolation("payment:user_123:101@1770072671123", now);
  REQUIRE(user);
  CHECK_FALSE(user->isAddress);

  const auto six = ks::parseViolation("auth:2001:db8::1:6@1770072671123", now);
  REQUIRE(six);
  CHECK(six->identifier == "2001:db8::1");
  CHECK(six->isAddress);
  CHECK(six->count == 6);

  const auto old = ks::parseViolation("auth:2001:db8::1:6", now);
  REQUIRE(old);
  CHECK(old->at == now);
  CHECK(old->identifier == "2001:db8::1");

  for (const char* bad :
       {"", "auth", "auth:1", "other:1.1.1.1:6", "auth::6", "auth:1.1.1.1:0", "auth:1.1.1.1:x",
        "auth:1.1.1.1:6@", "auth:1.1.1.1:6@soon", "auth:1.1.1.1:6@99999999999999999999", "auth:1.1.1.1:6@1",
        "auth:a b:6", "auth:1.1.1.1:-6", "auth:1.1.1.1:9999999999"}) {
    CAPTURE(bad);
    CHECK(!ks::parseViolation(bad, now));
  }
  CHECK(!ks::parseViolation("auth:" + std::string(129, 'a') + ":6", now));
}
