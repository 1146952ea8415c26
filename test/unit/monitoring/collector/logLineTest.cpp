#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <string>

#include "core/network/ipAddress.hpp"
#include "monitoring/collector/logBatchParser.hpp"

namespace {

std::string goodLine(const std::string& agent = "curl/7.88.1", const std::string& backend = "0.012") {
  return R"({"timestamp":"2026-11-21T09:00:05+07:00","category":"system","type":"http_access","service":"nginx_gateway",)"
         R"("request_id":"0195-abc","remote_ip":"2001:db8::1","x_forwarded_for":"","method":"GET","url":"/api/auth/me?x=1",)"
         R"("status":200,"rate_limited":false,"user_agent":")" +
         agent + R"(","nginx_latency_s":0.015,"backend_latency_s":")" + backend +
         R"(","user_id":"u1","timestamp_ms":1795226405123,"zone":"auth-session","bytes_sent":512,"route":"/api/auth/me"})";
}

struct Parsed {
  ks::IngestBatch batch;
  std::size_t length = 0;
};

Parsed parse(const std::string& text, std::uint64_t offset = 0) {
  Parsed parsed;
  parsed.batch.before.offset = offset;
  parsed.batch.text = text + std::string(ks::NginxLogParser::kPadding, '\0');
  ks::LogBatchParser parser;
  parser.parse(parsed.batch, text.size(), false);
  return parsed;
}

}  // namespace

TEST_CASE("nginx log line: every field") {
  auto parsed = parse(goodLine() + "\n", 100);
  REQUIRE(parsed.batch.entries.size() == 1);
  const auto& entry = parsed.batch.entries[0];
  CHECK(entry.at.time_since_epoch().count() == 1795226405123);
  CHECK(entry.offset == 100);
  CHECK(entry.service == ks::LogService::auth);
  CHECK(entry.address == ks::IpAddress::parse("2001:db8::1")->bytes());
  CHECK(entry.requestId == "0195-abc");
  CHECK(entry.method == "GET");
  CHECK(entry.url == "/api/auth/me?x=1");
  CHECK(entry.route == "/api/auth/me");
  CHECK(entry.status == 200);
  CHECK_FALSE(entry.rateLimited);
  CHECK(entry.userAgent == "curl/7.88.1");
  CHECK(entry.gatewayUs == 15000);
  CHECK(entry.backendUs == 12000);
  CHECK(entry.userId == "u1");
  CHECK(entry.bytesSent == 512);
  CHECK_FALSE(entry.repaired);
}

TEST_CASE("nginx log line: the seed's format with whole seconds only") {
  auto line = goodLine();
  line = line.substr(0, line.find(R"(,"timestamp_ms")")) + "}\n";
  const auto parsed = parse(line);
  REQUIRE(parsed.batch.entries.size() == 1);
  CHECK(parsed.batch.entries[0].at.time_since_epoch().count() == 1795226405000);
  CHECK(parsed.batch.entries[0].route == "/api/auth/me");
}

TEST_CASE("backend latency: none, one, several") {
  CHECK(ks::backendLatencyUs("") == -1);
  CHECK(ks::backendLatencyUs("-") == -1);
  CHECK(ks::backendLatencyUs("0.012") == 12000);
  CHECK(ks::backendLatencyUs("0.010, 0.002") == 12000);
  CHECK(ks::backendLatencyUs("0.1 : 0.2") == 300000);
  CHECK(ks::backendLatencyUs("-, 0.002") == 2000);
  CHECK(ks::backendLatencyUs("3") == 3000000);
  CHECK(!ks::backendLatencyUs("abc"));
  CHECK(!ks::backendLatencyUs("99999999999999999999"));
}

TEST_CASE("one bad line never takes a good one along") {
  const std::string good = goodLine() + "\n";
  const std::string cut = goodLine().substr(0, 60);
  const std::pair<std::string, ks::BadLineReason> bad[] = {
      {R"({"timestamp":"2026)", ks::BadLineReason::notJson},
      {goodLine().substr(0, goodLine().find(R"("status")")), ks::BadLineReason::notJson},
      {R"({"n":,"m":2})", ks::BadLineReason::notJson},
      {"plain garbage words", ks::BadLineReason::notAnEntry},
      {std::string(16, '\0'), ks::BadLineReason::notAnEntry},
      {"", ks::BadLineReason::notJson},
      {"[1,2]", ks::BadLineReason::notAnEntry},
      {"{}", ks::BadLineReason::notAnEntry},
      {goodLine() + "x", ks::BadLineReason::notJson},
      {goodLine() + goodLine(), ks::BadLineReason::notJson},
      {goodLine("a\x01z"), ks::BadLineReason::notJson},
      {goodLine("x", "later"), ks::BadLineReason::badLatency},
      {R"({"timestamp":"soon","request_id":"","remote_ip":"","method":"","url":"","status":200,"nginx_latency_s":0.1})",
       ks::BadLineReason::badTime},
      {R"({"timestamp":"2026-11-21T09:00:05Z","request_id":"","remote_ip":"","method":"","url":"","status":"200","nginx_latency_s":0.1})",
       ks::BadLineReason::badStatus},
  };
  for (const auto& [line, reason] : bad) {
    CAPTURE(line);
    const auto parsed = parse(good + good + line + "\n" + good + good);
    CHECK(parsed.batch.entries.size() == 4);
    REQUIRE(parsed.batch.badLines == 1);
    CHECK(parsed.batch.badSamples[0].reason == reason);
    CHECK(parsed.batch.badSamples[0].offset == 2 * good.size());
  }
}

TEST_CASE("bad UTF-8 and NUL become U+FFFD with a flag") {
  const auto latin = parse(goodLine("caf\xe9") + "\n");
  REQUIRE(latin.batch.entries.size() == 1);
  CHECK(latin.batch.entries[0].userAgent == "caf\xef\xbf\xbd");
  CHECK(latin.batch.entries[0].repaired);
  const auto nul = parse(goodLine("a\\u0000b") + "\n");
  REQUIRE(nul.batch.entries.size() == 1);
  CHECK(nul.batch.entries[0].userAgent ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(nul.batch.entries[0].repaired);
  const auto escaped = parse(goodLine(R"(Weird \"agent\" \u00e9)") + "\n");
  CHECK(escaped.batch.entries[0].userAgent == "Weird \"agent\" \xc3\xa9");
}

TEST_CASE("a line of TLS bytes on the plain port is an entry with empty method and url") {
  const auto parsed = parse(
      R"({"timestamp":"2026-11-21T09:00:05+07:00","request_id":"r","remote_ip":"unix:","method":"","url":"","status":400,"nginx_latency_s":0.0})"
      "\n");
  REQUIRE(parsed.batch.entries.size() == 1);
  CHECK_FALSE(parsed.batch.entries[0].hasAddress);
  CHECK(parsed.batch.entries[0].backendUs == -1);
}

TEST_CASE("a batch of sparse lines ends when it has enough rollup rows; the next goes on where it ended") {
  std::string text;
  constexpr std::size_t kLines = 100;
  for (std::size_t i = 0; i < kLines; ++i) {
    auto line = goodLine();
    line.replace(line.find("1795226405123"), 13, std::to_string(1'795'226'405'123 + i * 60'000));
    text += line + "\n";
  }
  ks::LogBatchParser parser;
  std::size_t at = 0;
  std::size_t lines = 0;
  int batches = 0;
  while (at < text.size()) {
    ks::IngestBatch batch;
    batch.before.offset = at;
    batch.text = text.substr(at) + std::string(ks::NginxLogParser::kPadding, '\0');
    at += parser.parse(batch, text.size() - at, false, ks::TimePoint::min(), 30);
    REQUIRE(text[at - 1] == '\n');
    lines += batch.entries.size();
    ++batches;
    CHECK(batch.entries.size() <= 30);
  }
  CHECK(at == text.size());
  CHECK(lines == kLines);
  CHECK(batches == 4);
}

TEST_CASE("lines over 256 KiB are skipped and counted, shorter ones are read") {
  const auto over =
      parse(goodLine(std::string(ks::LogBatchParser::kLongestLine, 'a')) + "\n" + goodLine() + "\n");
  CHECK(over.batch.oversizedLines == 1);
  CHECK(over.batch.badLines == 1);
  CHECK(over.batch.entries.size() == 1);
  const auto under = parse(goodLine(std::string(200'000, 'a')) + "\n");
  REQUIRE(under.batch.entries.size() == 1);
  CHECK(under.batch.entries[0].userAgent.size() == 512);
}

TEST_CASE("rollup rows of a batch add up") {
  std::string text;
  for (int i = 0; i < 10; ++i) {
    text += goodLine() + "\n";
  }
  auto parsed = parse(text);
  REQUIRE(parsed.batch.minutes.size() == 3);
  REQUIRE(parsed.batch.hours.size() == 3);
  for (const auto* rows : {&parsed.batch.minutes, &parsed.batch.hours}) {
    for (const auto& row : *rows) {
      CHECK(row.counts.total == 10);
      CHECK(row.counts.status2xx == 10);
      CHECK(row.counts.gatewaySumUs == 150000);
      CHECK(row.counts.backendCount == 10);
      CHECK(row.counts.bytesSent == 5120);
      CHECK(std::lround(row.counts.addresses.estimate()) == 1);
    }
  }
}
