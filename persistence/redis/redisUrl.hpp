#pragma once
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace ks {

/// Where a Redis server is, taken apart.
struct RedisAddress {
  std::string host;  ///< empty: `path` is a Unix socket
  int port = 6379;
  std::string path;
  std::string user;      ///< empty: the default user
  std::string password;  ///< empty: no AUTH
  int database = 0;

  /// For messages: without the password.
  [[nodiscard]] std::string display() const;
};

/// redis://[[user]:password@]host[:port][/database] or unix://[[user]:password@]/path[?db=database];
/// percent-encoding in user, password and path. rediss:// is refused with a message that says why. The
/// fault's `message` names what is wrong, never the password.
[[nodiscard]] Result<RedisAddress> parseRedisUrl(std::string_view url);

}  // namespace ks
