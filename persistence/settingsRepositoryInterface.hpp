#pragma once
#include <functional>
#include <memory>

#include "core/result.hpp"
#include "messages/administration/settingsRecords.hpp"

namespace ks {

/// Storage of settings changed by administrators. Blocking, within the database timeout; belongs
/// to one thread.
class SettingsRepositoryInterface {
 public:
  virtual ~SettingsRepositoryInterface() = default;

  /// Number of the last change; 0: there was none.
  virtual Result<std::int64_t> version() = 0;
  virtual Result<StoredSettingsState> load() = 0;
  /// The number of this change; nothing when `expectedVersion` is no longer the last one. After a fault of a
  /// lost connection it may have been done nevertheless.
  virtual Result<std::optional<std::int64_t>> change(const NewSettingsChange& change) = 0;
  /// cursorInvalid.
  virtual Result<SettingsHistoryPage> history(const SettingsHistoryQuery& query) = 0;
};

using SettingsRepositoryFactory = std::function<std::unique_ptr<SettingsRepositoryInterface>()>;

}  // namespace ks
