#pragma once
#include <utility>

#include "persistence/securityRepositoryInterface.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// Detection's reading of the collected tables over a PostgreSQL connection of its own. `pathHash` makes
/// SecurityEvent::path of a url.
class PostgresSecurityRepository final : public SecurityRepositoryInterface {
 public:
  using PathHash = std::uint64_t (*)(std::string_view url) noexcept;
  PostgresSecurityRepository(PostgresConfig config, PathHash pathHash)
      : session_(std::move(config)), pathHash_(pathHash) {}

  Result<std::vector<SecurityEvent>> traffic(TimePoint since) override;
  Result<std::vector<SecurityEvent>> failedLogins(TimePoint since) override;
  Result<std::vector<SuspiciousActivity>> activities(TimePoint since) override;
  Result<Done> store(const SuspiciousActivity& activity) override;

 private:
  template <class T, class Decode>
  Result<std::vector<T>> oldestFirst(const SqlStatement& statement, TimePoint since, Decode decode);

  PostgresSession session_;
  PathHash pathHash_;
};

}  // namespace ks
