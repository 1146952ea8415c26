#include "persistence/postgres/monitoring/rollupWriter.hpp"

#include <cmath>
#include <span>
#include <string>

namespace ks {
namespace {

const SqlStatement kLockRollups{
    "monitoring.lockRollups",
    "SELECT pg_advisory_xact_lock(hashtextextended('monitoring.rollups', 0))::text"};

const SqlStatement kReadMinutes{"monitoring.readMinutes",
                                "SELECT k.place, r.gateway_histogram, r.backend_histogram, r.addresses "
                                "FROM unnest($1::timestamptz[], $2::text[], $3::text[]) WITH ORDINALITY AS "
                                "k(bucket_start, service, route, place) "
                                "JOIN metric_rollup_minute r USING (bucket_start, service, route)"};

const SqlStatement kReadHours{"monitoring.readHours",
                              "SELECT k.place, r.gateway_histogram, r.backend_histogram, r.addresses "
                              "FROM unnest($1::timestamptz[], $2::text[], $3::text[]) WITH ORDINALITY AS "
                              "k(hour_start, service, route, place) "
                              "JOIN metric_rollup_hour r USING (hour_start, service, route)"};

// An empty sketch in the input means no change: the stored value then stays
// in place on disk.
const SqlStatement kWriteMinutes{
    "monitoring.writeMinutes",
    "INSERT INTO metric_rollup_minute AS r (bucket_start, service, route, total, status_2xx, status_3xx, "
    "status_4xx, status_5xx, "
    "rate_limited, bytes_sent, gateway_sum_us, backend_count, backend_sum_us, gateway_histogram, "
    "backend_histogram, addresses) "
    "SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::int8[], $5::int8[], $6::int8[], "
    "$7::int8[], $8::int8[], "
    "$9::int8[], $10::int8[], $11::int8[], $12::int8[], $13::int8[], $14::bytea[], $15::bytea[], "
    "$16::bytea[]) "
    "ON CONFLICT (bucket_start, service, route) DO UPDATE SET total = r.total + excluded.total, "
    "status_2xx = r.status_2xx + excluded.status_2xx, status_3xx = r.status_3xx + excluded.status_3xx, "
    "status_4xx = r.status_4xx + excluded.status_4xx, status_5xx = r.status_5xx + excluded.status_5xx, "
    "rate_limited = r.rate_limited + excluded.rate_limited, bytes_sent = r.bytes_sent + excluded.bytes_sent, "
    "gateway_sum_us = r.gateway_sum_us + excluded.gateway_sum_us, backend_count = r.backend_count + "
    "excluded.backend_count, "
    "backend_sum_us = r.backend_sum_us + excluded.backend_sum_us, gateway_histogram = "
    "excluded.gateway_histogram, "
    "backend_histogram = CASE WHEN excluded.backend_histogram = '' THEN r.backend_histogram ELSE "
    "excluded.backend_histogram END, "
    "addresses = CASE WHEN excluded.addresses = '' THEN r.addresses ELSE excluded.addresses END"};

const SqlStatement kWriteHours{
    "monitoring.writeHours",
    "INSERT INTO metric_rollup_hour AS r (hour_start, service, route, total_requests, successful_requests, "
    "status_3xx, client_errors, "
    "server_errors, rate_limited_requests, bytes_sent, gateway_sum_us, backend_count, backend_sum_us, "
    "gateway_histogram, "
    "backend_histogram, addresses, p95_nginx_latency_ms, p95_backend_latency_ms, unique_ips, "
    "avg_nginx_latency_ms, "
    "avg_backend_latency_ms) "
    "SELECT h.*, gateway_sum_us / 1000.0 / total, backend_sum_us / 1000.0 / nullif(backend_count, 0) "
    "FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], "
    "$8::int8[], $9::int8[], "
    "$10::int8[], $11::int8[], $12::int8[], $13::int8[], $14::bytea[], $15::bytea[], $16::bytea[], "
    "$17::float8[], $18::float8[], "
    "$19::int8[]) AS h(hour_start, service, route, total, status_2xx, status_3xx, status_4xx, status_5xx, "
    "rate_limited, bytes_sent, "
    "gateway_sum_us, backend_count, backend_sum_us, gateway_histogram, backend_histogram, addresses, p95, "
    "p95_backend, unique_ips) "
    "ON CONFLICT (hour_start, service, route) DO UPDATE SET total_requests = r.total_requests + "
    "excluded.total_requests, "
    "successful_requests = r.successful_requests + excluded.successful_requests, status_3xx = r.status_3xx + "
    "excluded.status_3xx, "
    "client_errors = r.client_errors + excluded.client_errors, server_errors = r.server_errors + "
    "excluded.server_errors, "
    "rate_limited_requests = r.rate_limited_requests + excluded.rate_limited_requests, "
    "bytes_sent = r.bytes_sent + excluded.bytes_sent, gateway_sum_us = r.gateway_sum_us + "
    "excluded.gateway_sum_us, "
    "backend_count = r.backend_count + excluded.backend_count, backend_sum_us = r.backend_sum_us + "
    "excluded.backend_sum_us, "
    "avg_nginx_latency_ms = (r.gateway_sum_us + excluded.gateway_sum_us) / 1000.0 / (r.total_requests + "
    "excluded.total_requests), "
    "avg_backend_latency_ms = (r.backend_sum_us + excluded.backend_sum_us) / 1000.0 / "
    "nullif(r.backend_count + excluded.backend_count, 0), "
    "p95_nginx_latency_ms = excluded.p95_nginx_latency_ms, p95_backend_latency_ms = "
    "excluded.p95_backend_latency_ms, "
    "unique_ips = excluded.unique_ips, gateway_histogram = excluded.gateway_histogram, "
    "backend_histogram = CASE WHEN excluded.backend_histogram = '' THEN r.backend_histogram ELSE "
    "excluded.backend_histogram END, "
    "addresses = CASE WHEN excluded.addresses = '' THEN r.addresses ELSE excluded.addresses END"};

constexpr double kP95 = 0.95;

using Blob = std::vector<std::uint8_t>;
Blob blobOf(const std::string& text) { return Blob(text.begin(), text.end()); }

/// One array a column.
struct Columns {
  std::vector<TimePoint> starts;
  std::vector<std::string> services;
  std::vector<std::string> routes;
  std::array<std::vector<std::int64_t>, 10> counters;
  std::vector<Blob> gateway;
  std::vector<Blob> backend;
  std::vector<Blob> addresses;
  std::vector<double> p95;
  std::vector<double> p95Backend;
  std::vector<std::int64_t> uniqueIps;
};

struct Sketches {
  LatencyHistogram gateway;
  LatencyHistogram backend;
  HyperLogLog addresses;
  bool addressesChanged = true;
};

}  // namespace

Result<Done> RollupWriter::add(const std::vector<RollupDelta>& minutes,
                               const std::vector<RollupDelta>& hours) {
  if (minutes.empty()) {
    return Done{};
  }
  if (auto locked = session_.exec(kLockRollups); !locked.ok()) {
    return std::move(locked.fault());
  }
  if (auto done = addRows(minutes, false); !done.ok()) {
    return done;
  }
  return addRows(hours, true);
}

Result<Done> RollupWriter::addRows(const std::vector<RollupDelta>& rows, bool hourly) {
  Columns columns;
  std::vector<Sketches> sketches;
  sketches.reserve(rows.size());
  for (const auto& row : rows) {
    columns.starts.push_back(row.start);
    columns.services.push_back(row.service);
    columns.routes.push_back(row.route);
    sketches.push_back({row.counts.gateway, row.counts.backend, row.counts.addresses, true});
  }
  auto stored = session_.exec(
      hourly ? kReadHours : kReadMinutes,
      SqlParameters().timeArray(columns.starts).textArray(columns.services).textArray(columns.routes));
  if (!stored.ok()) {
    return std::move(stored.fault());
  }
  for (const auto row : stored.value()) {
    auto& sketch = sketches.at(static_cast<std::size_t>(row.int64(0) - 1));
    const auto gateway = LatencyHistogram::parse(row.byteaView(1));
    const auto backend = LatencyHistogram::parse(row.byteaView(2));
    auto addresses = HyperLogLog::parse(row.byteaView(3));
    if (!gateway || !backend || !addresses) {
      return makeFault(ErrorCode::internal, "a stored sketch cannot be read");
    }
    sketch.gateway.merge(*gateway);
    sketch.backend.merge(*backend);
    sketch.addressesChanged = addresses->merge(sketch.addresses);
    sketch.addresses = std::move(*addresses);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& counts = rows[i].counts;
    const auto& sketch = sketches[i];
    const std::array<std::uint64_t, 10> values{
        counts.total,       counts.status2xx, counts.status3xx,    counts.status4xx,    counts.status5xx,
        counts.rateLimited, counts.bytesSent, counts.gatewaySumUs, counts.backendCount, counts.backendSumUs};
    for (std::size_t k = 0; k < values.size(); ++k) {
      columns.counters[k].push_back(static_cast<std::int64_t>(values[k]));
    }
    columns.gateway.push_back(blobOf(sketch.gateway.serialize()));
    columns.backend.push_back(counts.backendCount > 0 ? blobOf(sketch.backend.serialize()) : Blob{});
    columns.addresses.push_back(sketch.addressesChanged ? blobOf(sketch.addresses.serialize()) : Blob{});
    if (hourly) {
      columns.p95.push_back(sketch.gateway.quantile(kP95) / 1000);
      columns.p95Backend.push_back(sketch.backend.quantile(kP95) / 1000);
      columns.uniqueIps.push_back(std::llround(sketch.addresses.estimate()));
    }
  }
  SqlParameters parameters;
  parameters.timeArray(columns.starts).textArray(columns.services).textArray(columns.routes);
  for (const auto& counter : columns.counters) {
    parameters.int8Array(counter);
  }
  parameters.byteaArray(columns.gateway).byteaArray(columns.backend).byteaArray(columns.addresses);
  if (hourly) {
    parameters.float8Array(columns.p95).float8Array(columns.p95Backend).int8Array(columns.uniqueIps);
  }
  return session_.exec(hourly ? kWriteHours : kWriteMinutes, parameters).then(readDone);
}

}  // namespace ks
