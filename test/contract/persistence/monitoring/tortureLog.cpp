#include "test/contract/persistence/monitoring/tortureLog.hpp"

#include <unistd.h>
#include <zlib.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "core/text/timeText.hpp"

namespace ks::test {

namespace fs = std::filesystem;

TortureLog::TortureLog(std::string name)
    : directory_(fs::temp_directory_path() / ("collectorTest." + std::to_string(::getpid()) + "." + name)) {
  fs::remove_all(directory_);
  fs::create_directories(directory_);
}

TortureLog::~TortureLog() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

std::string TortureLog::line(std::uint64_t number, TimePoint at) {
  constexpr const char* kUrls[] = {"/api/auth/me", "/api/payment/transactions/17",
                                   "/api/admin/monitoring/collector", "/wp-login.php"};
  constexpr int kStatuses[] = {200, 200, 201, 302, 404, 429, 500};
  const int status = kStatuses[number % 7];
  return R"({"timestamp":")" + formatTime(at) +
         R"(","category":"system","type":"http_access","service":"nginx_gateway","request_id":"r)" +
         std::to_string(number) + R"(","remote_ip":"10.0.)" + std::to_string(number / 250 % 250) + "." +
         std::to_string(number % 250) + R"(","x_forwarded_for":"","method":"GET","url":")" +
         kUrls[number % 4] + R"(","status":)" + std::to_string(status) + R"(,"rate_limited":)" +
         (status == 429 ? "true" : "false") + R"(,"user_agent":"torture","nginx_latency_s":0.)" +
         std::to_string(100 + number % 900) +
         R"(,"backend_latency_s":"0.010, 0.002","user_id":"","timestamp_ms":)" +
         std::to_string(at.time_since_epoch().count()) + "}\n";
}

void TortureLog::append(const fs::path& file, const std::string& text) {
  std::ofstream(file, std::ios::app | std::ios::binary) << text;
}

void TortureLog::endTorn() {
  if (!pendingEnd_.empty()) {
    append(path(), pendingEnd_);
    pendingEnd_.clear();
    ++written_;
  }
}

void TortureLog::write(int lines, TimePoint at) {
  endTorn();
  std::string text;
  for (int i = 0; i < lines; ++i) {
    text += line(numbers_++, at + Milliseconds{i * 7});
    ++written_;
  }
  append(path(), text);
}

void TortureLog::writeTorn(TimePoint at) {
  endTorn();
  const auto whole = line(numbers_++, at);
  append(path(), whole.substr(0, whole.size() / 2));
  pendingEnd_ = whole.substr(whole.size() / 2);
}

void TortureLog::writeRubbish(std::uint64_t which) {
  endTorn();
  const std::string rubbish[] = {"garbage", "{}", R"({"timestamp":"2026)", "\xff\xfe\x00z",
                                 std::string(300'000, 'x')};
  // Numbered, so that no two files begin alike.
  append(path(), std::to_string(bad_++) + rubbish[which % 5] + "\n");
}

void TortureLog::shift() {
  for (int i = 30; i >= 1; --i) {
    for (const char* suffix : {"", ".gz"}) {
      const fs::path from = path() + "." + std::to_string(i) + suffix;
      if (fs::exists(from)) {
        fs::rename(from, path() + "." + std::to_string(i + 1) + suffix);
      }
    }
  }
}

void TortureLog::rotateByRename(bool compressOld) {
  endTorn();
  if (!fs::exists(path())) {
    return;
  }
  const fs::path first = path() + ".1";
  if (compressOld && fs::exists(first)) {
    std::ifstream in(first, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto packed = gzopen((first.string() + ".gz").c_str(), "wb");
    gzwrite(packed, text.data(), static_cast<unsigned>(text.size()));
    gzclose(packed);
    fs::remove(first);
  }
  shift();
  fs::rename(path(), first);
}

void TortureLog::writeIntoRotated(int lines, TimePoint at) {
  const fs::path first = path() + ".1";
  if (!fs::exists(first)) {
    return;
  }
  std::string text;
  for (int i = 0; i < lines; ++i) {
    text += line(numbers_++, at);
    ++written_;
  }
  append(first, text);
}

void TortureLog::copyTruncate() {
  endTorn();
  if (!fs::exists(path())) {
    return;
  }
  shift();
  fs::copy_file(path(), path() + ".1");
  fs::resize_file(path(), 0);
}

}  // namespace ks::test
