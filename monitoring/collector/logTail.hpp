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
#include "core/settings/liveSettings.hpp"
#include "messages/monitoring/collectorRecords.hpp"
#include "messages/monitoring/logImport.hpp"
#include "monitoring/collector/fileIdentity.hpp"
#include "monitoring/collector/logBatchParser.hpp"
#include "monitoring/collector/logStream.hpp"

namespace ks {

struct LogTailConfig {
  std::string node;
  std::string source;               ///< access or dos
  std::string path;                 ///< the file that nginx writes
  bool honeypot = false;            ///< its lines are honeypot hits
  Live<RetentionPlan> retention{};  ///< older lines of imported files are left out
  std::size_t chunkBytes =
      10U << 20U;  ///< most text of one batch; what a batch costs beyond its rows is shared by more
  std::size_t mostRollups = 500;  ///< rollup rows of one batch, 10 KiB and more each: sparse lines fill many
  std::size_t mostOutstanding = 2;      ///< batches that may wait for their transaction
  std::chrono::seconds drainStill{60};  ///< a rotated file is finished when it has not grown for so long
  std::chrono::seconds searchFor{
      60};  ///< how long the rest of a truncated file is searched among the rotated ones
  std::chrono::milliseconds scanEvery{1000};
  std::chrono::seconds scanRotatedEvery{60};
};

/// Follows one log and its rotated files and splits new text into batches. Does not wait or store
/// itself: next() says what to do, the caller does it and returns the outcome. Belongs to one
/// thread.
///
/// Positions are only in the storage; after any fault or fence everything in flight is dropped and the
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

  /// The next step. Load, Register and Update come one at a time and only while no batch is outstanding;
  /// batches must be answered in the order in which they were given out. `now` measures waits and never
  /// steps, whatever its zero; `wall` is the time of day, which is stored and compared with the files' times.
  Step next(TimePoint now, TimePoint wall);

  void loaded(Result<std::vector<LogFileRecord>> records);
  void registered(Result<LogFileRecord> file);
  void updated(Result<IngestOutcome> outcome);
  void stored(Result<IngestOutcome> outcome);

  /// Files came or went: the next step looks at the directory first.
  void lookAgain() { nextScan_ = TimePoint::min(); }

  /// Imports this file in addition to the followed ones; text already read is not read again. Lines older
  /// than the retention are counted and left out, and so is a last line without end.
  LogImportProgress import(const std::string& path);
  /// Of the last import of that path; nothing when it is not known (any more).
  [[nodiscard]] std::optional<LogImportProgress> importProgress(const std::string& path) const;

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
  /// State of a file that is not the active one.
  enum class Considered : std::uint8_t { taken, beingRead, knownWhole, knownFurther, unreadable, later };
  struct InFlight {
    LogFileRecord after;
    std::uint64_t lines = 0;
    std::uint64_t badLines = 0;
    std::uint64_t oversizedLines = 0;
    std::uint64_t tooOldLines = 0;
  };

  void fail(const Fault& fault);
  Tracked* byId(const Uuid& id);
  void remember(const LogFileRecord& record);

  void scan(TimePoint now);
  void scanActive(TimePoint now);
  void scanRotated(TimePoint now);
  Considered considerRotated(const std::string& path, const FileStatus& status, bool asked, TimePoint now);
  [[nodiscard]] bool hasRotatedName(const std::string& path) const;
  void listUnfinished(TimePoint now);
  void identify(Tracked& file, TimePoint now);
  void adopt(Tracked& file, const LogFileRecord& record, TimePoint now);
  void demoteActive(TimePoint now);
  std::vector<std::pair<std::string, FileStatus>> rotatedFiles() const;

  void hinder(Tracked& file);
  bool workOn(Tracked& file, TimePoint now, Step& step);
  Reading read(Tracked& file, TimePoint now, Step& step);
  Reading readLongLine(Tracked& file, std::vector<char>& scratch, Step& step);
  bool finish(Tracked& file, TimePoint now, Step& step);
  void cutShort(Tracked& file, TimePoint now);

  LogImportProgress* importOf(const std::string& path);
  void takeImports(TimePoint now);
  bool resumeImport(const LogFileRecord& record, TimePoint now);
  void countImport(const Tracked& file, const InFlight& stored);
  void finishImport(Tracked& file);
  void abandonImport(Tracked& file, const std::string& why);

  std::shared_ptr<IngestBatch> makeBatch(const Tracked& file) const;
  void giveOut(Tracked& file, std::shared_ptr<IngestBatch> batch, std::uint64_t newOffset, Step& step);

  LogTailConfig config_;
  UuidGenerator& uuids_;
  LogBatchParser parser_;
  std::deque<std::unique_ptr<Tracked>> files_;  ///< oldest first; the active one, if any, last
  std::vector<LogFileRecord> known_;            ///< newest first
  std::map<std::string, FileStatus>
      settled_;  ///< rotated files that need no further look while they stay as they are
  std::deque<LogImportProgress> imports_;  ///< the newest last
  bool importsTurn_ = false;               ///< followed and imported files alternate
  std::deque<InFlight> inFlight_;
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
