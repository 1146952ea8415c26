#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "core/contentHash.hpp"
#include "core/sketch/hyperLogLog.hpp"
#include "core/sketch/latencyHistogram.hpp"

namespace {

/// What SQL's percentile_cont answers.
double exactQuantile(std::vector<std::uint64_t> values, double fraction) {
  std::sort(values.begin(), values.end());
  const double rank = fraction * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const auto above = std::min(below + 1, values.size() - 1);
  return static_cast<double>(values[below]) +
         (rank - static_cast<double>(below)) *
             (static_cast<double>(values[above]) - static_cast<double>(values[below]));
}

std::uint64_t hashOf(std::uint64_t value) {
  return ks::contentHash({reinterpret_cast<const char*>(&value), sizeof value});
}

}  // namespace

TEST_CASE("latencyHistogram quantiles are within 1 % of the exact ones") {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> lognormal(9, 2);
  std::uniform_int_distribution<std::uint64_t> uniform(0, 10'000'000);
  std::uniform_int_distribution<std::uint64_t> milliseconds(0, 400);
  for (const std::size_t size : {1U, 2U, 3U, 10U, 1000U, 20000U}) {
    for (int shape = 0; shape < 3; ++shape) {
      ks::LatencyHistogram histogram;
      std::vector<std::uint64_t> values;
      for (std::size_t i = 0; i < size; ++i) {
        const std::uint64_t value = shape == 0   ? static_cast<std::uint64_t>(lognormal(random))
                                    : shape == 1 ? uniform(random)
                                                 : milliseconds(random) * 1000;
        values.push_back(value);
        histogram.add(value);
      }
      for (const double fraction : {0.0, 0.5, 0.95, 0.99, 1.0}) {
        const double exact = exactQuantile(values, fraction);
        CAPTURE(size, shape, fraction, exact, histogram.quantile(fraction));
        CHECK(std::abs(histogram.quantile(fraction) - exact) <= exact * 0.01);
      }
    }
  }
}

TEST_CASE("latencyHistogram merged is the histogram of the union and survives storage") {
  std::mt19937_64 random(11);
  std::uniform_int_distribution<std::uint64_t> value(0, 1ULL << 37U);
  ks::LatencyHistogram whole;
  ks::LatencyHistogram parts[3];
  for (int i = 0; i < 3000; ++i) {
    const auto v = value(random) >> (i % 30);
    whole.add(v);
    parts[i % 3].add(v);
  }
  ks::LatencyHistogram read;
  for (const auto& part : parts) {
    CHECK(read.mergeSerialized(part.serialize()));
  }
  CHECK(read == whole);
  CHECK(read.quantile(0.95) == whole.quantile(0.95));
  CHECK_FALSE(read.mergeSerialized("\x01\x01"));
  parts[0].merge(parts[1]);
  parts[0].merge(parts[2]);
  CHECK(parts[0] == whole);
  CHECK(whole.count() == 3000);
  const auto again = ks::LatencyHistogram::parse(whole.serialize());
  REQUIRE(again);
  CHECK(*again == whole);
  CHECK(ks::LatencyHistogram::parse("")->empty());
  CHECK(!ks::LatencyHistogram::parse("\x02"));
  CHECK(!ks::LatencyHistogram::parse("\x01\x01"));
  CHECK(!ks::LatencyHistogram::parse(std::string_view("\x01\xff\xff\xff\x7f\x01", 6)));
}

TEST_CASE("latencyHistogram counts a value between two bounds by the middle of its bucket") {
  ks::LatencyHistogram histogram;
  std::vector<std::uint64_t> values;
  for (std::uint64_t value = 1; value < 40'000'000; value += 1 + value / 7) {
    histogram.add(value);
    values.push_back(value);
  }
  const std::vector<std::uint64_t> bounds{0, 100, 1'000, 2'000, 50'000, 1'000'000, 5'000'000, UINT64_MAX};
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    const auto between = histogram.countBetween(bounds[i], bounds[i + 1]);
    const auto exactly = [&](double from, double to) {
      return static_cast<std::uint64_t>(std::count_if(values.begin(), values.end(), [&](std::uint64_t value) {
        return static_cast<double>(value) >= from && static_cast<double>(value) < to;
      }));
    };
    const auto from = static_cast<double>(bounds[i]);
    const auto to = static_cast<double>(bounds[i + 1]);
    CAPTURE(from, to);
    CHECK(between >= exactly(from * 1.008, to * 0.992));
    CHECK(between <= exactly(from * 0.992, to * 1.008));
    sum += between;
  }
  CHECK(sum == histogram.count());
}

TEST_CASE("latencyHistogram tells bounds within one bucket apart") {
  for (const std::uint64_t microseconds : {1'000U, 12'345U, 250'000U, 7'777'777U}) {
    CAPTURE(microseconds);
    ks::LatencyHistogram histogram;
    histogram.add(microseconds);
    const auto middle = histogram.quantile(0.5);
    const auto below = static_cast<std::uint64_t>(std::floor(middle));
    const auto above = static_cast<std::uint64_t>(std::floor(middle)) + 1;
    CHECK(histogram.countBetween(below, below + 1'000'000) == 1);
    CHECK(histogram.countBetween(above, above + 1'000'000) == 0);
    CHECK(histogram.countBetween(0, below) == 0);
    CHECK(histogram.countBetween(0, above) == 1);
  }
}

TEST_CASE("hyperLogLog estimates within 2 % typically and never far off") {
  double worst = 0;
  double squares = 0;
  int runs = 0;
  for (const std::uint64_t size :
       {0U, 1U, 10U, 100U, 1000U, 3000U, 5000U, 20000U, 50000U, 100000U, 300000U}) {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      ks::HyperLogLog sketch;
      for (std::uint64_t i = 0; i < size; ++i) {
        sketch.add(hashOf(seed << 40U | i));
        sketch.add(hashOf(seed << 40U | i / 2));
      }
      const double estimate = sketch.estimate();
      if (size == 0) {
        CHECK(estimate == 0);
        continue;
      }
      const double error = std::abs(estimate - static_cast<double>(size)) / static_cast<double>(size);
      CAPTURE(size, seed, estimate);
      CHECK(error < 0.035);
      worst = std::max(worst, error);
      squares += error * error;
      ++runs;
    }
  }
  INFO("worst " << worst);
  CHECK(std::sqrt(squares / runs) < 0.01);
}

TEST_CASE("hyperLogLog counts few things exactly, not by luck of the registers") {
  for (const std::uint64_t size : {1U, 2U, 126U, 500U, 2000U, 4000U}) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      ks::HyperLogLog left;
      ks::HyperLogLog right;
      for (std::uint64_t i = 0; i < size; ++i) {
        (i % 3 == 0 ? left : right).add(hashOf(seed << 40U | i));
        right.add(hashOf(seed << 40U | i / 2));
      }
      REQUIRE(left.mergeSerialized(right.serialize()));
      CAPTURE(size, seed, left.estimate());
      CHECK(std::abs(left.estimate() - static_cast<double>(size)) < (size <= 500 ? 1.2 : 5));
      CHECK(left.serialize().size() <= 1 + 4 * size);
    }
  }
}

TEST_CASE("hyperLogLog's registers do not depend on when the list became registers") {
  // The same hashes, one sketch from a long list, one that had registers before any of them.
  ks::HyperLogLog listed;
  ks::HyperLogLog direct;
  for (std::uint64_t i = 0; i < 9000; ++i) {
    direct.add(hashOf(1'000'000 + i));
  }
  ks::HyperLogLog both = direct;
  for (std::uint64_t i = 0; i < 3000; ++i) {
    const auto mixed = i % 8 == 0 ? hashOf(i) >> (i % 40) : hashOf(i);  // long runs of zeros too
    listed.add(mixed);
    direct.add(mixed);
  }
  listed.add(0);
  direct.add(0);
  both.merge(listed);
  CHECK(both.serialize() == direct.serialize());
}

TEST_CASE("hyperLogLog reads the lists by register that earlier versions wrote") {
  // Registers 0 and 5 with ranks 1 and 7: entries 1 and 5 << 6 | 7, gaps 1 and 325.
  const auto read = ks::HyperLogLog::parse("\x01\x01\xc5\x02");
  REQUIRE(read);
  CHECK(std::lround(read->estimate()) == 2);
  const auto again = ks::HyperLogLog::parse(read->serialize());
  REQUIRE(again);
  CHECK(again->estimate() == read->estimate());
  ks::HyperLogLog more;
  more.add(hashOf(1));
  REQUIRE(more.mergeSerialized("\x01\x01\xc5\x02"));
  CHECK(std::lround(more.estimate()) == 3);
}

TEST_CASE("hyperLogLog merged is the sketch of the union and survives storage") {
  for (const std::uint64_t size : {50U, 3000U, 4090U, 5000U, 40000U}) {
    ks::HyperLogLog whole;
    ks::HyperLogLog left;
    ks::HyperLogLog right;
    for (std::uint64_t i = 0; i < size; ++i) {
      whole.add(hashOf(i));
      (i % 10 == 0 ? left : right).add(hashOf(i));
    }
    ks::HyperLogLog read;
    CHECK(read.mergeSerialized(left.serialize()));
    CHECK(read.mergeSerialized(right.serialize()));
    CHECK(read.estimate() == whole.estimate());
    CHECK(left.merge(right));
    CHECK_FALSE(left.merge(right));
    CHECK(left.estimate() == whole.estimate());
    CHECK(left.serialize() == read.serialize());
    const auto again = ks::HyperLogLog::parse(left.serialize());
    REQUIRE(again);
    CHECK(again->estimate() == whole.estimate());
    CHECK(again->serialize() == left.serialize());
    CHECK(left.serialize().size() <= 12289);
  }
  CHECK(ks::HyperLogLog::parse("")->empty());
  CHECK(!ks::HyperLogLog::parse("\x07"));
  CHECK(!ks::HyperLogLog::parse("\x02zz"));
  CHECK(!ks::HyperLogLog::parse(std::string_view("\x01\x00", 2)));
  CHECK(!ks::HyperLogLog::parse("\x01\x81\x80\x80\x01"));                 // no such register
  CHECK(!ks::HyperLogLog::parse(std::string_view("\x03\x00", 2)));        // rank missing
  CHECK(!ks::HyperLogLog::parse(std::string_view("\x03\x00\x00", 3)));    // rank of nothing
  CHECK(!ks::HyperLogLog::parse(std::string_view("\x03\x00\x29", 3)));    // a rank that no hash has
  CHECK(ks::HyperLogLog::parse(std::string_view("\x03\x00\x28", 3)));     // the highest
  CHECK(!ks::HyperLogLog::parse("\x03\x80\x80\x80\x10"));                 // index 2^25
  CHECK(ks::HyperLogLog::parse("\x03\xff\xff\xff\x0f")->estimate() > 0);  // 2^25 - 1
  CHECK(!ks::HyperLogLog::parse("\x03\xff\xff\xff\x0f\x01"));             // one behind it
  CHECK(!ks::HyperLogLog::parse("\x02" + std::string(12'288, '\xff')));   // a rank that no hash has
}
