#pragma once
#include <memory>
#include <string>

#include "persistence/postgres/monitoring/postgresCollectorRepository.hpp"
#include "persistence/sql/postgresSession.hpp"
#include "test/unit/core/testSources.hpp"
#include "test/unit/crypto/testKeys.hpp"

namespace ks::test {

/// A database of its own with every migration applied, on the server of K_TEST_DATABASE_URL; dropped at the
/// end. Without that variable the test is skipped.
class CollectorDatabase {
 public:
  CollectorDatabase();
  ~CollectorDatabase();
  CollectorDatabase(const CollectorDatabase&) = delete;
  CollectorDatabase& operator=(const CollectorDatabase&) = delete;

  [[nodiscard]] PostgresConfig config() const;
  [[nodiscard]] std::unique_ptr<PostgresCollectorRepository> repository();
  [[nodiscard]] PostgresSession& session() { return *session_; }
  [[nodiscard]] UuidGenerator& uuids() { return uuids_; }
  [[nodiscard]] const std::shared_ptr<const AuditSealerInterface>& sealer() const { return sealer_; }
  /// The one number that a statement gives.
  [[nodiscard]] std::int64_t number(const std::string& sql);
  void run(const std::string& sql);

 private:
  SystemClock clock_;
  LockedRandom random_;
  UuidGenerator uuids_{clock_, random_};
  std::shared_ptr<const AuditSealerInterface> sealer_ = testSealer();
  std::string name_;
  std::unique_ptr<PostgresSession> session_;
};

}  // namespace ks::test
