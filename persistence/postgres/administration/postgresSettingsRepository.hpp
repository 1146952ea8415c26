#pragma once
#include <utility>

#include "persistence/settingsRepositoryInterface.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// Settings over a PostgreSQL connection of their own.
class PostgresSettingsRepository final : public SettingsRepositoryInterface {
 public:
  explicit PostgresSettingsRepository(PostgresConfig config) : session_(std::move(config)) {}

  Result<std::int64_t> version() override;
  Result<StoredSettingsState> load() override;
  Result<std::optional<std::int64_t>> change(const NewSettingsChange& change) override;
  Result<SettingsHistoryPage> history(const SettingsHistoryQuery& query) override;

 private:
  PostgresSession session_;
};

}  // namespace ks
