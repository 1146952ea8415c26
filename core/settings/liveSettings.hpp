#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "core/settings/settings.hpp"

namespace ks {

/// Values set by administrators, by variable: texts as in the environment.
using StoredSettings = std::map<std::string, std::string, std::less<>>;

/// `base` overridden by `stored`. A setting that cannot be changed while running, or has an invalid value,
/// is a fault and is ignored; the faults are those of `stored` only.
LoadedSettings layerSettings(const LoadedSettings& base, const StoredSettings& stored);

/// A consistent snapshot of the values in force. Immutable.
struct LiveSettings {
  LoadedSettings loaded;
  std::int64_t version = 0;  ///< number of the last change in the database
};

/// The current settings of the process. Thread-safe.
class SettingsBoard {
 public:
  explicit SettingsBoard(LoadedSettings base)
      : current_(std::make_shared<const LiveSettings>(LiveSettings{std::move(base), 0})) {}

  [[nodiscard]] std::shared_ptr<const LiveSettings> current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void publish(LiveSettings next) {
    auto made = std::make_shared<const LiveSettings>(std::move(next));
    const std::lock_guard lock(mutex_);
    current_ = std::move(made);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const LiveSettings> current_;
};

/// Some settings in the form that their user needs, rebuilt after every change: read it at each use,
/// keep no reference to it. Belongs to one thread; each thread has its own copy.
template <class T>
class Live {
 public:
  /// Never changes.
  Live(T fixed = {}) : value_(std::move(fixed)) {}
  Live(std::shared_ptr<const SettingsBoard> board, T (*of)(const Settings&))
      : board_(std::move(board)), of_(of), seen_(board_->current()), value_(of_(seen_->loaded.settings)) {}

  const T& operator*() const {
    if (board_) {
      if (auto current = board_->current(); current != seen_) {
        seen_ = std::move(current);
        value_ = of_(seen_->loaded.settings);
      }
    }
    return value_;
  }
  const T* operator->() const { return &**this; }

 private:
  std::shared_ptr<const SettingsBoard> board_;
  T (*of_)(const Settings&) = nullptr;
  mutable std::shared_ptr<const LiveSettings> seen_;
  mutable T value_;
};

}  // namespace ks
