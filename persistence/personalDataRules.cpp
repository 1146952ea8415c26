#include "persistence/personalDataRules.hpp"

#include <charconv>

#include "core/contentHash.hpp"

namespace ks::personalDataRules {

std::string activityCursor(const Uuid& userId, std::int64_t seq) {
  const auto number = std::to_string(seq);
  return number + "." + std::to_string(contentHash("ownActivity\n" + userId.toString() + "\n" + number));
}

std::optional<std::int64_t> activityBefore(const OwnActivityQuery& query) {
  std::int64_t seq = 0;
  const auto* const begin = query.cursor.data();
  const auto read = std::from_chars(begin, begin + query.cursor.size(), seq);
  return read.ec == std::errc{} && query.cursor == activityCursor(query.userId, seq) ? std::optional{seq}
                                                                                     : std::nullopt;
}

std::optional<Fault> checkActivityQuery(const OwnActivityQuery& query) {
  Fault fault;
  if (query.limit < 1 || query.limit > 200) {
    fault.code = ErrorCode::outOfRange;
    fault.field = "limit";
    fault.message = "limit must be 1 to 200";
    return fault;
  }
  if (!query.cursor.empty() && !activityBefore(query)) {
    fault.code = ErrorCode::cursorInvalid;
    fault.field = "cursor";
    fault.message = "the cursor is not one that this list gave out";
    return fault;
  }
  return std::nullopt;
}

}  // namespace ks::personalDataRules
