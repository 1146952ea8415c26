#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/clockInterface.hpp"

namespace ks {

/// The bank's business day at `time`: the date in Jakarta (UTC+7 all year) as `yyyy-MM-dd`.
[[nodiscard]] std::string jakartaDay(TimePoint time);

/// When that day began.
[[nodiscard]] TimePoint jakartaDayStart(TimePoint time);
/// When the day `yyyy-MM-dd` begins. Nothing for a date that does not exist, or for anything else.
[[nodiscard]] std::optional<TimePoint> jakartaDayFrom(std::string_view day);

/// SNAP's `X-TIMESTAMP`: `yyyy-MM-ddTHH:mm:ss.SSS+07:00`.
[[nodiscard]] std::string formatSnapTime(TimePoint time);

/// Reads what partners send as a time: as parseTime, but the offset may also be `+hhmm` or `+hh`. Nothing
/// without an offset, for a date that does not exist, or for anything else.
[[nodiscard]] std::optional<TimePoint> parseSnapTime(std::string_view text);

}  // namespace ks
