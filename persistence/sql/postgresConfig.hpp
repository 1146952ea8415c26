#pragma once
#include <chrono>
#include <string>

#include "core/clockInterface.hpp"

namespace ks {

/// How to reach PostgreSQL and how long to wait for it.
struct PostgresConfig {
  std::string url;              ///< libpq URI or key/value text; several hosts allowed
  std::string applicationName;  ///< shown in pg_stat_activity
  Milliseconds timeout{
      30'000};  ///< for one flush or one statement; the server's statement_timeout lies a little below
  std::chrono::seconds connectTimeout{3};  ///< for each host of the URL; libpq takes 2 s at the least
  std::chrono::seconds recycle{3'600};     ///< a connection older than this is replaced
};

}  // namespace ks
