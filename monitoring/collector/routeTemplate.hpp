#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

#include "messages/monitoring/collectorRecords.hpp"

namespace ks {

/// The service of a request by its path: /api/auth, /api/payment and /api/admin belong to their services, all
/// others to the gateway.
LogService serviceOfUrl(std::string_view url) noexcept;

/// The path without query, with segments that look like identifiers (UUID, digits, long hex or base64,
/// e-mail) as `{id}`. At most 8 segments of 64 characters.
std::string templateOfUrl(std::string_view url);

/// The route of a line whose backend named none. A scanner cannot fill the tables: the gateway's own
/// paths fold into a few names, and past `kMostTemplates` different ones a day the rest is `{other}`. Belongs
/// to one thread.
class RouteNamer {
 public:
  static constexpr std::size_t kMostTemplates = 500;
  static constexpr std::string_view kOther = "{other}";

  /// Valid until the day of `at` changes.
  std::string_view name(LogService service, std::string_view url, TimePoint at);

 private:
  std::unordered_set<std::string> known_;
  std::int64_t day_ = 0;
};

}  // namespace ks
