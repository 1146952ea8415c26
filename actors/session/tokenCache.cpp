#include "actors/session/tokenCache.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace ks {
namespace {

constexpr std::chrono::seconds kEndedMemory{60};
constexpr std::size_t kEndedLimit = 100'000;

template <class Index>
void removeFrom(Index& index, const Uuid& id, const TokenCache::Key& key) {
  const auto range = index.equal_range(id);
  const auto found =
      std::find_if(range.first, range.second, [&](const auto& pair) { return pair.second == key; });
  if (found != range.second) {
    index.erase(found);
  }
}

}  // namespace

std::size_t TokenCache::KeyHash::operator()(const Key& key) const noexcept {
  std::size_t hash = 0;
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

std::optional<Authenticated> TokenCache::find(const Key& key) {
  if (!listening_.load(std::memory_order_acquire)) {
    return std::nullopt;
  }
  const auto now = clock_.now();
  const std::lock_guard lock(mutex_);
  const auto it = byKey_.find(key);
  if (it == byKey_.end()) {
    return std::nullopt;
  }
  if (it->second->expires <= now) {
    erase(it->second);
    return std::nullopt;
  }
  return it->second->authenticated;
}

std::uint64_t TokenCache::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void TokenCache::put(const Key& key, Authenticated authenticated, TimePoint expires,
                     std::uint64_t generation) {
  const auto now = clock_.now();
  const auto accessId = accessIdOf(*authenticated.principal);
  const auto principal = authenticated.principal;
  const std::lock_guard lock(mutex_);
  if (!listening_.load(std::memory_order_acquire) || limits_.entries == 0 || generation != generation_) {
    return;
  }
  if (const auto old = byKey_.find(key); old != byKey_.end()) {
    erase(old->second);
  }
  while (entries_.size() >= limits_.entries) {
    erase(entries_.begin());
  }
  entries_.push_back({key, std::move(authenticated), std::min<TimePoint>(expires, now + limits_.maxAge)});
  byKey_.emplace(key, std::prev(entries_.end()));
  byAccess_.emplace(accessId, key);
  byUser_.emplace(principal->userId, key);
  for (const auto& id : principal->dependsOn) {
    byUser_.emplace(id, key);
  }
}

void TokenCache::forgetSession(Uuid accessId) {
  const std::lock_guard lock(mutex_);
  ++generation_;
  eraseAll(byAccess_, accessId);
  note(ended_, accessId);
}

void TokenCache::forgetUser(Uuid userId) {
  const std::lock_guard lock(mutex_);
  ++generation_;
  eraseAll(byUser_, userId);
  note(changed_, userId);
}

void TokenCache::note(Changes& changes, const Uuid& id) {
  const auto now = clock_.now();
  if (changes.size() >= kEndedLimit) {
    std::erase_if(changes, [&](const auto& pair) { return pair.second.at + kEndedMemory < now; });
    if (changes.size() >= kEndedLimit) {
      changes.clear();
    }
  }
  changes[id] = {now, generation_};
}

bool TokenCache::hasEnded(const Principal& principal) const {
  const std::lock_guard lock(mutex_);
  const auto& above = principal.dependsOn;
  return ended_.contains(accessIdOf(principal)) || (!above.empty() && allChanged_ > principal.knownSince) ||
         std::any_of(above.begin(), above.end(), [&](const Uuid& id) {
           const auto changed = changed_.find(id);
           return ended_.contains(id) ||
                  (changed != changed_.end() && changed->second.generation > principal.knownSince);
         });
}

void TokenCache::clear() {
  const std::lock_guard lock(mutex_);
  clearEntries();
}

void TokenCache::setListening(bool listening) {
  const std::lock_guard lock(mutex_);
  listening_.store(listening, std::memory_order_release);
  clearEntries();
}

TokenCache::Counters TokenCache::counters() const {
  const std::lock_guard lock(mutex_);
  return {entries_.size(), listening_.load()};
}

void TokenCache::clearEntries() {
  allChanged_ = ++generation_;
  entries_.clear();
  byKey_.clear();
  byAccess_.clear();
  byUser_.clear();
}

void TokenCache::eraseAll(Index& index, const Uuid& id) {
  std::vector<Key> keys;
  const auto range = index.equal_range(id);
  std::transform(range.first, range.second, std::back_inserter(keys),
                 [](const auto& pair) { return pair.second; });
  // An entry may stand under one id twice: a user's own key depends on its owner.
  for (const auto& key : keys) {
    if (const auto found = byKey_.find(key); found != byKey_.end()) {
      erase(found->second);
    }
  }
}

void TokenCache::erase(Entries::iterator entry) {
  const auto& principal = *entry->authenticated.principal;
  removeFrom(byAccess_, accessIdOf(principal), entry->key);
  removeFrom(byUser_, principal.userId, entry->key);
  for (const auto& id : principal.dependsOn) {
    removeFrom(byUser_, id, entry->key);
  }
  byKey_.erase(entry->key);
  entries_.erase(entry);
}

}  // namespace ks
