#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <utility>

namespace ks {

/// At most `most` entries; a new one replaces the least recently used one.
template <class Key, class Value, class Hash = std::hash<Key>>
class TrackedTable {
 public:
  explicit TrackedTable(std::size_t most) : most_(most) {}
  TrackedTable(const TrackedTable&) = delete;
  TrackedTable& operator=(const TrackedTable&) = delete;
  TrackedTable(TrackedTable&&) noexcept = default;
  TrackedTable& operator=(TrackedTable&&) noexcept = default;
  ~TrackedTable() = default;

  /// The key's entry, made when there is none; valid until the next call.
  Value& touch(const Key& key) {
    if (const auto found = places_.find(key); found != places_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
      return found->second->second;
    }
    if (entries_.size() >= most_) {
      places_.erase(entries_.back().first);
      entries_.pop_back();
      ++evicted_;
    }
    entries_.emplace_front(key, Value{});
    places_.emplace(key, entries_.begin());
    return entries_.front().second;
  }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::uint64_t evicted() const noexcept { return evicted_; }

 private:
  using Entries = std::list<std::pair<Key, Value>>;
  std::size_t most_;
  Entries entries_;
  std::unordered_map<Key, typename Entries::iterator, Hash> places_;
  std::uint64_t evicted_ = 0;
};

}  // namespace ks
