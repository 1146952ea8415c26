#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ks {

/// The parts of `scheme://[user[:password]@]host[:port][/path][?query]`, as written.
struct UrlParts {
  std::string scheme;  ///< lower case
  std::string user;
  std::string password;
  std::string host;        ///< lower case, IPv6 without brackets
  std::uint16_t port = 0;  ///< 0: none given
  std::string path;        ///< with the leading slash; empty when there is none
  std::string query;       ///< without the question mark
};

/// Nothing when it is not of that form, holds white space or control characters, or has a fragment.
std::optional<UrlParts> parseUrl(std::string_view text);

/// The origin `https://host[:port]` in lower case without a default port; nothing when `text` is anything but
/// an origin (a path, even `/`, a user or a query is refused).
std::optional<std::string> normalizeOrigin(std::string_view text);

/// The machine itself: 127.0.0.0/8, ::1, localhost.
bool isLoopbackHost(std::string_view host);

/// The text with passwords in `//user:password@`, `password=` and `sslpassword=` replaced by ***; for URLs
/// and libpq's key/value form.
std::string maskPasswords(std::string_view text);

/// Those passwords themselves, as written.
std::optional<std::string> passwordIn(std::string_view text);

}  // namespace ks
