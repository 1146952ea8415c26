#pragma once
#include <tuple>

#include "persistence/postgres/mergedCalls.hpp"
#include "persistence/sql/postgresPipeline.hpp"
#include "persistence/storageEngineInterface.hpp"

namespace ks {

/// One PostgreSQL connection.
class PostgresStorageEngine final
    : public Implements<PostgresStorageEngine, StorageEngineInterface, StorageOperations> {
 public:
  explicit PostgresStorageEngine(PostgresConfig config);

  template <class Op>
  void answer(const Op& operation, Reply<typename Op::Out> reply);
  void flush() override;
  [[nodiscard]] std::string lastError() const override;

 private:
  PostgresPipeline pipeline_;
  std::tuple<MergedCalls<CreatePayment>, MergedCalls<ChangePayment>, MergedCalls<BeginBankCall>,
             MergedCalls<EndBankCall>, MergedCalls<FindPaymentAtBank>>
      merged_;
};

}  // namespace ks
