#pragma once
#include <optional>
#include <string_view>

#include "messages/monitoring/collectorRecords.hpp"

namespace ks {

/// One entry of the Redis list: `service:identifier:count@unix_ms`, or the old form without `@unix_ms`, which
/// gets the time `now`. The identifier may hold colons (IPv6): the first and the last colon are the borders.
/// Anything that reaches Redis can push: nothing if the service is unknown, the identifier empty, over 128
/// bytes, not printable ASCII, the count not 1 to 1,000,000,000, or the time more than 30 days from `now`.
std::optional<RateLimitViolation> parseViolation(std::string_view text, TimePoint now);

}  // namespace ks
