#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/result.hpp"
#include "messages/collectorRecords.hpp"
#include "monitoring/fileIdentity.hpp"
#include "monitoring/logBatchParser.hpp"
#include "monitoring/logStream.hpp"

namespace ks {

struct LogTailConfig {
  std::string node;
  std::string source;                   ///< access or dos
  std::string path;                     ///< the file that nginx writes
  bool honeypot = false;                ///< its lines are honeypot hits
  std::size_t chunkBytes = 6U << 20U;   ///< most text of one batch
  std::size_t mostOutstanding = 2;      ///< batches that may wait for their transaction
  std::chrono::seconds drainStill{60};  ///< a rotated file is finished when it has not grown for so long
  std::chrono::seconds searchFor{
      60};  ///< how long the rest of a file that was cut short is looked for among the rotated ones
  std::chrono::milliseconds scanEvery{1000};
  std::chrono::seconds scanRotatedEvery{60};
};

/// Follows one log and its rotated files and cuts what is new into batches. Does no waiting and no storing of
/// its own: next() says what is to be done, the caller does it and gives the outcome back. Belongs to one
/// thread.
///
/// Positions live in the storage alone; after any fault or fence everything in flight is forgotten and the
/// records are loaded again.
class LogTail {
 public:
  struct Idle {};
  struct Load {};
  struct Register {
    LogFileRecord file;
    std::size_t knownAlike = 0;  ///< records with the same head
  };
  struct Update {
    LogFileRecord file;
  };
  struct Store {
    std::shared_ptr<const IngestBatch> batch;
  };
  using Step = std::variant<Idle, Load, Register, Update, Store>;

  LogTail(LogTailConfig config, UuidGenerator& uuids);

  /// What to do now. Load, Register and Update come one at a time and only while no batch is outstanding;
  /// batches must be answered in the order in which they were given out. `now` measures waits and never
  /// steps, whatever its zero; `wall` is the time of day, which is stored and compared with the files' times.
  Step next(TimePoint now, TimePoint wall);

  void loaded(Result<std::vector<LogFileRecord>> records);
  void registered(Result<LogFileRecord> file);
  void updated(Result<IngestOutcome> outcome);
  void stored(Result<IngestOutcome> outcome);

  /// Reads this file too, once; what is known of it already is not read again.
  void import(std::string path);

  [[nodiscard]] std::size_t outstanding() const noexcept { return inFlight_.size(); }
  /// A Load, Register or Update has not been answered.
  [[nodiscard]] bool waitsForAnswer() const noexcept { return awaitingControl_; }
  /// The last fault, empty when all is well.
  [[nodiscard]] const std::string& lastError() const noexcept {
    return !lastError_.empty() ? lastError_ : !activeError_.empty() ? activeError_ : rotatedError_;
  }
  /// Bytes seen but not yet stored.
  [[nodiscard]] std::uint64_t lagBytes() const;

 private:
  struct Tracked {
    LogFileRecord record;
    std::unique_ptr<LogStream> stream;  ///< null: missing
    std::uint64_t readOffset = 0;
    std::uint64_t readMarker = 0;
    std::uint64_t scannedTo = 0;  ///< of a line that is too long for a chunk: no line feed before here
    std::uint64_t seenSize = 0;
    TimePoint lastGrowth;
    bool registered = false;
    bool dirty = false;  ///< the record changed in more than its position
  };
  enum class Reading : std::uint8_t { batch, end, waiting };

  void fail(const Fault& fault);
  Tracked* byId(const Uuid& id);
  void remember(const LogFileRecord& record);

  void scan(TimePoint now);
  void scanActive(TimePoint now);
  void scanRotated(TimePoint now);
  void considerRotated(const std::string& path, const FileStatus& status, bool asked, TimePoint now);
  void identify(Tracked& file, TimePoint now);
  void adopt(Tracked& file, const LogFileRecord& record, TimePoint now);
  void demoteActive(TimePoint now);
  std::vector<std::pair<std::string, FileStatus>> rotatedFiles() const;

  Reading read(Tracked& file, TimePoint now, Step& step);
  Reading readLongLine(Tracked& file, std::vector<char>& scratch, Step& step);
  bool finish(Tracked& file, TimePoint now, Step& step);
  void cutShort(Tracked& file, TimePoint now);
  std::shared_ptr<IngestBatch> makeBatch(const Tracked& file) const;
  void giveOut(Tracked& file, std::shared_ptr<IngestBatch> batch, std::uint64_t newOffset, Step& step);

  LogTailConfig config_;
  UuidGenerator& uuids_;
  LogBatchParser parser_;
  std::deque<std::unique_ptr<Tracked>> files_;  ///< oldest first; the active one, if any, last
  std::vector<LogFileRecord> known_;            ///< newest first
  std::map<std::string, FileStatus>
      settled_;  ///< rotated files that need no further look while they stay as they are
  std::vector<std::string> imports_;
  std::deque<Uuid> inFlight_;
  std::deque<LogFileRecord> inFlightAfter_;
  Uuid controlFor_;
  bool awaitingControl_ = false;
  bool needsLoad_ = true;
  bool firstScanDone_ = false;
  bool unfinishedListed_ = false;
  TimePoint nextScan_;
  TimePoint nextRotatedScan_;
  TimePoint wall_;
  std::string lastError_;  ///< of the storage or of reading
  std::string activeError_;
  std::string rotatedError_;
};

}  // namespace ks
