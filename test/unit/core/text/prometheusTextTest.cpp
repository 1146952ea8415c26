#include "core/text/prometheusText.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>

#include "core/invariant.hpp"

using namespace ks;

TEST_CASE("metrics are written in Prometheus' text format", "[metrics]") {
  const MetricFamily requests{"k_requests_total", MetricType::counter, "Requests.", {"route", "status"}};
  const MetricFamily load{"k_load", MetricType::gauge, "Load."};
  const MetricFamily times{"k_time_seconds", MetricType::histogram, "Times.", {"route"}};
  PrometheusText out;
  out.add(requests, std::uint64_t{3}, std::array<std::string_view, 2>{"/a", "2xx"});
  out.add(requests, std::uint64_t{1}, std::array<std::string_view, 2>{"a\\\"\n", "4xx"});
  out.add(load, 0.25);
  out.addHistogram(times, std::array{0.1, 1.0}, std::array<std::uint64_t, 3>{2, 1, 4}, 9.5,
                   std::array<std::string_view, 1>{"/a"});
  CHECK(out.text() ==
        "# HELP k_requests_total Requests.\n# TYPE k_requests_total counter\n"
        "k_requests_total{route=\"/a\",status=\"2xx\"} 3\n"
        "k_requests_total{route=\"a\\\\\\\"\\n\",status=\"4xx\"} 1\n"
        "# HELP k_load Load.\n# TYPE k_load gauge\nk_load 0.25\n"
        "# HELP k_time_seconds Times.\n# TYPE k_time_seconds histogram\n"
        "k_time_seconds_bucket{route=\"/a\",le=\"0.1\"} 2\nk_time_seconds_bucket{route=\"/a\",le=\"1\"} 3\n"
        "k_time_seconds_bucket{route=\"/a\",le=\"+Inf\"} 7\nk_time_seconds_sum{route=\"/a\"} 9.5\n"
        "k_time_seconds_count{route=\"/a\"} 7\n");
}

TEST_CASE("a family of metrics stands in one place, with a value for each label", "[metrics]") {
  abortOnBrokenInvariant(false);
  const MetricFamily one{"k_one", MetricType::gauge, "One.", {"label"}};
  const MetricFamily two{"k_two", MetricType::gauge, "Two."};
  PrometheusText out;
  CHECK_THROWS_AS(out.add(one, 1.0), InvariantBroken);
  out.add(two, 2.0);
  CHECK_THROWS_AS(out.add(one, 1.0, std::array<std::string_view, 1>{"x"}), InvariantBroken);
  abortOnBrokenInvariant(true);
}
