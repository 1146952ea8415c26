#include "monitoring/collector/violationEntry.hpp"

#include <algorithm>
#include <charconv>

#include "core/network/ipAddress.hpp"

namespace ks {
namespace {

constexpr std::size_t kLongestIdentifier = 128;
constexpr std::uint64_t kHighestCount = 1'000'000'000;
constexpr std::chrono::days kMostDistance{30};

std::optional<std::uint64_t> wholeNumber(std::string_view text) {
  std::uint64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || result.ec != std::errc{} || result.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::optional<RateLimitViolation> parseViolation(std::string_view text, TimePoint now) {
  RateLimitViolation violation;
  violation.at = now;
  if (const auto at = text.rfind('@');
      at != std::string_view::npos && text.find(':', at) == std::string_view::npos) {
    const auto ms = wholeNumber(text.substr(at + 1));
    if (!ms || *ms > static_cast<std::uint64_t>(INT64_MAX / 2)) {
      return std::nullopt;
    }
    violation.at = TimePoint{Milliseconds{static_cast<std::int64_t>(*ms)}};
    if (violation.at > now + kMostDistance || violation.at < now - kMostDistance) {
      return std::nullopt;
    }
    text = text.substr(0, at);
  }
  const auto first = text.find(':');
  const auto last = text.rfind(':');
  if (first == std::string_view::npos || first == last) {
    return std::nullopt;
  }
  const auto service = text.substr(0, first);
  const auto identifier = text.substr(first + 1, last - first - 1);
  const auto count = wholeNumber(text.substr(last + 1));
  if ((service != "auth" && service != "payment" && service != "admin") || identifier.empty() ||
      identifier.size() > kLongestIdentifier || !count || *count < 1 || *count > kHighestCount ||
      !std::all_of(identifier.begin(), identifier.end(), [](char c) { return c > ' ' && c < '\x7f'; })) {
    return std::nullopt;
  }
  violation.service = service;
  violation.identifier = identifier;
  violation.isAddress = IpAddress::parse(identifier).has_value();
  violation.count = static_cast<std::uint32_t>(*count);
  return violation;
}

}  // namespace ks
