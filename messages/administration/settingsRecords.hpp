#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/logging/auditEvent.hpp"
#include "core/settings/liveSettings.hpp"
#include "core/uuid.hpp"

// Settings in the database. Plain data.
namespace ks {

/// Redis channel on which the admin process announces changes of settings; the payload is the
/// number of the change.
inline constexpr std::string_view kSettingsChangedChannel = "ksysadmin:settings:changed";

/// New values by variable; nothing: reset to the environment, the file or the default.
using SettingWishes = std::map<std::string, std::optional<std::string>, std::less<>>;

struct StoredSettingsState {
  std::int64_t version = 0;
  StoredSettings values;
};

/// A change to be stored.
struct NewSettingsChange {
  std::int64_t expectedVersion = 0;
  SettingWishes wishes;
  std::optional<Uuid> by;  ///< none: the operator
  std::string requestId;
  TimePoint now;
  AuditEvent audit;
};

/// One variable's part in one change.
struct SettingsHistoryRow {
  std::int64_t version = 0;
  std::string variable;
  std::optional<std::string> before;  ///< none: it came from the environment, the file or the default
  std::optional<std::string> after;
  std::optional<Uuid> by;
  TimePoint at;
  std::string requestId;
};

struct SettingsHistoryQuery {
  std::string variable;  ///< empty: all
  std::uint32_t limit = 50;
  std::string cursor;
};

struct SettingsHistoryPage {
  std::vector<SettingsHistoryRow> rows;
  std::string nextCursor;
};

}  // namespace ks
