#include "core/payment/jakartaTime.hpp"

#include <algorithm>

#include "core/text/timeText.hpp"

namespace ks {
namespace {

constexpr std::chrono::hours kJakartaOffset{7};
constexpr std::size_t kDayLength = 10;
constexpr std::size_t kSecondsEnd = 19;  ///< length of yyyy-MM-ddTHH:mm:ss

/// Jakarta's clock as UTC would show it.
std::string jakartaClock(TimePoint time) {
  return formatTime(std::min(time, TimePoint::max() - kJakartaOffset) + kJakartaOffset);
}

}  // namespace

std::string jakartaDay(TimePoint time) { return jakartaClock(time).substr(0, kDayLength); }

TimePoint jakartaDayStart(TimePoint time) {
  return std::chrono::floor<std::chrono::days>(time + kJakartaOffset) - kJakartaOffset;
}

std::optional<TimePoint> jakartaDayFrom(std::string_view day) {
  return day.size() == kDayLength ? parseTime(std::string(day) + "T00:00:00+07:00") : std::nullopt;
}

std::string formatSnapTime(TimePoint time) {
  auto text = jakartaClock(time);
  text.replace(text.size() - 1, 1, "+07:00");
  return text;
}

std::optional<TimePoint> parseSnapTime(std::string_view text) {
  // parseTime reads +hh:mm only.
  const auto sign = text.find_first_of("+-", std::min(kSecondsEnd, text.size()));
  std::string strict(text);
  if (sign != std::string_view::npos) {
    const auto length = text.size() - sign;
    if (length == 3) {
      strict += ":00";
    } else if (length == 5) {
      strict.insert(sign + 3, ":");
    }
  }
  return parseTime(strict);
}

}  // namespace ks
