#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clockInterface.hpp"
#include "core/network/ipAddress.hpp"
#include "core/uuid.hpp"

// Events and findings of detection. Plain data.
namespace ks {

enum class SecurityEventKind : std::uint8_t {
  violation,    ///< refused by a rate limit
  honeypot,     ///< reached the honeypot
  denied,       ///< answered 403 or 404
  loginFailed,  ///< a sign-in that did not succeed
};

struct SecurityEvent {
  Uuid id;       ///< of its row
  TimePoint at;  ///< the line's own time
  SecurityEventKind kind = SecurityEventKind::violation;
  std::optional<IpAddress> source;
  std::uint64_t path = 0;  ///< of `denied` and `honeypot`: hash of the path
  bool crossSite = false;  ///< possibly caused by another site: recorded, but causes no ban
  std::string account;     ///< of `loginFailed`: keyed hash of the identifier that was tried
};

enum class Severity : std::uint8_t { low, medium, high };
inline constexpr std::array<std::string_view, 3> kSeverityNames{"low", "medium", "high"};

struct SuspiciousActivity {
  Uuid id;
  TimePoint at;
  std::optional<IpAddress> source;
  std::string type;  ///< the rule's name
  Severity severity = Severity::low;
  std::string subject;  ///< whom the rule counts: an address, an IPv6 /64 or an account's keyed hash
  std::string details;  ///< a JSON object
};

/// Route of rows answered by our own bans; such rows count for no rule.
inline constexpr std::string_view kBannedRoute = "{banned}";

}  // namespace ks
