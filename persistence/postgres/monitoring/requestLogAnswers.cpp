#include "persistence/postgres/monitoring/requestLogAnswers.hpp"

#include <algorithm>
#include <utility>

#include "core/network/ipAddress.hpp"
#include "messages/monitoring/collectorRecords.hpp"
#include "persistence/postgres/monitoring/rollupQueries.hpp"

namespace ks {
namespace {

constexpr std::chrono::hours kWidestLog{24};
constexpr std::chrono::minutes kFirstPart{2};

/// 404, or a class: 4xx.
bool readStatus(const std::string& text, RequestLogPlan& plan) {
  if (text.empty()) {
    return true;
  }
  const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 3 || text[0] < '1' || text[0] > '9') {
    return false;
  }
  const int hundreds = (text[0] - '0') * 100;
  if (text.substr(1) == "xx") {
    plan.lowestStatus = hundreds;
    plan.highestStatus = hundreds + 99;
    return true;
  }
  plan.lowestStatus = plan.highestStatus = hundreds + (text[1] - '0') * 10 + (text[2] - '0');
  return isDigit(text[1]) && isDigit(text[2]);
}

/// Filters that the cursor belongs to. The range is not among them: it moves on with the clock.
std::string listOf(const RequestLogQuery& query) {
  std::string list = "requests";
  for (const auto& part :
       {query.service, query.remoteIp, query.route, query.status, query.method, query.requestId,
        std::string{query.rateLimited ? *query.rateLimited ? "1" : "0" : ""}}) {
    list += '\n';
    list += part;
  }
  return list;
}

/// One request is found through the index wherever it is; everything else is looked for in the newest part
/// first. This applies to an address too: a busy one is in every block, and the index then saves nothing.
void divide(TimeRange range, bool whole, RequestLogPlan& plan) {
  auto end = range.to;
  std::chrono::milliseconds length = kFirstPart;
  while (end > range.from) {
    const auto start = whole ? range.from : std::max(range.from, end - length);
    plan.since.push_back(start);
    plan.until.push_back(end);
    end = start;
    length *= 2;
  }
}

}  // namespace

Result<RequestLogPlan> planRequestLog(const RequestLogQuery& query) {
  if (auto fault = checkQuery(query.service, query.range, kWidestLog)) {
    return std::move(*fault);
  }
  if (auto fault = checkLimit(query.limit)) {
    return std::move(*fault);
  }
  RequestLogPlan plan;
  plan.limit = query.limit;
  plan.service = query.service == kAllServices ? "" : query.service;
  if (!readStatus(query.status, plan)) {
    return fieldFault(ErrorCode::invalidFormat, "status", "status must be a code (404) or a class (4xx)");
  }
  if (!query.remoteIp.empty()) {
    const auto network = IpNetwork::parse(query.remoteIp);
    if (!network) {
      return fieldFault(
          ErrorCode::invalidFormat, "remote_ip",
          "remote_ip must be an address or a network (10.0.0.0/8) without bits beyond its prefix");
    }
    if (const auto address = IpAddress::parse(query.remoteIp)) {
      plan.address = address->toString();
    } else {
      plan.network = network->toString();
    }
  }
  plan.list = listOf(query);
  auto after = takeCursor(plan.list, query.cursor, query.range);
  if (!after) {
    return std::move(after.fault());
  }
  plan.after = std::move(after.value());
  auto range = query.range;
  if (plan.after) {
    const auto id = Uuid::parse(plan.after->key);
    if (!id) {
      return fieldFault(ErrorCode::cursorInvalid, "cursor", "the cursor is not one that this list gave out");
    }
    plan.afterId = *id;
    range.to = std::min(range.to, plan.after->at + Milliseconds{1});
  }
  divide(range, !query.requestId.empty(), plan);
  return plan;
}

RequestLogPage requestLogPageOf(const RequestLogPlan& plan, std::vector<RequestLogRow> rows) {
  RequestLogPage page;
  if (rows.size() > plan.limit) {
    rows.resize(plan.limit);
    page.nextCursor = writePageCursor(plan.list, {rows.back().timestamp, rows.back().id.toString()});
  }
  page.rows = std::move(rows);
  return page;
}

}  // namespace ks
