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

/// Where a process puts the events that the log collector stores. Bounded; nobody ever waits. Thread-safe.
///
/// Audit events are never dropped: when there is no room for one, its giver is told and refuses what it was
/// about to do (503), so that nothing happens unaudited. Security and error lines make room for newer ones;
/// what that costs is counted. What was taken stays here until stored() is called, so that neither a database
/// that is away nor a collector that was restarted loses it.
class EventInbox {
 public:
  struct Limits {
    std::size_t auditEvents = 10'000;
    std::size_t lines = 5'000;
    std::size_t batch = 500;  ///< most of each kind that next() gives
  };
  explicit EventInbox(UuidGenerator& uuids) : EventInbox(uuids, Limits{}) {}
  EventInbox(UuidGenerator& uuids, Limits limits) : uuids_(uuids), limits_(limits) {}

  /// Called, from the giver's thread, when a whole batch waits. Must not block.
  void onFull(std::function<void()> wake);

  /// False: no room.
  [[nodiscard]] bool record(AuditEvent event);
  /// For events of which nothing depends (refusals): they get half of the room, so that no flood of them
  /// takes the place of what record() is for. False: no room.
  [[nodiscard]] bool offer(AuditEvent event);
  void add(const LogEntry& entry);

  struct Batch {
    std::vector<AuditEvent> audit;
    std::vector<LoggedLine> lines;
    [[nodiscard]] bool empty() const noexcept { return audit.empty() && lines.empty(); }
  };
  /// The batch to store next: the same again until stored(). Never null.
  std::shared_ptr<const Batch> next();
  void stored();

  struct Counters {
    std::uint64_t stored = 0;
    std::uint64_t droppedLines = 0;
    std::uint64_t refusedAudit = 0;
    std::size_t waitingAudit = 0;  ///< with those that next() gave
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
