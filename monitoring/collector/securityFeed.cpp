#include "monitoring/collector/securityFeed.hpp"

#include <string_view>

#include "core/contentHash.hpp"
#include "messages/monitoring/logRowId.hpp"

namespace ks {
namespace {

std::optional<SecurityEventKind> kindOf(const HttpLogEntry& entry) {
  if (!entry.hasAddress || entry.banned) {
    return std::nullopt;
  }
  if (entry.rateLimited) {
    return SecurityEventKind::violation;
  }
  if (entry.honeypot) {
    return SecurityEventKind::honeypot;
  }
  if (entry.status == 403 || entry.status == 404) {
    return SecurityEventKind::denied;
  }
  return std::nullopt;
}

}  // namespace

std::uint64_t pathHashOf(std::string_view url) noexcept { return contentHash(url.substr(0, url.find('?'))); }

std::vector<SecurityEvent> securityEventsOf(const IngestBatch& batch) {
  std::vector<SecurityEvent> events;
  for (const auto& entry : batch.entries) {
    if (const auto kind = kindOf(entry)) {
      auto& event = events.emplace_back();
      event.id = logRowId(batch.before.id, entry);
      event.at = entry.at;
      event.kind = *kind;
      event.source = IpAddress::ofBytes(entry.address);
      event.path = pathHashOf(entry.url);
      event.crossSite = entry.crossSite;
    }
  }
  return events;
}

}  // namespace ks
