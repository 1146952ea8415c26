#pragma once
#include <map>
#include <string>
#include <utility>

#include "test/simulation/faults/faultyRedisConnection.hpp"

namespace ks::sim {

/// A step that was begun in time waits 1 ms at least, and virtual time may leap a tick, one second,
/// meanwhile.
inline constexpr std::chrono::milliseconds kSlack{1100};

/// Requests and answers of the clients: the oracle of the invariants. Keeps the first violation.
class Ledger {
 public:
  std::uint64_t open(const std::string& what, VirtualTime deadline) {
    open_.emplace(++sent_, Question{what, deadline});
    return sent_;
  }
  void close(std::uint64_t id, const std::string& outcome) {
    const auto found = open_.find(id);
    if (found == open_.end()) {
      violate("request " + std::to_string(id) + " was answered twice");
      return;
    }
    ++outcomes_[found->second.what + " " + outcome];
    open_.erase(found);
  }
  /// Called when no actor has anything to do: whatever is past its deadline will not be answered in time.
  void checkDeadlines(VirtualTime now) {
    for (const auto& [id, question] : open_) {
      if (question.deadline + kSlack < now) {
        violate(question.what + " was not answered within its deadline");
      }
    }
  }
  void violate(const std::string& why) {
    if (why_.empty()) {
      why_ = why;
    }
  }
  [[nodiscard]] const std::string& why() const { return why_; }
  [[nodiscard]] bool idle() const { return open_.empty(); }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  [[nodiscard]] const std::map<std::string, std::uint64_t>& outcomes() const { return outcomes_; }

  std::map<std::string, int> registered;  ///< of each address, how many registrations were acknowledged

 private:
  struct Question {
    std::string what;
    VirtualTime deadline;
  };
  std::map<std::uint64_t, Question> open_;
  std::map<std::string, std::uint64_t> outcomes_;
  std::uint64_t sent_ = 0;
  std::string why_;
};

}  // namespace ks::sim
