#include "monitoring/collector/routeTemplate.hpp"

#include <algorithm>
#include <array>

namespace ks {
namespace {

constexpr std::size_t kMostSegments = 8;
constexpr std::size_t kLongestSegment = 64;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isHex(char c) { return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string_view pathOf(std::string_view url) { return url.substr(0, url.find_first_of("?#")); }

bool isUnder(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

bool looksLikeIdentifier(std::string_view segment) {
  const auto digits = static_cast<std::size_t>(std::count_if(segment.begin(), segment.end(), isDigit));
  const auto hexes = static_cast<std::size_t>(
      std::count_if(segment.begin(), segment.end(), [](char c) { return isHex(c) || c == '-'; }));
  if (digits == segment.size() || segment.find('@') != std::string_view::npos ||
      segment.find("%40") != std::string_view::npos) {
    return true;
  }
  if (hexes == segment.size() && segment.size() >= 16) {
    return true;
  }
  if (digits >= 3 && !isLetter(segment.front())) {
    return true;
  }
  const bool base64 = std::all_of(segment.begin(), segment.end(), [](char c) {
    return isDigit(c) || isLetter(c) || c == '-' || c == '_' || c == '=' || c == '+';
  });
  return base64 && segment.size() >= 20 && digits > 0;
}

}  // namespace

LogService serviceOfUrl(std::string_view url) noexcept {
  const auto path = pathOf(url);
  if (isUnder(path, "/api/auth")) {
    return LogService::auth;
  }
  if (isUnder(path, "/api/payment")) {
    return LogService::payment;
  }
  return isUnder(path, "/api/admin") ? LogService::admin : LogService::gateway;
}

std::string templateOfUrl(std::string_view url) {
  auto path = pathOf(url);
  std::string out;
  std::size_t segments = 0;
  while (!path.empty()) {
    if (path.front() == '/') {
      path.remove_prefix(1);
      continue;
    }
    const auto segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    if (++segments > kMostSegments) {
      out += "/{rest}";
      return out;
    }
    out += '/';
    if (looksLikeIdentifier(segment)) {
      out += "{id}";
    } else if (segment.size() > kLongestSegment) {
      out += "{long}";
    } else {
      out += segment;
    }
  }
  return out.empty() ? "/" : out;
}

std::string_view RouteNamer::name(LogService service, std::string_view url, TimePoint at) {
  if (service == LogService::gateway) {
    const auto path = pathOf(url);
    for (const std::string_view exact : {"/", "/health", "/honeypot"}) {
      if (path == exact) {
        return exact;
      }
    }
    constexpr std::array<std::array<std::string_view, 2>, 3> kApps{
        {{"/auth", "/auth/{file}"}, {"/payment", "/payment/{file}"}, {"/admin", "/admin/{file}"}}};
    for (const auto& app : kApps) {
      if (isUnder(path, app[0])) {
        return app[1];
      }
    }
    return kOther;
  }
  const std::int64_t day = std::chrono::floor<std::chrono::days>(at).time_since_epoch().count();
  if (day != day_) {
    known_.clear();
    day_ = day;
  }
  auto made = templateOfUrl(url);
  if (const auto found = known_.find(made); found != known_.end()) {
    return *found;
  }
  if (known_.size() >= kMostTemplates) {
    return kOther;
  }
  return *known_.insert(std::move(made)).first;
}

}  // namespace ks
