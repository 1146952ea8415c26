#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/result.hpp"

namespace ks {

/// One message that an actor handled.
struct ActorSpan {
  std::string requestId;
  std::string message;
  TimePoint at;
  std::int64_t microseconds = 0;
  bool failed = false;
};

/// Statistics of one actor across its restarts. Written by the actor's guard and its supervisor, read by
/// anyone. Thread-safe.
class ActorProbe {
 public:
  static constexpr std::size_t kSpans = 256;

  ActorProbe(std::string name, std::string parent, const ClockInterface& clock)
      : name_(std::move(name)), parent_(std::move(parent)), clock_(clock) {}

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& parent() const noexcept { return parent_; }

  [[nodiscard]] TimePoint now() const { return clock_.now(); }

  void started(std::uint64_t actorId);
  void ended(const std::string& reason, bool orderly);
  void handled(ActorSpan span);
  void noteError(const std::string& error);
  /// A fault's detail; a refusal has none and is no error.
  void note(const Fault& fault) {
    if (!fault.detail.empty()) {
      noteError(fault.detail);
    }
  }

  struct Snapshot {
    std::string name;
    std::string parent;
    std::uint64_t actorId = 0;
    bool running = false;
    TimePoint startedAt;
    std::uint64_t starts = 0;
    std::uint64_t handled = 0;
    std::uint64_t failed = 0;
    std::string lastError;
    [[nodiscard]] std::uint64_t restarts() const noexcept { return starts > 0 ? starts - 1 : 0; }
  };
  [[nodiscard]] Snapshot snapshot() const;
  /// The last messages, oldest first, at most kSpans.
  [[nodiscard]] std::vector<ActorSpan> spans() const;

 private:
  const std::string name_;
  const std::string parent_;
  const ClockInterface& clock_;
  mutable std::mutex mutex_;
  std::uint64_t actorId_ = 0;
  bool running_ = false;
  TimePoint startedAt_;
  std::uint64_t starts_ = 0;
  std::uint64_t handled_ = 0;
  std::uint64_t failed_ = 0;
  std::string lastError_;
  std::array<ActorSpan, kSpans> ring_;
};

/// Every actor of the process by name. Thread-safe. CAF keeps no such list.
class ActorDirectory {
 public:
  explicit ActorDirectory(const ClockInterface& clock) : clock_(clock) {}

  /// The probe of that name; made at the first call.
  std::shared_ptr<ActorProbe> probe(const std::string& name, const std::string& parent);
  [[nodiscard]] std::vector<ActorProbe::Snapshot> list() const;
  [[nodiscard]] std::shared_ptr<ActorProbe> find(const std::string& name) const;

 private:
  const ClockInterface& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<ActorProbe>> probes_;
};

}  // namespace ks
