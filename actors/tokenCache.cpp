#include "actors/tokenCache.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace ks {
namespace {

constexpr std::chrono::seconds kEndedMemory{60};
constexpr std::size_t kEndedLimit = 100'000;

}  // namespace

std::size_t TokenCache::KeyHash::operator()(const Key& key) const noexcept {
  std::size_t hash = 0;
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

std::optional<Authenticated> TokenCache::find(const Key& key) {
  if (!listening_.load(std::memory_order_acquire)) {
    misses_.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  const auto now = clock_.now();
  const std::lock_guard lock(mutex_);
  const auto it = byKey_.find(key);
  if (it == byKey_.end()) {
    misses_.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  if (it->second->expires <= now) {
    erase(it->second);
    misses_.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  hits_.fetch_add(1, std::memory_order_relaxed);
  return it->second->authenticated;
}

void TokenCache::put(const Key& key, Authenticated authenticated, TimePoint expires) {
  if (!listening_.load(std::memory_order_acquire) || limits_.entries == 0) {
    return;
  }
  const auto now = clock_.now();
  const auto sessionId = authenticated.principal->sessionId;
  const std::lock_guard lock(mutex_);
  if (ended_.contains(sessionId)) {
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
  bySession_.emplace(sessionId, key);
}

void TokenCache::forgetSession(Uuid sessionId) {
  const auto now = clock_.now();
  const std::lock_guard lock(mutex_);
  std::vector<Key> keys;
  const auto range = bySession_.equal_range(sessionId);
  std::transform(range.first, range.second, std::back_inserter(keys),
                 [](const auto& pair) { return pair.second; });
  for (const auto& key : keys) {
    erase(byKey_.at(key));
  }
  if (ended_.size() >= kEndedLimit) {
    std::erase_if(ended_, [&](const auto& pair) { return pair.second + kEndedMemory < now; });
    if (ended_.size() >= kEndedLimit) {
      ended_.clear();
      entries_.clear();
      byKey_.clear();
      bySession_.clear();
    }
  }
  ended_[sessionId] = now;
}

bool TokenCache::hasEnded(Uuid sessionId) const {
  const std::lock_guard lock(mutex_);
  return ended_.contains(sessionId);
}

void TokenCache::clear() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  byKey_.clear();
  bySession_.clear();
}

void TokenCache::setListening(bool listening) {
  listening_.store(listening, std::memory_order_release);
  if (!listening) {
    clear();
  }
}

TokenCache::Counters TokenCache::counters() const {
  const std::lock_guard lock(mutex_);
  return {hits_.load(), misses_.load(), entries_.size(), listening_.load()};
}

void TokenCache::erase(Entries::iterator entry) {
  const auto range = bySession_.equal_range(entry->authenticated.principal->sessionId);
  for (auto it = range.first; it != range.second; ++it) {
    if (it->second == entry->key) {
      bySession_.erase(it);
      break;
    }
  }
  byKey_.erase(entry->key);
  entries_.erase(entry);
}

}  // namespace ks
