#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "messages/account/personalDataRecords.hpp"

// What every engine asks of a page of activity.
namespace ks::personalDataRules {

/// outOfRange, cursorInvalid; nothing: the query is good.
[[nodiscard]] std::optional<Fault> checkActivityQuery(const OwnActivityQuery& query);
/// The entry that the page before ended with; nothing: from the newest.
[[nodiscard]] std::optional<std::int64_t> activityBefore(const OwnActivityQuery& query);
[[nodiscard]] std::string activityCursor(const Uuid& userId, std::int64_t seq);

}  // namespace ks::personalDataRules
