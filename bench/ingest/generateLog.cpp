#include <chrono>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

// generateLog LINES [SEED [RUBBISH]]: a gateway's access log on standard output, the same for the same seed.
// The lines are spread over the hour that ended with the last full hour; every RUBBISH-th line, if given, is
// no entry.
namespace {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(88172645463325252ULL ^ (seed * 0x9e3779b97f4a7c15ULL)) {}
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }
  std::uint64_t next() {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return state_;
  }

 private:
  std::uint64_t state_;
};

struct Place {
  const char* url;  ///< may hold one %u
  const char* route;
  const char* zone;
};

constexpr Place kPlaces[] = {
    {"/api/auth/health", "/api/auth/health", "health"},
    {"/api/auth/me", "/api/auth/me", "auth-session"},
    {"/api/auth/login", "/api/auth/login", "auth-login"},
    {"/api/auth/sessions?page=%u&limit=20", "/api/auth/sessions", "auth-session"},
    {"/api/admin/monitoring/metrics/hourly?hours=%u", "/api/admin/monitoring/metrics/hourly", "admin"},
    {"/api/payment/transactions/%u", "/api/payment/transactions/{id}", "payment"},
};
constexpr const char* kAgents[] = {
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "curl/7.88.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1",
    "python-requests/2.31.0", R"(Weird \"agent\" \u00e9)"};
constexpr const char* kMethods[] = {"GET", "GET", "GET", "POST", "PUT", "DELETE"};
constexpr int kStatuses[] = {200, 200, 200, 200, 201, 400, 401, 404, 429, 500, 502};
constexpr const char* kRubbish[] = {"garbage words", R"({"timestamp":"2026-01-)", "{}", R"({"a":[1,2,3]})"};

template <class T, std::size_t N>
const T& pick(Random& random, const T (&values)[N]) {
  return values[random.below(N)];
}

void writeLine(Random& random, std::int64_t ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  char time[40];
  std::strftime(time, sizeof time, "%FT%T+00:00", std::gmtime(&seconds));
  const Place& place = pick(random, kPlaces);
  char url[160];
  // The formats are the constants above.
  std::snprintf(url, sizeof url, place.url, static_cast<unsigned>(random.below(500)));  // NOLINT
  const int status = pick(random, kStatuses);
  const bool asked = random.below(10) != 0;
  const double latency = static_cast<double>(random.below(100'000)) / 1e6;
  char backend[16] = "";
  if (asked) {
    std::snprintf(backend, sizeof backend, "%.3f", latency * 0.9);
  }
  char user[40] = "";
  if (random.below(2) != 0) {
    std::snprintf(user, sizeof user, "%08x-1111-7222-8333-000000000007",
                  static_cast<unsigned>(random.below(100'000)));
  }
  const auto address = static_cast<unsigned>(random.below(20'000));
  const std::uint64_t high = random.next();
  const std::uint64_t low = random.next();
  std::printf(
      R"({"timestamp":"%s","category":"system","type":"http_access","service":"nginx_gateway","request_id":"%016)" PRIx64
      "%016" PRIx64
      R"(","remote_ip":"10.%u.%u.%u","x_forwarded_for":"%s","method":"%s","url":"%s","status":%d,"rate_limited":%s,"user_agent":"%s","nginx_latency_s":%.3f,"backend_latency_s":"%s","user_id":"%s","timestamp_ms":%)" PRId64
      R"(,"zone":"%s","bytes_sent":%u,"request_length":%u,"upstream_addr":"%s","tls":"","route":"%s"})"
      "\n",
      time, high, low, address >> 16U, address >> 8U & 255U, address & 255U,
      random.below(4) != 0 ? "" : "203.0.113.7", pick(random, kMethods), url, status,
      status == 429 ? "true" : "false", pick(random, kAgents), latency, backend, user, ms, place.zone,
      static_cast<unsigned>(200 + random.below(4000)), static_cast<unsigned>(150 + random.below(600)),
      asked ? "unix:/run/k/public.http.sock" : "", asked ? place.route : "");
}

}  // namespace

int main(int argc, char** argv) {
  const long lines = argc > 1 ? std::atol(argv[1]) : 0;
  if (lines <= 0) {
    std::cerr << "usage: generateLog LINES [SEED [RUBBISH]]\n";
    return 64;
  }
  Random random(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1);
  const long rubbish = argc > 3 ? std::atol(argv[3]) : 0;
  static char buffer[1 << 20];
  std::setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  constexpr std::int64_t kHourMs = 3'600'000;
  const std::int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
  const std::int64_t begin = now / kHourMs * kHourMs - kHourMs;
  for (long i = 0; i < lines; ++i) {
    if (rubbish > 0 && i % rubbish == rubbish - 1) {
      std::puts(pick(random, kRubbish));
    } else {
      writeLine(random, begin + i * kHourMs / lines);
    }
  }
  return 0;
}
