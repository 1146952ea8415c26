#pragma once
#include <memory>
#include <optional>

#include "messages/administration/settingsRecords.hpp"
#include "messages/platform/typeIds.hpp"

// Messages of the settings actor, in a type-id block of their own.
namespace ks {

struct ChangeSettings {
  RequestContext context;
  std::optional<std::int64_t> expectedVersion;  ///< none: whatever stands now
  SettingWishes wishes;
};
struct ListSettingsHistory : SettingsHistoryQuery {
  RequestContext context;
};
using LiveSettingsPtr = std::shared_ptr<const LiveSettings>;

}  // namespace ks

CAF_BEGIN_TYPE_ID_BLOCK(kSettings, caf::first_custom_type_id + 600)
CAF_ADD_TYPE_ID(kSettings, (ks::ChangeSettings))
CAF_ADD_TYPE_ID(kSettings, (ks::ListSettingsHistory))
CAF_ADD_TYPE_ID(kSettings, (ks::SettingsHistoryPage))
CAF_ADD_TYPE_ID(kSettings, (ks::LiveSettingsPtr))
CAF_END_TYPE_ID_BLOCK(kSettings)

namespace ks {

/// Keeps the process's settings board up to date with the database, within a second; in the admin process it
/// also changes settings in the database and publishes the change through Redis.
using SettingsActor = caf::typed_actor<
    // What is in force afterwards. validationFailed and its details, versionMismatch.
    caf::result<LiveSettingsPtr>(ChangeSettings),
    // Newest first. cursorInvalid.
    caf::result<SettingsHistoryPage>(ListSettingsHistory),
    // From the Redis subscription.
    caf::result<void>(RedisNotice), caf::result<void>(TickAtom)>;

}  // namespace ks
