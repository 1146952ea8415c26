#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/clockInterface.hpp"
#include "core/logging/eventInbox.hpp"
#include "core/uuid.hpp"

namespace ks {

/// Limits the refusals that go into the audit trail. In a time window a signed-in caller, or an address
/// without a signed-in caller, gets `atOnce` separate entries; further refusals are
/// counted, and the end of the window writes one entry with the count. Callers and addresses are bounded
/// separately, so a flood by strangers hides no refusal of a caller. Never waits, never fails. Thread-safe.
class RefusalTrail {
 public:
  struct Limits {
    std::chrono::seconds window{60};
    std::uint32_t atOnce = 20;
    std::uint32_t entries = 1000;  ///< in a window, of all callers together, and as many of all addresses
    std::size_t sources = 4096;    ///< distinct callers in a window, and as many addresses
  };
  RefusalTrail(EventInbox& inbox, UuidGenerator& uuids, const ClockInterface& clock)
      : RefusalTrail(inbox, uuids, clock, Limits{}) {}
  RefusalTrail(EventInbox& inbox, UuidGenerator& uuids, const ClockInterface& clock, Limits limits);

  /// `event` says who was refused what and why. One without an id is already in the trail.
  void note(AuditEvent event);
  /// Writes the counts when the window is over, or `atOnce`. Call it often.
  void writeCounts(bool atOnce = false);

  struct Counters {
    std::uint64_t refusals = 0;
    std::uint64_t counted = 0;  ///< of them those without an entry of their own
  };
  [[nodiscard]] Counters counters() const;

 private:
  struct Tally {
    std::uint64_t count = 0;
    std::map<std::string, std::uint64_t> byReason;
    void add(const std::string& reason, std::uint64_t more);
    void add(const Tally& other);
  };
  struct Source {
    std::uint32_t written = 0;
    Tally tally;
    std::string actorType, actorId, ip;
    Uuid sessionId;
  };
  struct Sources {
    std::unordered_map<std::string, Source> each;
    std::uint32_t written = 0;
    Tally others;  ///< of sources beyond the bound
  };

  void writeCounts(Sources& sources, TimePoint now);
  [[nodiscard]] AuditEvent summary(const Tally& tally, TimePoint now);

  EventInbox& inbox_;
  UuidGenerator& uuids_;
  const ClockInterface& clock_;
  const Limits limits_;
  mutable std::mutex mutex_;
  TimePoint windowBegan_;
  Sources callers_;
  Sources addresses_;
  Counters counters_;
};

}  // namespace ks
