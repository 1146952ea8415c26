#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"

// What a recomputation of one hour's rollups from the raw rows has found.
namespace ks {

struct RollupDifference {
  TimePoint start;      ///< of the hour, or of the minute
  std::string service;  ///< or all
  std::string route;    ///< empty: of the whole service
  std::string figure;
  double rollup = 0;
  double raw = 0;
};

struct HourVerification {
  TimePoint hour;
  std::uint64_t requests = 0;              ///< raw rows
  std::uint64_t hourRows = 0;              ///< rollup rows compared
  std::uint64_t minuteRows = 0;            ///< the same, by minute
  double worstP95Error = 0;                ///< relative
  double worstUniqueError = 0;             ///< relative
  std::uint64_t differences = 0;           ///< counts that are not equal, and estimates beyond their bounds
  std::vector<RollupDifference> examples;  ///< the first of them

  static constexpr double kP95Bound = 0.01;
  static constexpr double kUniqueBound = 0.02;
  static constexpr std::size_t kMostExamples = 50;
};

/// Recomputes an hour from the raw rows and compares every rollup row.
struct VerifyHour {
  using Out = HourVerification;
  static constexpr const char* kName = "requestLog.verifyHour";

  TimePoint hour;  ///< a whole hour
};

}  // namespace ks
