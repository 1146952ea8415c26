#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/text/prometheusText.hpp"
#include "http/routing/routeTable.hpp"
#include "http/server/admissionGate.hpp"
#include "http/server/streamGate.hpp"

namespace ks {

/// Counts requests and their times by route and status class. Adding takes no lock; the slots are spread over
/// shards by thread.
class RequestMetrics {
 public:
  RequestMetrics();

  static constexpr std::size_t kNoRoute = static_cast<std::size_t>(-1);
  void count(std::size_t routeIndex, int status, std::chrono::nanoseconds took) noexcept;
  /// Requests answered since start with this status class (2 = 2xx).
  [[nodiscard]] std::uint64_t total(int statusClass) const noexcept;
  void append(PrometheusText& out, const RouteTable& routes) const;

 private:
  static constexpr std::size_t kShards = 8;
  static constexpr std::size_t kSlots = 257;  ///< 256 routes, and one for requests that no route answered
  static constexpr std::array<double, 12> kBounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                                  0.01,   0.025,   0.05,   0.1,   0.5,    2.0};
  struct Slot {
    std::array<std::atomic<std::uint64_t>, 5> byClass{};
    std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> buckets{};
    std::atomic<std::uint64_t> nanoseconds{0};
  };
  std::unique_ptr<Slot[]> shards_;
};

void append(PrometheusText& out, const StreamGate& streams);
void append(PrometheusText& out, const AdmissionGate& gate);

}  // namespace ks
