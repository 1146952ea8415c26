#include "monitoring/collector/nginxLogParser.hpp"

#include <simdjson.h>

#include <cmath>
#include <cstring>

#include "core/network/ipAddress.hpp"
#include "core/text/timeText.hpp"
#include "core/text/utf8.hpp"
#include "monitoring/collector/routeTemplate.hpp"

namespace ks {
namespace {

namespace ondemand = simdjson::ondemand;

static_assert(NginxLogParser::kPadding >= simdjson::SIMDJSON_PADDING);

constexpr std::size_t kLongestUrl = 2048;
constexpr std::size_t kLongestUserAgent = 512;
constexpr std::size_t kLongestRoute = 200;
constexpr std::size_t kLongestOther = 128;
constexpr double kLongestLatencyS = 1e6;
constexpr std::string_view kBannedZone = "banned";  // as nginx/lua/access.lua writes it

enum Seen : unsigned {
  kTime = 1,
  kRequestId = 2,
  kAddress = 4,
  kMethod = 8,
  kUrl = 16,
  kStatus = 32,
  kLatency = 64,
  kAllSeen = 127
};

std::string_view keyOf(ondemand::raw_json_string raw) {
  constexpr std::size_t kLongestKey = 24;
  const char* begin = raw.raw();
  const void* end = std::memchr(begin, '"', kLongestKey);
  return end ? std::string_view(begin, static_cast<std::size_t>(static_cast<const char*>(end) - begin))
             : std::string_view{};
}

/// A string's text: in place when nothing in it is escaped, else a copy in `unescaped`.
bool readText(ondemand::value value, std::deque<std::string>& unescaped, std::size_t longest,
              std::string_view& out, bool& repaired) {
  std::string_view token = value.raw_json_token();
  if (token.empty() || token.front() != '"') {
    return false;
  }
  token.remove_prefix(1);
  const auto close = token.rfind('"');
  if (close == std::string_view::npos) {
    return false;
  }
  token = token.substr(0, close);
  if (token.find('\\') == std::string_view::npos) {
    out = cutUtf8(token, longest);
    return true;
  }
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) {
    return false;
  }
  auto& copy = unescaped.emplace_back(cutUtf8(text, longest));
  for (auto at = copy.find('\0'); at != std::string::npos; at = copy.find('\0', at)) {
    copy.replace(at, 1, "\xef\xbf\xbd");
    repaired = true;
  }
  out = copy;
  return true;
}

/// Unix milliseconds, or seconds with a fraction as nginx's $msec is.
std::optional<TimePoint> unixTime(double value) {
  const double ms = value < 1e11 ? std::round(value * 1000) : value;
  constexpr double kYear2000 = 946'684'800'000;
  constexpr double kYear2200 = 7'258'118'400'000;
  if (!(ms >= kYear2000 && ms < kYear2200)) {
    return std::nullopt;
  }
  return TimePoint{Milliseconds{static_cast<std::int64_t>(ms)}};
}

}  // namespace

std::optional<std::int64_t> backendLatencyUs(std::string_view text) noexcept {
  std::int64_t sum = -1;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == ' ' || text[at] == ',' || text[at] == ':') {
      ++at;
      continue;
    }
    if (text[at] == '-') {
      ++at;
      continue;
    }
    std::int64_t us = 0;
    int digits = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++digits) {
      us = us * 10 + (text[at] - '0');
      if (us > 1'000'000) {
        return std::nullopt;
      }
    }
    if (digits == 0) {
      return std::nullopt;
    }
    us *= 1'000'000;
    if (at < text.size() && text[at] == '.') {
      ++at;
      for (std::int64_t unit = 100'000; at < text.size() && text[at] >= '0' && text[at] <= '9';
           ++at, unit /= 10) {
        us += (text[at] - '0') * unit;
      }
    }
    sum = std::max<std::int64_t>(sum, 0) + us;
  }
  return sum;
}

struct NginxLogParser::Implementation {
  ondemand::parser parser;

  std::optional<BadLineReason> parse(std::string_view line, HttpLogEntry& entry,
                                     std::deque<std::string>& unescaped, bool& badUtf8) {
    ondemand::document document;
    ondemand::object object;
    if (const auto error = parser.iterate(line.data(), line.size(), line.size() + kPadding).get(document)) {
      badUtf8 = error == simdjson::UTF8_ERROR;
      return BadLineReason::notJson;
    }
    if (const auto error = document.get_object().get(object)) {
      return error == simdjson::INCORRECT_TYPE ? BadLineReason::notAnEntry : BadLineReason::notJson;
    }
    unsigned seen = 0;
    std::optional<BadLineReason> fault;
    std::string_view isoTime;
    std::string_view text;
    for (auto field : object) {
      ondemand::raw_json_string rawKey;
      if (field.key().get(rawKey) != simdjson::SUCCESS) {
        return BadLineReason::notJson;
      }
      auto value = field.value().value_unsafe();
      const auto key = keyOf(rawKey);
      const auto readInto = [&](std::string_view& out, std::size_t longest, unsigned flag) {
        if (!readText(value, unescaped, longest, out, entry.repaired)) {
          fault = BadLineReason::notAnEntry;
        }
        seen |= flag;
      };
      if (key == "timestamp") {
        readInto(isoTime, kLongestOther, 0);
      } else if (key == "request_id") {
        readInto(entry.requestId, kLongestOther, kRequestId);
      } else if (key == "remote_ip") {
        readInto(text, kLongestOther, kAddress);
        if (const auto address = IpAddress::parse(text)) {
          entry.address = address->bytes();
          entry.hasAddress = true;
        }
      } else if (key == "method") {
        readInto(entry.method, kLongestOther, kMethod);
      } else if (key == "url") {
        readInto(entry.url, kLongestUrl, kUrl);
      } else if (key == "status") {
        std::int64_t status = 0;
        if (value.get_int64().get(status) != simdjson::SUCCESS || status < 0 || status > 999) {
          fault = BadLineReason::badStatus;
        }
        entry.status = static_cast<std::uint16_t>(status);
        seen |= kStatus;
      } else if (key == "rate_limited") {
        if (value.get_bool().get(entry.rateLimited) != simdjson::SUCCESS) {
          fault = BadLineReason::notAnEntry;
        }
      } else if (key == "cross_site") {
        if (value.get_bool().get(entry.crossSite) != simdjson::SUCCESS) {
          fault = BadLineReason::notAnEntry;
        }
      } else if (key == "user_agent") {
        readInto(entry.userAgent, kLongestUserAgent, 0);
      } else if (key == "nginx_latency_s") {
        double seconds = 0;
        if (value.get_double().get(seconds) != simdjson::SUCCESS ||
            !(seconds >= 0 && seconds < kLongestLatencyS)) {
          fault = BadLineReason::badLatency;
        } else {
          entry.gatewayUs = static_cast<std::uint64_t>(std::llround(seconds * 1e6));
        }
        seen |= kLatency;
      } else if (key == "backend_latency_s") {
        readInto(text, kLongestOther, 0);
        if (const auto us = backendLatencyUs(text)) {
          entry.backendUs = *us;
        } else {
          fault = BadLineReason::badLatency;
        }
      } else if (key == "user_id") {
        readInto(entry.userId, kLongestOther, 0);
      } else if (key == "zone") {
        readInto(text, kLongestOther, 0);
        entry.banned = text == kBannedZone;
      } else if (key == "route") {
        readInto(entry.route, kLongestRoute, 0);
      } else if (key == "timestamp_ms") {
        double time = 0;
        const bool isNumber = value.get_double().get(time) == simdjson::SUCCESS;
        if (const auto at = isNumber ? unixTime(time) : std::nullopt) {
          entry.at = *at;
          seen |= kTime;
        } else {
          fault = BadLineReason::badTime;
        }
      } else if (key == "bytes_sent") {
        std::uint64_t bytes = 0;
        if (value.get_uint64().get(bytes) == simdjson::SUCCESS &&
            bytes <= static_cast<std::uint64_t>(INT64_MAX)) {
          entry.bytesSent = bytes;
        }
      }
      if (fault) {
        return fault;
      }
    }
    // Invalid JSON after a field ends the loop; only at the real end no location is left.
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
      return BadLineReason::notJson;
    }
    if ((seen & kTime) == 0) {
      const auto at = parseTime(isoTime);
      if (!at || !unixTime(static_cast<double>(at->time_since_epoch().count()))) {
        return isoTime.empty() ? BadLineReason::notAnEntry : BadLineReason::badTime;
      }
      entry.at = *at;
      seen |= kTime;
    }
    return seen == kAllSeen ? std::nullopt : std::optional(BadLineReason::notAnEntry);
  }
};

NginxLogParser::NginxLogParser() : implementation_(std::make_unique<Implementation>()) {}
NginxLogParser::~NginxLogParser() = default;

std::optional<BadLineReason> NginxLogParser::parse(std::string_view line, HttpLogEntry& entry,
                                                   std::deque<std::string>& unescaped) {
  bool badUtf8 = false;
  entry = {};
  auto fault = implementation_->parse(line, entry, unescaped, badUtf8);
  if (badUtf8) {
    auto& repaired = unescaped.emplace_back(replaceBadUtf8(line));
    const std::size_t length = repaired.size();
    repaired.append(kPadding, '\0');
    entry = {};
    fault = implementation_->parse(std::string_view(repaired).substr(0, length), entry, unescaped, badUtf8);
    entry.repaired = true;
  }
  if (!fault) {
    entry.service = serviceOfUrl(entry.url);
  }
  return fault;
}

}  // namespace ks
