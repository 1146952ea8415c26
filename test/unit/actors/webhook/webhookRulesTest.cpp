#include <catch2/catch_test_macros.hpp>

#include "actors/webhook/webhookSenderActor.hpp"
#include "actors/webhook/webhookSignature.hpp"
#include "actors/webhook/webhookTarget.hpp"
#include "core/logging/eventPattern.hpp"
#include "core/network/publicAddress.hpp"
#include "core/text/identifierPattern.hpp"

using namespace ks;

TEST_CASE("public addresses: what is not of the Internet is none", "[actors]") {
  for (const char* text :
       {"93.184.216.34", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
        "192.0.1.1", "198.17.255.255", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "2001:200::1"}) {
    INFO(text);
    CHECK(isPublicAddress(*IpAddress::parse(text)));
  }
  for (const char* text : {"0.0.0.0",
                           "10.1.2.3",
                           "100.64.0.1",
                           "100.127.255.255",
                           "127.0.0.1",
                           "127.255.255.255",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.8",
                           "192.0.2.1",
                           "192.88.99.1",
                           "192.168.1.1",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.1",
                           "203.0.113.1",
                           "224.0.0.1",
                           "239.255.255.255",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::7f00:1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "64:ff9b::a00:1",
                           "fc00::1",
                           "fd12:3456::1",
                           "fe80::1",
                           "fec0::1",
                           "ff02::1",
                           "2001::1",
                           "2001:db8::1",
                           "2002:a00:1::",
                           "3fff::1",
                           "5f00::1"}) {
    INFO(text);
    CHECK(!isPublicAddress(*IpAddress::parse(text)));
  }
}

TEST_CASE("webhook targets: form, scheme and where the name leads", "[actors]") {
  const auto allowed = [](const char* url, WebhookRules rules = {}) {
    return checkWebhookTarget(url, rules).ok();
  };
  CHECK(allowed("https://93.184.216.34/hook?x=1"));
  CHECK(allowed("https://nobody.invalid/hook"));
  CHECK(!allowed("http://93.184.216.34/"));
  CHECK(allowed("http://93.184.216.34/", {true, false}));
  for (const char* url : {"https://localhost/",
                          "https://127.0.0.1/",
                          "https://127.1/",
                          "https://2130706433/",
                          "https://0x7f000001/",
                          "https://0177.0.0.1/",
                          "https://[::1]/",
                          "https://[::ffff:127.0.0.1]/",
                          "https://[::ffff:a00:1]/",
                          "https://10.0.0.1/",
                          "https://169.254.169.254/latest/meta-data",
                          "https://user@93.184.216.34/",
                          "https://user:password@93.184.216.34/",
                          "ftp://93.184.216.34/",
                          "file:///etc/passwd",
                          "https://",
                          "https:///x",
                          "93.184.216.34",
                          "",
                          "https://93.184.216.34/#x",
                          "https://93.184.216.34/\n"}) {
    INFO(url);
    const auto checked = checkWebhookTarget(url, {true, false});
    CHECK(!checked.ok());
    CHECK((checked.ok() || checked.fault().code == ErrorCode::targetNotAllowed));
  }
  CHECK(allowed("http://127.0.0.1:8000/", {true, true}));
  CHECK(allowed("http://localhost:8000/", {true, true}));
  CHECK(!allowed("http://10.0.0.1/", {true, true}));
}

TEST_CASE("webhook signature: HMAC-SHA-256 over the time, a dot and the body", "[actors]") {
  // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret
  CHECK(webhookSignature({SecretText{std::string{"secret"}}}, 1'700'000'000, R"({"a":1})") ==
        "t=1700000000,v1=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686");
  const auto two =
      webhookSignature({SecretText{std::string{"secret"}}, SecretText{std::string{"old"}}}, 1, "");
  CHECK(two.size() == 3 + 2 * (4 + 64));
}

TEST_CASE("standard webhooks: the signature that ready libraries expect", "[actors]") {
  // new Webhook(secret).sign(id, new Date(1'700'000'000'000), body) of npm's standardwebhooks 1.1.1.
  const SecretText current{std::string{"whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlBQkNERUY="}};
  // Of a secret without prefix: new Webhook(secret, { format: 'raw' }).
  const SecretText old{std::string{"pLm3vX0_9aB-cD4eF5gH6iJ7kL8mN9oP0qR1sT2uV3w"}};
  const std::string id = "019abcde-0000-7000-8000-000000000001";
  const std::string body = R"({"type":"role.create","name":"é"})";
  const std::string currentSignature = "v1,ZEqpC2IWrgoQO1IF9HdiZHueYrdMrJxA9Y7uHI57AvQ=";
  const std::string oldSignature = "v1,YBZtwGuxbZ4WXADStd0OT/UWRvE1/HFxCidpss1Mk80=";
  CHECK(standardWebhookSignature({current}, id, 1'700'000'000, body) == currentSignature);
  CHECK(standardWebhookSignature({old}, id, 1'700'000'000, body) == oldSignature);
  CHECK(standardWebhookSignature({current, old}, id, 1'700'000'000, body) ==
        currentSignature + " " + oldSignature);
  CHECK(standardWebhookSignature({}, id, 1, body).empty());
}

TEST_CASE("webhook retries come ever more slowly, up to four hours", "[actors]") {
  using std::chrono::seconds;
  CHECK(webhookRetryDelay(1) == seconds{2});
  CHECK(webhookRetryDelay(2) == seconds{6});
  CHECK(webhookRetryDelay(5) == seconds{162});
  CHECK(webhookRetryDelay(20) == std::chrono::hours{4});
  CHECK(webhookRetryDelay(4'000'000'000U) == std::chrono::hours{4});
}

TEST_CASE("event patterns", "[actors]") {
  for (const char* good : {"*", "user.*", "auth.login", "auth.login.fail", "a-b_c.D1.*"}) {
    CHECK(isEventPattern(good));
  }
  for (const char* bad :
       {"", "**", "user*", ".*", "user..*", ".user", "user.", "us er", "user.*.x", "*.fail"}) {
    INFO(bad);
    CHECK(!isEventPattern(bad));
  }
  CHECK(matchesEvent("*", "anything"));
  CHECK(matchesEvent("auth.*", "auth.login.fail"));
  CHECK(!matchesEvent("auth.*", "authority.x"));
  CHECK(!matchesEvent("auth.login", "auth.login.fail"));
  CHECK(matchesEvent("auth.login.fail", "auth.login.fail"));
}

TEST_CASE("identifier patterns", "[actors]") {
  CHECK(normalizeIdentifierPattern("Ann@Example.ORG") == "ann@example.org");
  CHECK(normalizeIdentifierPattern("@Example.ORG") == "@example.org");
  CHECK(normalizeIdentifierPattern("@*.Example.ORG") == "@*.example.org");
  for (const char* bad : {"", "@", "ann", "@example", "@*.", "@*example.org", "*@example.org",
                          "@a@example.org", "@exa mple.org", "@*.*.example.org"}) {
    INFO(bad);
    CHECK(!normalizeIdentifierPattern(bad));
  }
}
