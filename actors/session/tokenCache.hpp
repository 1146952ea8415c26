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
#include "messages/account/accountMessages.hpp"

namespace ks {

/// What an access is taken away by: the session, or the key that calls instead of one.
inline Uuid accessIdOf(const Principal& principal) { return principal.keyId.value_or(principal.sessionId); }

/// Access tokens and keys that were found good, so that a request costs no look-up. Answers only while the
/// process hears from the database what has changed (`setListening`); without that every look-up is a miss
/// and the storage decides. Bounded; thread-safe.
class TokenCache {
 public:
  using Key = std::array<std::uint8_t, 32>;  ///< keyed hash of the token; never the token itself

  struct Limits {
    std::size_t entries = 65536;
    std::chrono::seconds maxAge{60};  ///< an entry older than this is asked for again
  };

  TokenCache(const ClockInterface& clock, Limits limits) : clock_(clock), limits_(limits) {}

  [[nodiscard]] std::optional<Authenticated> find(const Key& key);
  /// Grows with everything that is forgotten. Whoever is about to ask the storage takes it first.
  [[nodiscard]] std::uint64_t generation() const;
  /// Remembers until `expires` at most. Refused when anything was forgotten since `generation`: what the
  /// storage said may be older than that.
  void put(const Key& key, Authenticated authenticated, TimePoint expires, std::uint64_t generation);
  /// The session or key is over.
  void forgetSession(Uuid accessId);
  /// Something of the user or machine has changed; whatever depends on it is looked up again.
  void forgetUser(Uuid userId);
  /// Whether this process has heard that the session or key, or a key that made it, is over, or that somebody
  /// on whom it depends has changed since it was looked up: then it is to be looked up again. False says
  /// nothing.
  [[nodiscard]] bool hasEnded(const Principal& principal) const;
  void clear();
  /// Forgets everything. false: notices may be missed, so nothing is answered from here.
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
  using Index = std::unordered_multimap<Uuid, Key>;
  void erase(Entries::iterator entry);
  void eraseAll(Index& index, const Uuid& id);
  void clearEntries();

  const ClockInterface& clock_;
  const Limits limits_;
  std::atomic<bool> listening_{false};
  std::atomic<std::uint64_t> hits_{0};
  std::atomic<std::uint64_t> misses_{0};
  mutable std::mutex mutex_;
  std::uint64_t generation_ = 0;
  Entries entries_;  ///< oldest first
  std::unordered_map<Key, Entries::iterator, KeyHash> byKey_;
  Index byAccess_;
  Index byUser_;
  struct Change {
    TimePoint at;
    std::uint64_t generation = 0;
  };
  using Changes = std::unordered_map<Uuid, Change>;
  void note(Changes& changes, const Uuid& id);
  Changes ended_;                 ///< what ended lately: open streams ask for it
  Changes changed_;               ///< and who changed
  std::uint64_t allChanged_ = 0;  ///< the generation in which anybody may have
};

}  // namespace ks
