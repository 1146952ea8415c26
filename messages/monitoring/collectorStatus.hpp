#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"

// How far the gateway's logs have been read. Separate from the other figures of monitoring, because the
// status of every process includes it.
namespace ks {

struct CollectorFile {
  std::string path;
  std::string source;  ///< access or dos
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t lagBytes = 0;
  double lagS = 0;
  std::uint64_t lines = 0;
  std::uint64_t badLines = 0;
  std::uint64_t oversizedLines = 0;
  std::string state;  ///< active, draining, missing or done
  std::string lastError;
};

struct CollectorStatus {
  std::vector<CollectorFile> files;
  std::uint64_t lagBytes = 0;
  double lagS = 0;
  std::uint64_t lines = 0;
  std::uint64_t badLines = 0;  ///< oversized ones too
  std::uint64_t oversizedLines = 0;
  std::optional<TimePoint> lastBatchAt;
  std::string lastError;
};

}  // namespace ks
