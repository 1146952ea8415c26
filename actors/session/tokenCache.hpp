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

/// What an access depends on: the session, or the key that calls instead of one.
inline Uuid accessIdOf(const Principal& principal) { return principal.keyId.value_or(principal.sessionId); }

/// Access tokens and keys that were found valid, so a request needs no look-up. Answers only while the
/// process is notified by the database of changes (`setListening`); otherwise every look-up is a miss
/// and the storage decides. Bounded; thread-safe.
class TokenCache {
 public:
  using Key = std::array<std::uint8_t, 32>;  ///< keyed hash of the token; never the token itself

  struct Limits {
    std::size_t entries = 65536;
    std::chrono::seconds maxAge{60};  ///< an entry older than this is looked up again
  };

  TokenCache(const ClockInterface& clock, Limits limits) : clock_(clock), limits_(limits) {}

  [[nodiscard]] std::optional<Authenticated> find(const Key& key);
  /// Grows with every removal. Read it before asking the storage.
  [[nodiscard]] std::uint64_t generation() const;
  /// Caches until `expires` at most. Refused if anything was removed since `generation`: the
  /// storage's answer may be older than that.
  void put(const Key& key, Authenticated authenticated, TimePoint expires, std::uint64_t generation);
  /// The session or key has ended.
  void forgetSession(Uuid accessId);
  /// The user or machine has changed; everything that depends on it is looked up again.
  void forgetUser(Uuid userId);
  /// Whether this process was notified that the session or key, or a key that created it, has ended, or that
  /// an account that it depends on has changed since it was looked up: then it must be looked up again. False
  /// means nothing.
  [[nodiscard]] bool hasEnded(const Principal& principal) const;
  void clear();
  /// Empties the cache. false: notifications may be missed, so nothing is answered from here.
  void setListening(bool listening);

  struct Counters {
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
  Changes ended_;                 ///< what ended recently, for open streams
  Changes changed_;               ///< and who changed
  std::uint64_t allChanged_ = 0;  ///< the generation in which anybody may have
};

}  // namespace ks
