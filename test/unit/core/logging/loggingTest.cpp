#include "core/logging/logging.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "core/logging/logEntry.hpp"
#include "core/logging/logQueue.hpp"
#include "core/text/keyMask.hpp"
#include "core/text/utf8.hpp"
#include "test/unit/core/testSources.hpp"

using namespace ks;

namespace {

/// Redirects standard output temporarily.
class StdoutRedirect {
 public:
  explicit StdoutRedirect(int target) : saved_(::dup(STDOUT_FILENO)) {
    std::fflush(stdout);
    ::dup2(target, STDOUT_FILENO);
  }
  ~StdoutRedirect() {
    std::fflush(stdout);
    ::dup2(saved_, STDOUT_FILENO);
    ::close(saved_);
  }

 private:
  int saved_;
};

/// What was written to standard output while `work` ran.
template <class Work>
std::vector<std::string> linesWrittenBy(Work work) {
  const auto path = std::filesystem::temp_directory_path() / ("ks-logging-" + std::to_string(::getpid()));
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  {
    const StdoutRedirect redirect(file);
    work();
  }
  ::close(file);
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
  }
  std::filesystem::remove(path);
  return lines;
}

LogConfig jsonConfig() {
  LogConfig config;
  config.service = "kpublic";
  return config;
}

}  // namespace

TEST_CASE("logging: the line's form", "[core]") {
  LogEntry entry = makeLogEntry(
      TimePoint{Milliseconds{1'770'114'645'123}}, LogLevel::warning, LogType::security, "kpublic",
      "auth.login.failed", "Wrong password", {"req-1", "0195"},
      {{"service", "kauth"}, {"duration_ms", 12.5}, {"attempts", 3}, {"known", true}, {"ip", "192.0.2.7"}});
  CHECK(
      formatLogJson(entry) ==
      R"({"timestamp":"2026-02-03T10:30:45.123Z","timestamp_ms":1770114645123,"level":"WARNING","category":"system",)"
      R"("type":"security","service":"kauth","label":"auth.login.failed","message":"Wrong password","request_id":"req-1",)"
      R"("user_id":"0195","duration_ms":12.5,"context":{"attempts":3,"known":true,"ip":"192.0.2.7"}})");
  CHECK(formatLogConsole(entry) ==
        "kauth auth.login.failed: Wrong password  attempts=3  known=true  ip=192.0.2.7  duration_ms=12.5  "
        "request_id=req-1  user_id=0195");

  entry = makeLogEntry(TimePoint{}, LogLevel::error, LogType::error, "kadmin", "x", "y", {}, {});
  entry.error = LogErrorDetail{"INTERNAL", "m", "cause", "core/a.cpp:7 f"};
  CHECK(
      formatLogJson(entry) ==
      R"({"timestamp":"1970-01-01T00:00:00.000Z","timestamp_ms":0,"level":"ERROR","category":"system","type":"error",)"
      R"("service":"kadmin","label":"x","message":"y","request_id":null,"user_id":null,)"
      R"("error_detail":{"kind":"INTERNAL","message":"m","cause":"cause","where":"core/a.cpp:7 f"},"context":{}})");
  CHECK(nlohmann::json::parse(formatLogJson(
            makeLogEntry({}, LogLevel::info, LogType::audit, "", "", "", {}, {})))["category"] == "user");
}

TEST_CASE("logging: whatever the text holds, the line is one line of valid JSON", "[core]") {
  CountingRandom random;
  for (int i = 0; i < 3000; ++i) {
    std::string text(random.next() % 40, '\0');
    random.fill(std::as_writable_bytes(std::span(text)));
    text += "\n\"\\\x1b[31m\x7f\xc2\x9b\xe2\x80\xa8{}";
    const auto entry = makeLogEntry({}, LogLevel::info, LogType::application, text, text, text, {text, text},
                                    {{text, text}});
    const std::string json = formatLogJson(entry);
    REQUIRE(isUtf8(json));
    REQUIRE_FALSE(hasControlCharacter(json));
    REQUIRE(json.find("\xe2\x80\xa8") == std::string::npos);
    const auto parsed = nlohmann::json::parse(json);
    REQUIRE(parsed["message"] == replaceBadUtf8(text));
    REQUIRE_FALSE(hasControlCharacter(formatLogConsole(entry)));
  }
}

TEST_CASE("logging: keys of our own form are masked wherever they stand", "[core]") {
  const std::string id = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
  const std::string secret = "Sx-_9" + std::string(38, 'q');
  const std::string token = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_0";
  CHECK(maskKeys("a ks_adm_" + id + "_" + secret + " b") == "a ks_adm_" + id + "_*** b");
  CHECK(maskKeys("ks_live_" + id) == "ks_live_" + id);
  CHECK(maskKeys("ks_svc_" + secret) == "ks_svc_***");
  CHECK(maskKeys("Bearer " + token + ", " + token) == "Bearer eyJ***, eyJ***");
  CHECK(maskKeys("eyJhbGciOiJFZERTQSJ9.eyJzd") == "eyJ***");
  CHECK(maskKeys("eyJab." + token + " eyJ." + token) == "eyJab.eyJ*** eyJ.eyJ***");
  CHECK(maskKeys("eyJxks_svc_" + secret) == "eyJxks_svc_***");
  CHECK(maskKeys("ks_ks_live_" + id + "ks_live_" + id + ".") == "ks_ks_live_***.");
  CHECK(maskKeys("ks_live_" + id + " eyJeyJeyJ.a.b.c") == "ks_live_" + id + " eyJ***.c");
  for (const char* harmless :
       {"", "k", "ks_", "eyJ", "ks_rate_auth_session", "keyJar.open", "eyJab.c", "ks_fold(x)"}) {
    CHECK(maskKeys(harmless) == harmless);
  }
  const auto lines = linesWrittenBy([&] {
    logInfo("test.mask", "message " + token, {{"key", "ks_adm_" + id + "_" + secret}, {"user_id", token}});
    logFault("test.mask", "fault " + token,
             makeFault(ErrorCode::internal, "cause ks_live_" + id + "_" + secret));
  });
  REQUIRE(lines.size() == 2);
  for (const auto& line : lines) {
    CHECK(line.find(secret) == std::string::npos);
    CHECK(line.find("c2lnbmF0dXJl") == std::string::npos);
    CHECK(line.find("***") != std::string::npos);
  }
  // A key that the bound cuts is masked before it is cut.
  const std::string padding(kLogMessageBytes - 50, '.');
  const auto entry = makeLogEntry({}, LogLevel::info, LogType::application, "s", "l",
                                  padding + "ks_adm_" + id + "_" + secret, {}, {});
  CHECK(entry.message.find("Sx-_9") == std::string::npos);
}

TEST_CASE("logging: a line is bounded", "[core]") {
  const std::string huge(1'000'000, 'x');
  const auto entry =
      makeLogEntry({}, LogLevel::info, LogType::application, "s", huge, huge, {huge, huge}, {{"a", huge}});
  CHECK(entry.message.size() == kLogMessageBytes + 3);
  CHECK(formatLogJson(entry).size() < 16 * 1024);
  CHECK(nlohmann::json::parse(formatLogJson(
      makeLogEntry({}, LogLevel::info, LogType::application, "", "", "", {},
                   {{"bad", std::numeric_limits<double>::quiet_NaN()}})))["context"]["bad"]
            .is_null());
}

TEST_CASE("logging: a full queue drops DEBUG and INFO first and counts", "[core]") {
  LogQueue queue(8, 1U << 20U);
  const auto entryOf = [](LogLevel level, LogType type) {
    return makeLogEntry({}, level, type, "s", "l", "m", {}, {});
  };
  for (int i = 0; i < 6; ++i) {
    CHECK(queue.push(entryOf(LogLevel::info, LogType::application)));
  }
  CHECK_FALSE(queue.push(entryOf(LogLevel::info, LogType::application)));
  CHECK_FALSE(queue.push(entryOf(LogLevel::debug, LogType::performance)));
  CHECK(queue.push(entryOf(LogLevel::warning, LogType::security)));
  CHECK(queue.push(entryOf(LogLevel::info, LogType::audit)));
  CHECK_FALSE(queue.push(entryOf(LogLevel::critical, LogType::error)));
  CHECK(queue.waiting() == 8);
  const auto batch = queue.take();
  CHECK(batch.entries.size() == 8);
  CHECK(batch.droppedLow == 2);
  CHECK(batch.droppedHigh == 1);
  CHECK(queue.push(entryOf(LogLevel::info, LogType::application)));
  CHECK(queue.take().droppedLow == 0);
  queue.close();
  CHECK_FALSE(queue.push(entryOf(LogLevel::critical, LogType::error)));
  CHECK(queue.take().closed);
}

TEST_CASE("logging: the queue is bounded in bytes too", "[core]") {
  LogQueue queue(1'000'000, 64 * 1024);
  int taken = 0;
  while (queue.push(
      makeLogEntry({}, LogLevel::error, LogType::error, "s", "l", std::string(4000, 'x'), {}, {}))) {
    ++taken;
  }
  CHECK(taken > 8);
  CHECK(taken < 17);
}

TEST_CASE("logging: lines come out in order, with the scope's ids", "[core]") {
  const auto lines = linesWrittenBy([] {
    logInfo("before.start", "straight out");
    startLogging(jsonConfig());
    logDebug("hidden", "below the level");
    {
      const LogScopeGuard outer({"r1", "u1"});
      {
        const LogScopeGuard inner({"r2", ""});
        logAudit("auth.login", "in");
      }
      logWarning("auth.x", "out");
    }
    setLogLevel(LogLevel::error);
    logWarning("hidden", "below the level");
    logAudit("audit.always", "written at every level");
    logFault("some.fault", "It broke", makeFault(ErrorCode::timeout, "no answer in 30 s"));
    setLogLevel(LogLevel::info);
    logIfSlow("db.query", std::chrono::milliseconds(499));
    logIfSlow("db.query", std::chrono::milliseconds(501));
    stopLogging();
    logInfo("after.stop", "straight out");
  });
  REQUIRE(lines.size() == 7);
  std::vector<nlohmann::json> parsed;
  for (const auto& line : lines) {
    parsed.push_back(nlohmann::json::parse(line));
  }
  CHECK(parsed[0]["label"] == "before.start");
  CHECK(parsed[1]["request_id"] == "r2");
  CHECK(parsed[1]["user_id"].is_null());
  CHECK(parsed[2]["request_id"] == "r1");
  CHECK(parsed[2]["user_id"] == "u1");
  CHECK(parsed[3]["label"] == "audit.always");
  CHECK(parsed[4]["error_detail"]["kind"] == "TIMEOUT");
  CHECK(parsed[4]["error_detail"]["cause"] == "no answer in 30 s");
  CHECK(parsed[4]["error_detail"]["where"].get<std::string>().starts_with("logging/loggingTest.cpp:"));
  CHECK(parsed[5]["duration_ms"] == 501.0);
  CHECK(parsed[5]["type"] == "performance");
  CHECK(parsed[6]["label"] == "after.stop");
}

TEST_CASE("logging: a reader that does not read blocks nobody, and the loss is told", "[core]") {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  LogConfig config = jsonConfig();
  config.queueLines = 64;
  const auto before = logQueueState();
  std::chrono::steady_clock::duration longest{};
  std::string seen;
  {
    const StdoutRedirect redirect(pipe[1]);
    startLogging(config);
    const std::string text(2000, 'x');
    for (int i = 0; i < 2000; ++i) {
      const auto start = std::chrono::steady_clock::now();
      logInfo("flood", text);
      longest = std::max(longest, std::chrono::steady_clock::now() - start);
    }
    logSecurity("important", "must not be lost");
    std::jthread reader([&seen, &pipe] {
      std::array<char, 65536> buffer{};
      for (ssize_t count = 0; (count = ::read(pipe[0], buffer.data(), buffer.size())) > 0;) {
        seen.append(buffer.data(), static_cast<std::size_t>(count));
      }
    });
    stopLogging();
    ::close(pipe[1]);
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
  }
  ::close(pipe[0]);
  CHECK(longest < std::chrono::milliseconds(200));
  CHECK(logQueueState().dropped > before.dropped);
  CHECK(seen.find("\"label\":\"important\"") != std::string::npos);
  CHECK(seen.find("\"label\":\"logging.dropped\"") != std::string::npos);
}

TEST_CASE("logging: a reader that has gone away ends nothing", "[core]") {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const StdoutRedirect redirect(pipe[1]);
  ::close(pipe[1]);
  startLogging(jsonConfig());
  ::close(pipe[0]);
  logInfo("to.nobody", "lost");
  stopLogging();
  SUCCEED();
}

TEST_CASE("logging: the sink gets security and error lines", "[core]") {
  std::vector<LogEntry> got;
  const auto lines = linesWrittenBy([&got] {
    LogConfig config = jsonConfig();
    config.console = true;
    startLogging(config);
    setLogSink([](const LogEntry& entry,
                  void* data) { static_cast<std::vector<LogEntry>*>(data)->push_back(entry); },
               &got);
    logInfo("a", "no");
    logAudit("b", "yes");
    logSecurity("c", "yes");
    logFault("d", "yes", makeFault(ErrorCode::internal));
    stopLogging();
    setLogSink(nullptr, nullptr);
  });
  CHECK(lines.size() == 4);
  REQUIRE(got.size() == 2);
  CHECK(got[0].label == "c");
  CHECK(got[1].type == LogType::error);
  CHECK(lines[1].find("info     kpublic b: yes") != std::string::npos);
}

TEST_CASE("logging: many threads", "[core][threads]") {
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  const auto before = logQueueState();
  const auto lines = linesWrittenBy([] {
    startLogging(jsonConfig());
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([t] {
        const LogScopeGuard scope({"request-" + std::to_string(t), ""});
        for (int i = 0; i < kEach; ++i) {
          logWarning("thread", "line", {{"thread", t}, {"number", i}});
        }
      });
    }
    threads.clear();
    stopLogging();
  });
  std::array<int, kThreads> next{};
  for (const auto& line : lines) {
    const auto parsed = nlohmann::json::parse(line);
    if (parsed["label"] != "thread") {
      continue;
    }
    const auto t = parsed["context"]["thread"].get<std::size_t>();
    REQUIRE(parsed["request_id"] == "request-" + std::to_string(t));
    REQUIRE(parsed["context"]["number"] == next.at(t)++);
  }
  CHECK(lines.size() == kThreads * kEach);
  CHECK(logQueueState().dropped == before.dropped);
  CHECK(logQueueState().written - before.written == kThreads * kEach);
}
