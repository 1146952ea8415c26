#include "monitoring/collector/rollupAccumulator.hpp"

#include <map>
#include <tuple>

#include "core/contentHash.hpp"

namespace ks {
namespace {

using RowKey = std::tuple<TimePoint, std::string, std::string>;
using Rows = std::map<RowKey, RollupCounts>;

void moveRows(Rows& rows, std::vector<RollupDelta>& out) {
  out.clear();
  out.reserve(rows.size());
  for (auto& [key, counts] : rows) {
    out.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), std::move(counts)});
  }
}

}  // namespace

void RollupAccumulator::add(const HttpLogEntry& entry) {
  const auto minute = std::chrono::floor<std::chrono::minutes>(entry.at).time_since_epoch().count();
  const std::uint64_t hash = contentHash(
      entry.route, static_cast<std::uint64_t>(minute) * 8 + static_cast<std::uint64_t>(entry.service));
  const auto matches = [&](std::size_t place) {
    const auto& key = keys_[place];
    return key.minute == minute && key.service == entry.service && key.route == entry.route;
  };
  std::size_t place = SIZE_MAX;
  const auto [begin, end] = places_.equal_range(hash);
  for (auto at = begin; at != end && place == SIZE_MAX; ++at) {
    if (matches(at->second)) {
      place = at->second;
    }
  }
  if (place == SIZE_MAX) {
    place = keys_.size();
    keys_.push_back({minute, entry.service, std::string{entry.route}});
    counts_.emplace_back();
    places_.emplace(hash, place);
  }
  auto& counts = counts_[place];
  ++counts.total;
  // Each request counts in one class: an answer of the limiter is neither a success nor a client error.
  if (entry.rateLimited) {
    ++counts.rateLimited;
  } else if (entry.status >= 500) {
    ++counts.status5xx;
  } else if (entry.status >= 400) {
    ++counts.status4xx;
  } else if (entry.status >= 300) {
    ++counts.status3xx;
  } else {
    ++counts.status2xx;
  }
  counts.bytesSent += entry.bytesSent;
  counts.gatewaySumUs += entry.gatewayUs;
  counts.gateway.add(entry.gatewayUs);
  if (entry.backendUs >= 0) {
    ++counts.backendCount;
    counts.backendSumUs += static_cast<std::uint64_t>(entry.backendUs);
    counts.backend.add(static_cast<std::uint64_t>(entry.backendUs));
  }
  if (entry.hasAddress) {
    counts.addresses.add(
        contentHash({reinterpret_cast<const char*>(entry.address.data()), entry.address.size()}));
  }
}

void RollupAccumulator::take(std::vector<RollupDelta>& minutes, std::vector<RollupDelta>& hours) {
  Rows minuteRows;
  Rows hourRows;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const TimePoint minute{std::chrono::minutes{keys_[i].minute}};
    const TimePoint hour = std::chrono::floor<std::chrono::hours>(minute);
    const std::string service{kLogServiceNames[static_cast<std::size_t>(keys_[i].service)]};
    auto& counts = counts_[i];
    minuteRows[{minute, service, ""}].merge(counts);
    minuteRows[{minute, std::string{kAllServices}, ""}].merge(counts);
    hourRows[{hour, service, keys_[i].route}].merge(counts);
    minuteRows[{minute, service, keys_[i].route}].merge(counts);
  }
  std::vector<std::pair<RowKey, const RollupCounts*>> totals;
  for (const auto& [key, counts] : minuteRows) {
    if (std::get<2>(key).empty()) {
      totals.emplace_back(
          RowKey{std::chrono::floor<std::chrono::hours>(std::get<0>(key)), std::get<1>(key), ""}, &counts);
    }
  }
  for (const auto& [key, counts] : totals) {
    hourRows[key].merge(*counts);
  }
  moveRows(minuteRows, minutes);
  moveRows(hourRows, hours);
  keys_.clear();
  counts_.clear();
  places_.clear();
}

}  // namespace ks
