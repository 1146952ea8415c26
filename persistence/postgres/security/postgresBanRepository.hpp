#pragma once
#include <utility>

#include "persistence/banRepositoryInterface.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// Bans of migration 0004 over a PostgreSQL connection of their own.
class PostgresBanRepository final : public BanRepositoryInterface {
 public:
  explicit PostgresBanRepository(PostgresConfig config) : session_(std::move(config)) {}

  Result<NewBanOutcome> add(const NewBan& ban) override;
  Result<IpBan> lift(const BanLift& lift) override;
  Result<StandingBans> standing(TimePoint now) override;

 private:
  PostgresSession session_;
};

}  // namespace ks
