#pragma once
#include "persistence/postgresAccountRepository.hpp"
#include "persistence/postgresEngineStatus.hpp"
#include "persistence/postgresPipeline.hpp"
#include "persistence/storageEngineInterface.hpp"

namespace ks {

/// The repositories over one PostgreSQL connection.
class PostgresStorageEngine final : public StorageEngineInterface {
 public:
  explicit PostgresStorageEngine(PostgresConfig config);

  AccountRepositoryInterface& accounts() override { return accounts_; }
  void ping(Reply<Done> reply) override;
  void flush() override { pipeline_.flush(); }
  [[nodiscard]] bool idle() const override { return pipeline_.idle(); }
  [[nodiscard]] StorageEngineStatus status() const override { return engineStatusOf(pipeline_); }

 private:
  PostgresPipeline pipeline_;
  PostgresAccountRepository accounts_;
};

}  // namespace ks
