#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "core/logging/auditEvent.hpp"
#include "core/logging/logEntry.hpp"
#include "core/uuid.hpp"

namespace ks {

/// A log line on its way to the database. The id makes storing it twice harmless.
struct LoggedLine {
  Uuid id;
  LogEntry entry;
};

/// The events of a process that the log collector stores. Bounded; never blocks. Thread-safe.
///
/// Audit events are never dropped: if there is no room for one, the caller refuses what it was
/// about to do (503), so nothing happens unaudited. Old security and error lines make room for newer ones;
/// the losses are counted. Accepted events stay here until stored() is called, so neither an unavailable
/// database nor a restarted collector loses them.
class EventInbox {
 public:
  struct Limits {
    std::size_t auditEvents = 10'000;
    std::size_t lines = 5'000;
    std::size_t batch = 500;  ///< most of each kind in one next()
  };
  explicit EventInbox(UuidGenerator& uuids) : EventInbox(uuids, Limits{}) {}
  EventInbox(UuidGenerator& uuids, Limits limits) : uuids_(uuids), limits_(limits) {}

  /// Called, on the caller's thread, when a whole batch waits. Must not block.
  void onFull(std::function<void()> wake);

  /// False: no room.
  [[nodiscard]] bool record(AuditEvent event);
  /// For events on which nothing depends (refusals): they get half of the room, so a flood of them
  /// cannot displace those of record(). False: no room.
  [[nodiscard]] bool offer(AuditEvent event);
  void add(const LogEntry& entry);

  struct Batch {
    std::vector<AuditEvent> audit;
    std::vector<LoggedLine> lines;
    [[nodiscard]] bool empty() const noexcept { return audit.empty() && lines.empty(); }
  };
  /// The batch to store next: the same until stored(). Never null.
  std::shared_ptr<const Batch> next();
  void stored();

  struct Counters {
    std::uint64_t stored = 0;
    std::uint64_t droppedLines = 0;
    std::uint64_t refusedAudit = 0;
    std::size_t waitingAudit = 0;  ///< including those of next()
    std::size_t waitingLines = 0;
  };
  [[nodiscard]] Counters counters() const;

 private:
  bool put(AuditEvent event, std::size_t room, std::unique_lock<std::mutex>& lock);
  void wakeAt(std::size_t waiting, std::unique_lock<std::mutex>& lock);

  UuidGenerator& uuids_;
  const Limits limits_;
  mutable std::mutex mutex_;
  std::function<void()> wake_;
  std::deque<AuditEvent> audit_;
  std::deque<LoggedLine> lines_;
  std::shared_ptr<const Batch> taken_ = std::make_shared<const Batch>();
  Counters counters_;
};

}  // namespace ks
