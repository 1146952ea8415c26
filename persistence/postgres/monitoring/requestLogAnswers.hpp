#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/text/pageCursor.hpp"
#include "core/uuid.hpp"
#include "messages/monitoring/requestLogMessages.hpp"

// How a page of the request log is looked for.
namespace ks {

struct RequestLogPlan {
  /// Parts of the range, the newest first, each as long as all before it together: a page is mostly full
  /// after the first few, and the rest is not read.
  std::vector<TimePoint> since;
  std::vector<TimePoint> until;
  std::uint32_t limit = 50;
  std::string list;                 ///< the list name of its cursors
  std::optional<PageCursor> after;  ///< time and id of the last row seen
  Uuid afterId;
  std::string service;                 ///< empty: all
  std::string network;                 ///< empty: any address
  std::optional<std::string> address;  ///< instead of the network when it is one address
  int lowestStatus = 0;
  int highestStatus = 999;
};

[[nodiscard]] Result<RequestLogPlan> planRequestLog(const RequestLogQuery& query);
/// `rows` holds one more than the limit when there is more.
[[nodiscard]] RequestLogPage requestLogPageOf(const RequestLogPlan& plan, std::vector<RequestLogRow> rows);

}  // namespace ks
