#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "messages/monitoring/collectorRecords.hpp"

namespace ks {

/// Storage of the collector's positions, rows and rollups. Blocking, within the database timeout; belongs
/// to one thread.
///
/// Rows, rollups and the position of a batch are one transaction with the position as fence, so that every
/// line is stored exactly once, whatever fails. A fault means that the caller may repeat the call: what
/// had been done is determined, not guessed.
class CollectorRepositoryInterface {
 public:
  virtual ~CollectorRepositoryInterface() = default;

  /// Takes (or still has) the lock that makes this process the only collector of the node. Lost with the
  /// connection. The lock saves work; the fence protects the data.
  virtual Result<bool> lockNode(const std::string& node) = 0;

  /// Newest first, at most 20,000: what a year of hourly rotations and more leaves.
  virtual Result<std::vector<LogFileRecord>> loadFiles(const std::string& node,
                                                       const std::string& source) = 0;
  /// Stores a new file at offset 0 (or finds it stored already under its id). `knownAlike` is how many
  /// records of the same head the caller knows; if there are more or fewer, another process changed them and
  /// it is `conflict`: load again and compare again.
  virtual Result<LogFileRecord> registerFile(const LogFileRecord& file, std::size_t knownAlike,
                                             TimePoint now) = 0;
  /// Path, device, inode, size, state and error; never the position. Done for a file whose offset is
  /// `file.offset` only.
  virtual Result<IngestOutcome> updateFile(const LogFileRecord& file, TimePoint now) = 0;

  virtual Result<IngestOutcome> store(const IngestBatch& batch) = 0;
  virtual Result<Done> storeViolations(const ViolationBatch& batch) = 0;

  /// Makes the partitions of today and tomorrow and drops expired ones.
  virtual Result<RetentionReport> retain(const RetentionPlan& plan) = 0;
};

using CollectorRepositoryFactory = std::function<std::unique_ptr<CollectorRepositoryInterface>()>;

}  // namespace ks
