#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/clockInterface.hpp"

namespace ks {

/// RFC 3339 in UTC with milliseconds: `2026-02-03T10:30:45.123Z`. Times outside the years 0000 to 9999 become
/// the nearest end.
std::string formatTime(TimePoint time);

/// Strict RFC 3339: date, `T`, time, optional fraction (1 to 9 digits, cut to milliseconds), `Z` or
/// `+hh:mm`/`-hh:mm`. Upper case only, real dates only, no leap seconds; anything else is nothing.
std::optional<TimePoint> parseTime(std::string_view text) noexcept;

}  // namespace ks
