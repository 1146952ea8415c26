#include "monitoring/security/securityRules.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "monitoring/collector/logBatchParser.hpp"
#include "monitoring/collector/securityFeed.hpp"
#include "monitoring/security/banActor.hpp"

using namespace ks;

namespace {

constexpr TimePoint kRuleStart{Milliseconds{1'770'072'000'000}};

SecurityEvent eventOf(SecurityEventKind kind, const std::string& address, Milliseconds after) {
  SecurityEvent event;
  event.at = kRuleStart + after;
  event.kind = kind;
  event.source = IpAddress::parse(address);
  return event;
}

SecurityEvent deniedEvent(const std::string& address, std::uint64_t path, Milliseconds after) {
  auto event = eventOf(SecurityEventKind::denied, address, after);
  event.path = path;
  return event;
}

SecurityEvent loginEvent(const std::string& address, const std::string& account, Milliseconds after) {
  auto event = eventOf(SecurityEventKind::loginFailed, address, after);
  event.account = account;
  return event;
}

class RulesUnderTest {
 public:
  explicit RulesUnderTest(const SecurityRuleConfig& config = {}) : rules_(config) {}

  /// Names and severities of what this event completes.
  std::vector<std::string> see(const SecurityEvent& event) {
    found_.clear();
    rules_.observe(event, found_);
    std::vector<std::string> names;
    for (const auto& finding : found_) {
      names.push_back(std::string{ruleName(finding.rule)} + " " +
                      std::string{kSeverityNames[static_cast<std::size_t>(ruleSeverity(finding.rule))]});
    }
    return names;
  }
  [[nodiscard]] const SecurityFinding& last() const { return found_.back(); }
  [[nodiscard]] SecurityRules& rules() { return rules_; }

 private:
  SecurityRules rules_;
  std::vector<SecurityFinding> found_;
};

using Names = std::vector<std::string>;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

}  // namespace

TEST_CASE("dos_attempt fires at more than 10 violations in 5 minutes, once in the quiet time") {
  RulesUnderTest rules;
  for (int i = 0; i < 10; ++i) {
    CHECK(rules.see(eventOf(SecurityEventKind::violation, "203.0.113.9", seconds{i})).empty());
  }
  CHECK(rules.see(eventOf(SecurityEventKind::violation, "203.0.113.9", seconds{299})) ==
        Names{"dos_attempt high"});
  CHECK(rules.last().subject == "203.0.113.9");
  CHECK(rules.last().at == kRuleStart + seconds{299});
  for (int i = 0; i < 30; ++i) {
    CHECK(rules.see(eventOf(SecurityEventKind::violation, "203.0.113.9", seconds{300 + i})).empty());
  }
  CHECK(rules.see(eventOf(SecurityEventKind::violation, "203.0.113.9", hours{1} + minutes{10})).empty());
  // The quiet time is over and the attack goes on. (The slower rule has its own quiet time.)
  Names later;
  for (int i = 0; i < 11; ++i) {
    for (const auto& name :
         rules.see(eventOf(SecurityEventKind::violation, "203.0.113.9", hours{2} + seconds{i}))) {
      later.push_back(name);
    }
  }
  CHECK(later == Names{"dos_attempt high"});
}

TEST_CASE("violations spread over more than the window, or over addresses, are no dos_attempt") {
  RulesUnderTest spread;
  for (int i = 0; i < 40; ++i) {
    CHECK(spread.see(eventOf(SecurityEventKind::violation, "203.0.113.9", seconds{30 * i})).empty());
  }
  RulesUnderTest addresses;
  for (int i = 0; i < 40; ++i) {
    CHECK(
        addresses.see(eventOf(SecurityEventKind::violation, "203.0.113." + std::to_string(i % 4), seconds{i}))
            .empty());
  }
}

TEST_CASE("rapid_violations fires at the 51st violation of an hour") {
  RulesUnderTest rules;
  for (int i = 0; i < 50; ++i) {
    CHECK(rules.see(eventOf(SecurityEventKind::violation, "203.0.113.9", seconds{70 * i})).empty());
  }
  CHECK(rules.see(eventOf(SecurityEventKind::violation, "203.0.113.9", seconds{3500})) ==
        Names{"rapid_violations medium"});
}

TEST_CASE("what another site makes a browser send is found, and bans nobody") {
  RulesUnderTest rules;
  const auto foreign = [&](SecurityEventKind kind, const char* address, std::uint64_t path,
                           Milliseconds after) {
    auto event = eventOf(kind, address, after);
    event.crossSite = true;
    event.path = path;
    return rules.see(event);
  };
  // A page with images: of the honeypot, and of a route with a limit.
  CHECK(foreign(SecurityEventKind::honeypot, "203.0.113.9", 1, seconds{0}) == Names{"honeypot low"});
  for (int i = 1; i < 100; ++i) {
    CHECK(foreign(SecurityEventKind::honeypot, "203.0.113.9", 1, seconds{1}).empty());
  }
  Names found;
  for (int i = 0; i < 60; ++i) {
    for (const auto& name : foreign(SecurityEventKind::violation, "203.0.113.10", 1, seconds{i})) {
      found.push_back(name);
    }
  }
  CHECK(found == Names{"rapid_violations medium"});
  // A client that pretends to be such a victim is found by the paths that it tries.
  found.clear();
  for (int i = 0; i < 20; ++i) {
    for (const auto& name :
         foreign(SecurityEventKind::honeypot, "203.0.113.11", static_cast<std::uint64_t>(i), seconds{i})) {
      found.push_back(name);
    }
  }
  CHECK(found == Names{"honeypot low", "path_probing medium"});
  // The visitor's own requests count as usual.
  CHECK(rules.see(eventOf(SecurityEventKind::honeypot, "203.0.113.9", seconds{2})).empty());
  CHECK(rules.see(eventOf(SecurityEventKind::honeypot, "203.0.113.9", seconds{3})).empty());
  CHECK(rules.see(eventOf(SecurityEventKind::honeypot, "203.0.113.9", seconds{4})) == Names{"honeypot high"});
}

TEST_CASE("honeypot: the first hit is low, the third in 10 minutes is high, each once in the quiet time") {
  RulesUnderTest rules;
  const auto hit = [&](Milliseconds after) {
    return rules.see(eventOf(SecurityEventKind::honeypot, "203.0.113.9", after));
  };
  CHECK(hit(seconds{0}) == Names{"honeypot low"});
  CHECK(hit(seconds{1}).empty());
  CHECK(hit(seconds{599}) == Names{"honeypot high"});
  CHECK(hit(seconds{600}).empty());
  RulesUnderTest slow;
  for (int i = 0; i < 8; ++i) {
    const auto found = slow.see(eventOf(SecurityEventKind::honeypot, "203.0.113.9", minutes{5 * i}));
    CHECK(found == (i == 0 ? Names{"honeypot low"} : Names{}));
  }
}

TEST_CASE("auth_spray counts accounts, not tries") {
  RulesUnderTest rules;
  for (int i = 0; i < 50; ++i) {
    CHECK(rules.see(loginEvent("203.0.113.9", "account" + std::to_string(i % 9), seconds{i})).empty());
  }
  CHECK(rules.see(loginEvent("203.0.113.9", "account9", seconds{51})) == Names{"auth_spray high"});
  CHECK(rules.last().source == IpAddress::parse("203.0.113.9"));
  CHECK(rules.see(loginEvent("203.0.113.9", "account10", seconds{52})).empty());
}

TEST_CASE("auth_distributed counts addresses of one account and names no single one") {
  RulesUnderTest rules;
  for (int i = 0; i < 9; ++i) {
    CHECK(rules.see(loginEvent("203.0.113." + std::to_string(i), "victim", seconds{60 * i})).empty());
    CHECK(rules.see(loginEvent("203.0.113.1", "victim", seconds{60 * i + 1})).empty());
  }
  CHECK(rules.see(loginEvent("203.0.113.77", "victim", seconds{599})) == Names{"auth_distributed high"});
  CHECK(rules.last().subject == "victim");
  CHECK(!rules.last().source);
  CHECK(rules.last().addresses.size() == 10);
}

TEST_CASE("path_probing counts different paths answered 403 or 404 within a minute") {
  RulesUnderTest rules;
  for (std::uint64_t i = 0; i < 30; ++i) {
    CHECK(rules.see(deniedEvent("203.0.113.9", i % 9, seconds{i})).empty());
  }
  CHECK(rules.see(deniedEvent("203.0.113.9", 9, seconds{31})) == Names{"path_probing medium"});
  RulesUnderTest slow;
  for (std::uint64_t i = 0; i < 30; ++i) {
    CHECK(slow.see(deniedEvent("203.0.113.9", i, seconds{7 * i})).empty());
  }
}

TEST_CASE("IPv6 counts by /64, and IPv4 inside IPv6 as IPv4") {
  RulesUnderTest rules;
  for (int i = 0; i < 10; ++i) {
    CHECK(rules.see(eventOf(SecurityEventKind::violation, "2001:db8:1:2::" + std::to_string(i), seconds{i}))
              .empty());
    CHECK(rules.see(eventOf(SecurityEventKind::violation, "2001:db8:1:3::1", seconds{i})).size() == 0);
    CHECK(rules
              .see(eventOf(SecurityEventKind::violation, i % 2 ? "203.0.113.9" : "::ffff:203.0.113.9",
                           seconds{i}))
              .empty());
  }
  CHECK(rules.see(eventOf(SecurityEventKind::violation, "2001:db8:1:2:ffff::1", seconds{11})).size() == 1);
  CHECK(rules.last().subject == "2001:db8:1:2::/64");
  CHECK(rules.see(eventOf(SecurityEventKind::violation, "::ffff:203.0.113.9", seconds{11})).size() == 1);
  CHECK(rules.last().subject == "203.0.113.9");
}

TEST_CASE("late events are put in their place") {
  RulesUnderTest rules;
  for (int i = 9; i >= 0; --i) {
    CHECK(rules.see(eventOf(SecurityEventKind::violation, "203.0.113.9", seconds{i})).empty());
  }
  CHECK(rules.see(eventOf(SecurityEventKind::violation, "203.0.113.9", seconds{400})).empty());
  CHECK(rules.see(eventOf(SecurityEventKind::violation, "203.0.113.9", seconds{20})) ==
        Names{"dos_attempt high"});
}

TEST_CASE("memory is bounded: the stalest address is forgotten and counted") {
  SecurityRuleConfig config;
  config.mostTracked = 100;
  RulesUnderTest rules(config);
  for (int i = 0; i < 10; ++i) {
    rules.see(eventOf(SecurityEventKind::violation, "203.0.113.9", seconds{0}));
  }
  for (int i = 0; i < 99; ++i) {
    rules.see(eventOf(SecurityEventKind::violation, "198.51.100." + std::to_string(i), seconds{1}));
  }
  CHECK(rules.rules().evicted() == 0);
  rules.see(eventOf(SecurityEventKind::violation, "198.51.100.200", seconds{2}));
  CHECK(rules.rules().evicted() == 1);
  CHECK(rules.rules().tracked() == 100);
  CHECK(rules.see(eventOf(SecurityEventKind::violation, "203.0.113.9", seconds{3})).empty());
}

TEST_CASE("what was found before a restart stays quiet") {
  RulesUnderTest rules;
  SuspiciousActivity before;
  before.at = kRuleStart;
  before.source = IpAddress::parse("203.0.113.9");
  before.type = "dos_attempt";
  before.severity = Severity::high;
  rules.rules().restore(before);
  for (int i = 0; i < 20; ++i) {
    CHECK(rules.see(eventOf(SecurityEventKind::violation, "203.0.113.9", seconds{i})).empty());
  }
  SuspiciousActivity distributed;
  distributed.at = kRuleStart;
  distributed.type = "auth_distributed";
  distributed.severity = Severity::high;
  distributed.subject = "victim";
  rules.rules().restore(distributed);
  for (int i = 0; i < 20; ++i) {
    CHECK(rules.see(loginEvent("198.51.100." + std::to_string(i), "victim", seconds{i})).empty());
  }
}

TEST_CASE("lines of a batch: what feeds a rule, and what our own bans answered does not") {
  const auto line = [](const char* url, int status, const char* limited, const char* zone) {
    return std::string{
               R"({"timestamp":"2026-02-03T10:00:00+00:00","request_id":"r","remote_ip":"203.0.113.9",)"} +
           R"("method":"GET","url":")" + url + R"(","status":)" + std::to_string(status) +
           R"(,"rate_limited":)" + limited +
           R"(,"user_agent":"a","nginx_latency_s":0.001,"backend_latency_s":"","user_id":"",)" +
           R"("timestamp_ms":1770112800000,"zone":")" + zone + "\"}\n";
  };
  IngestBatch batch;
  batch.text = line("/api/auth/login", 302, "true", "auth-login") +
               line("/api/auth/me", 200, "false", "auth-session") +
               line("/api/auth/x?a=1", 404, "false", "auth-session") +
               line("/api/auth/x?a=2", 403, "false", "auth-session") +
               line("/api/auth/y", 403, "false", "banned");
  const auto length = batch.text.size();
  batch.text.append(NginxLogParser::kPadding, '\0');
  LogBatchParser parser;
  parser.parse(batch, length, false);
  REQUIRE(batch.entries.size() == 5);
  CHECK(batch.entries[4].route == kBannedRoute);
  const auto events = securityEventsOf(batch);
  REQUIRE(events.size() == 3);
  CHECK(events[0].kind == SecurityEventKind::violation);
  CHECK(events[1].kind == SecurityEventKind::denied);
  CHECK(events[1].path == events[2].path);
  CHECK(events[1].id != events[2].id);

  IngestBatch dos;
  dos.text = line("/.env", 200, "false", "") + line("/.env", 403, "false", "banned");
  const auto dosLength = dos.text.size();
  dos.text.append(NginxLogParser::kPadding, '\0');
  parser.parse(dos, dosLength, true);
  const auto hits = securityEventsOf(dos);
  REQUIRE(hits.size() == 1);
  CHECK(hits[0].kind == SecurityEventKind::honeypot);
}

TEST_CASE("the feed is bounded and counts what it drops") {
  SecurityFeed feed;
  feed.offer(std::vector<SecurityEvent>(SecurityFeed::kMostWaiting - 1));
  feed.offer(std::vector<SecurityEvent>(3));
  CHECK(feed.dropped() == 2);
  CHECK(feed.take().size() == SecurityFeed::kMostWaiting);
  CHECK(feed.take().empty());
  CHECK(!feed.takeGap());
  feed.noteGap();
  CHECK(feed.takeGap());
}

TEST_CASE("who is protected from bans") {
  BanConfig config;
  config.trustedProxies = {*IpNetwork::parse("10.0.0.0/8"), *IpNetwork::parse("2001:db8:ffff::/64")};
  const auto whyNot = [&](const char* network, const char* caller = "") {
    return protectionOf(*IpNetwork::parse(network), config, IpAddress::parse(caller));
  };
  CHECK(whyNot("203.0.113.9").empty());
  CHECK(whyNot("203.0.113.0/24", "203.0.114.1").empty());
  CHECK(whyNot("203.0.113.9", "203.0.113.9").find("your own address") != std::string::npos);
  CHECK(whyNot("203.0.113.0/24", "203.0.113.77").find("your own address") != std::string::npos);
  CHECK(whyNot("2001:db8:1:2::/64", "2001:db8:1:2::5").find("your own address") != std::string::npos);
  CHECK(whyNot("127.0.0.1").find("machine") != std::string::npos);
  CHECK(whyNot("::1").find("machine") != std::string::npos);
  CHECK(whyNot("10.1.2.3").find("trusted proxy 10.0.0.0/8") != std::string::npos);
  CHECK(whyNot("10.1.0.0/16").find("trusted proxy") != std::string::npos);
  CHECK(whyNot("2001:db8:ffff::/48").find("trusted proxy") != std::string::npos);
}
