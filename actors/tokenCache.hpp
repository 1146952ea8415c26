#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/clockInterface.hpp"
#include "messages/accountMessages.hpp"

namespace ks {

/// Access tokens that were found good, so that a request costs no look-up. Answers only while the process
/// hears of ended sessions
/// (`setListening`); without that every look-up is a miss and the storage decides. Bounded; thread-safe.
class TokenCache {
 public:
  using Key = std::array<std::uint8_t, 32>;  ///< keyed hash of the token; never the token itself

  struct Limits {
    std::size_t entries = 65536;
    std::chrono::seconds maxAge{
        60};  ///< an entry older than this is asked for again, should a notice have been lost
  };

  TokenCache(const ClockInterface& clock, Limits limits) : clock_(clock), limits_(limits) {}

  [[nodiscard]] std::optional<Authenticated> find(const Key& key);
  /// Remembers until `expires` at most; refused when the session has ended meanwhile.
  void put(const Key& key, Authenticated authenticated, TimePoint expires);
  void forgetSession(Uuid sessionId);
  /// Whether this process has heard that the session is over. False says nothing.
  [[nodiscard]] bool hasEnded(Uuid sessionId) const;
  void clear();
  /// false: notices may be missed, so nothing is answered from here and everything is forgotten.
  void setListening(bool listening);

  struct Counters {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::size_t entries = 0;
    bool listening = false;
  };
  [[nodiscard]] Counters counters() const;

 private:
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept;
  };
  struct Entry {
    Key key;
    Authenticated authenticated;
    TimePoint expires;
  };
  using Entries = std::list<Entry>;
  void erase(Entries::iterator entry);

  const ClockInterface& clock_;
  const Limits limits_;
  std::atomic<bool> listening_{false};
  std::atomic<std::uint64_t> hits_{0};
  std::atomic<std::uint64_t> misses_{0};
  mutable std::mutex mutex_;
  Entries entries_;  ///< oldest first
  std::unordered_map<Key, Entries::iterator, KeyHash> byKey_;
  std::unordered_multimap<Uuid, Key> bySession_;
  std::unordered_map<Uuid, TimePoint>
      ended_;  ///< sessions that ended lately: a look-up begun before must not bring them back
};

}  // namespace ks
