#include "monitoring/live/liveSummary.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string>
#include <utility>

#include "core/network/ipAddress.hpp"

namespace ks {
namespace {

constexpr double kMicrosecondsPerMs = 1000.0;

std::string addressOf(const std::array<std::uint8_t, 16>& bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
  const auto address = IpAddress::parse(text.data());
  return address ? address->toString() : std::string{};
}

LiveRequest liveRequestOf(const HttpLogEntry& entry) {
  LiveRequest request;
  request.at = entry.at;
  request.requestId = entry.requestId;
  request.service = kLogServiceNames[static_cast<std::size_t>(entry.service)];
  request.method = entry.method;
  request.route = entry.route;
  request.status = entry.status;
  request.rateLimited = entry.rateLimited;
  request.remoteIp = entry.hasAddress ? addressOf(entry.address) : std::string{};
  request.latencyMs = static_cast<double>(entry.gatewayUs) / kMicrosecondsPerMs;
  return request;
}

}  // namespace

void LiveSummaryBuilder::add(const IngestBatch& batch, TimePoint now) {
  std::vector<const HttpLogEntry*> live;
  for (const auto& entry : batch.entries) {
    if (entry.at < now - kLive) {
      ++current_.late;
      continue;
    }
    ++current_.requests;
    current_.rateLimited += entry.rateLimited ? 1 : 0;
    current_.clientErrors += !entry.rateLimited && entry.status >= 400 && entry.status < 500 ? 1 : 0;
    current_.serverErrors += !entry.rateLimited && entry.status >= 500 ? 1 : 0;
    latencies_[second_].add(entry.gatewayUs);
    live.push_back(&entry);
  }
  const auto first = live.size() - std::min(live.size(), kRecent);
  for (auto i = first; i < live.size(); ++i) {
    recent_.push_back(liveRequestOf(*live[i]));
  }
  while (recent_.size() > kRecent) {
    recent_.pop_front();
  }
}

LiveSummary LiveSummaryBuilder::take(TimePoint now, bool collecting) {
  auto summary = std::exchange(current_, LiveSummary{});
  summary.at = now;
  summary.collecting = collecting;
  LatencyHistogram all;
  for (const auto& second : latencies_) {
    all.merge(second);
  }
  summary.latencyMs = {all.quantile(0.5) / kMicrosecondsPerMs, all.quantile(0.95) / kMicrosecondsPerMs,
                       all.quantile(0.99) / kMicrosecondsPerMs};
  summary.recent.assign(recent_.rbegin(), recent_.rend());
  second_ = (second_ + 1) % kLatencySpan;
  latencies_[second_] = {};
  return summary;
}

}  // namespace ks
