#include "core/text/timeText.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace ks {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;

constexpr TimePoint kEarliest{sys_days{std::chrono::year{0} / 1 / 1}};
constexpr TimePoint kLatest{sys_days{std::chrono::year{9999} / 12 / 31} + days{1} - Milliseconds{1}};

/// Reads fixed-width pieces from the front of a text; remembers the first failure.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (i >= rest_.size() || rest_[i] < '0' || rest_[i] > '9') {
        good_ = false;
        return 0;
      }
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) { good_ = take(c) && good_; }
  [[nodiscard]] bool digitNext() const {
    return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool atEnd() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::optional<Milliseconds> scanFraction(Scanner& in) {
  if (!in.take('.')) {
    return Milliseconds{0};
  }
  int value = 0;
  int count = 0;
  while (in.digitNext()) {
    const int digit = in.digits(1);
    if (count < 3) {
      value = value * 10 + digit;
    }
    ++count;
  }
  if (count < 1 || count > 9) {
    return std::nullopt;
  }
  for (int i = count; i < 3; ++i) {
    value *= 10;
  }
  return Milliseconds{value};
}

std::optional<minutes> scanOffset(Scanner& in) {
  if (in.take('Z')) {
    return minutes{0};
  }
  const bool east = in.take('+');
  if (!east && !in.take('-')) {
    return std::nullopt;
  }
  const int h = in.digits(2);
  in.expect(':');
  const int m = in.digits(2);
  if (!in.good() || h > 23 || m > 59) {
    return std::nullopt;
  }
  const minutes offset = hours{h} + minutes{m};
  return east ? offset : -offset;
}

}  // namespace

std::string formatTime(TimePoint time) {
  const TimePoint bounded = std::clamp(time, kEarliest, kLatest);
  const auto day = std::chrono::floor<days>(bounded);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{bounded - day};
  std::array<char, 64> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<TimePoint> parseTime(std::string_view text) noexcept {
  Scanner in(text);
  const int year = in.digits(4);
  in.expect('-');
  const int month = in.digits(2);
  in.expect('-');
  const int day = in.digits(2);
  in.expect('T');
  const int hour = in.digits(2);
  in.expect(':');
  const int minute = in.digits(2);
  in.expect(':');
  const int second = in.digits(2);
  if (!in.good()) {
    return std::nullopt;
  }
  const auto fraction = scanFraction(in);
  const auto offset = scanOffset(in);
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!fraction || !offset || !in.atEnd() || !date.ok() || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  return TimePoint{sys_days{date}} + hours{hour} + minutes{minute} + seconds{second} + *fraction - *offset;
}

}  // namespace ks
