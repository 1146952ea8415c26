#pragma once
#include <utility>

#include "persistence/blockRepositoryInterface.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// Blocks over a PostgreSQL connection of their own.
class PostgresBlockRepository final : public BlockRepositoryInterface {
 public:
  explicit PostgresBlockRepository(PostgresConfig config) : session_(std::move(config)) {}

  Result<std::optional<IdentifierBlock>> add(const NewBlock& block) override;
  Result<IdentifierBlock> lift(const BlockLift& lift) override;
  Result<BlockPage> list(const BlockQuery& query) override;

 private:
  PostgresSession session_;
};

}  // namespace ks
