// dashboardFill DATABASE_URL ROWS DAYS: fills the traffic tables of an installation as the collector would:
// the same accumulator counts the rollups and the same repository stores them with the rows, one batch per
// transaction. Only the lines are generated instead of read from a file.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>
#include <string>

#include "monitoring/collector/rollupAccumulator.hpp"
#include "persistence/postgres/monitoring/postgresCollectorRepository.hpp"

namespace {

using namespace ks;

constexpr std::size_t kBatch = 50'000;
constexpr std::uint32_t kAddresses = 60'000;

struct FilledRoute {
  LogService service;
  const char* method;
  const char* route;
  double weight;
  double medianUs;
};
constexpr std::array<FilledRoute, 16> kRoutes{{
    {LogService::auth, "GET", "/api/auth/me", 30, 2'500},
    {LogService::auth, "POST", "/api/auth/token/refresh", 12, 6'000},
    {LogService::auth, "POST", "/api/auth/login", 6, 90'000},
    {LogService::auth, "GET", "/api/auth/sessions", 4, 4'000},
    {LogService::auth, "POST", "/api/auth/logout", 2, 5'000},
    {LogService::auth, "POST", "/api/auth/register", 1, 110'000},
    {LogService::payment, "GET", "/api/payment/transactions/{id}", 14, 7'000},
    {LogService::payment, "GET", "/api/payment/transactions", 8, 15'000},
    {LogService::payment, "POST", "/api/payment/transactions", 5, 180'000},
    {LogService::payment, "POST", "/api/payment/callback", 3, 30'000},
    {LogService::admin, "GET", "/api/admin/monitoring/dashboard/summary", 2, 9'000},
    {LogService::admin, "GET", "/api/admin/monitoring/metrics/timeseries", 2, 8'000},
    {LogService::admin, "GET", "/api/admin/users", 1, 12'000},
    {LogService::gateway, "GET", "(static)", 7, 300},
    {LogService::gateway, "GET", "(unknown)", 2, 200},
    {LogService::gateway, "GET", "(honeypot)", 1, 250},
}};

/// The same seed gives the same traffic.
class TrafficGenerator {
 public:
  TrafficGenerator() {
    for (const auto& route : kRoutes) {
      weights_.push_back(route.weight);
    }
    routes_ = std::discrete_distribution<std::size_t>(weights_.begin(), weights_.end());
  }

  HttpLogEntry next(TimePoint at, std::uint64_t number, std::deque<std::string>& texts) {
    const auto& route = kRoutes[routes_(random_)];
    HttpLogEntry entry;
    entry.at = at;
    entry.offset = number * 400;
    entry.service = route.service;
    entry.method = route.method;
    entry.url = route.route;
    entry.route = route.route;
    entry.status = statusOf(random_);
    entry.rateLimited = entry.status == 429;
    entry.userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    texts.push_back("bench-" + std::to_string(number));
    entry.requestId = texts.back();
    entry.gatewayUs = static_cast<std::uint64_t>(route.medianUs * std::exp(spread_(random_)));
    if (route.service != LogService::gateway && !entry.rateLimited) {
      entry.backendUs = static_cast<std::int64_t>(static_cast<double>(entry.gatewayUs) * 0.8);
    }
    entry.bytesSent = 200 + random_() % 4000;
    address(entry);
    return entry;
  }

 private:
  /// A few addresses cause much of the traffic.
  void address(HttpLogEntry& entry) {
    const double uniform = std::generate_canonical<double, 32>(random_);
    const auto which = static_cast<std::uint32_t>(kAddresses * uniform * uniform * uniform);
    entry.hasAddress = true;
    entry.address = {0,
                     0,
                     0,
                     0,
                     0,
                     0,
                     0,
                     0,
                     0,
                     0,
                     0xff,
                     0xff,
                     10,
                     static_cast<std::uint8_t>(which >> 16U),
                     static_cast<std::uint8_t>(which >> 8U),
                     static_cast<std::uint8_t>(which)};
  }
  static std::uint16_t statusOf(std::mt19937_64& random) {
    const auto roll = random() % 1000;
    return roll < 900 ? 200 : roll < 925 ? 302 : roll < 955 ? 401 : roll < 980 ? 404 : roll < 993 ? 429 : 500;
  }

  std::mt19937_64 random_{20261121};
  std::vector<double> weights_;
  std::discrete_distribution<std::size_t> routes_;
  std::normal_distribution<double> spread_{0, 0.6};
};

/// Ids of rows come from the file's id and the line's offset; this one is only for the file.
class CountingRandom final : public RandomSourceInterface {
 public:
  void fill(std::span<std::byte> bytes) override {
    for (auto& byte : bytes) {
      byte = static_cast<std::byte>(random_());
    }
  }

 private:
  std::mt19937_64 random_{std::random_device{}()};
};

[[noreturn]] void giveUp(const char* what, const Fault& fault) {
  std::fprintf(stderr, "%s: %s %s\n", what, fault.message.c_str(), fault.detail.c_str());
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: dashboardFill DATABASE_URL ROWS DAYS\n");
    return 64;
  }
  const auto rows = std::strtoull(argv[2], nullptr, 10);
  const std::chrono::days days{std::strtol(argv[3], nullptr, 10)};
  const SystemClock clock;
  CountingRandom random;
  UuidGenerator uuids{clock, random};
  PostgresConfig config;
  config.url = argv[1];
  config.applicationName = "dashboardFill";
  PostgresCollectorRepository repository(config, uuids, nullptr);  // retention alone needs the seal

  IngestBatch batch;
  const TimePoint end = clock.now();
  batch.now = end;
  batch.after.id = uuids.next();
  batch.after.node = "bench";
  batch.after.source = "access";
  batch.after.path = "/bench/access.log";
  batch.after.headLength = 1;
  if (auto registered = repository.registerFile(batch.after, 0, end); !registered.ok()) {
    giveUp("registering the file", registered.fault());
  }
  TrafficGenerator generator;
  RollupAccumulator accumulator;
  const Milliseconds length{days};
  for (std::uint64_t done = 0; done < rows;) {
    const auto count = std::min<std::uint64_t>(kBatch, rows - done);
    batch.entries.clear();
    batch.unescaped.clear();
    for (std::uint64_t i = 0; i < count; ++i, ++done) {
      const auto share = static_cast<double>(done) / static_cast<double>(rows);
      const TimePoint at =
          end - length + Milliseconds{static_cast<std::int64_t>(static_cast<double>(length.count()) * share)};
      batch.entries.push_back(generator.next(at, done, batch.unescaped));
      accumulator.add(batch.entries.back());
    }
    accumulator.take(batch.minutes, batch.hours);
    batch.before = batch.after;
    batch.after.offset = batch.after.size = done * 400;
    const auto stored = repository.store(batch);
    if (!stored.ok()) {
      giveUp("storing", stored.fault());
    }
    if (stored.value() != IngestOutcome::stored) {
      std::fprintf(stderr, "another process writes this file\n");
      return 1;
    }
  }
  return 0;
}
