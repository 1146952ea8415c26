#pragma once
#include <memory>
#include <set>
#include <string>

#include "core/auditSealerInterface.hpp"
#include "persistence/collectorRepositoryInterface.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// The collector's storage over its own PostgreSQL connection.
class PostgresCollectorRepository final : public CollectorRepositoryInterface {
 public:
  PostgresCollectorRepository(PostgresConfig config, UuidGenerator& uuids,
                              std::shared_ptr<const AuditSealerInterface> sealer)
      : session_(std::move(config)), uuids_(uuids), sealer_(std::move(sealer)) {}

  Result<bool> lockNode(const std::string& node) override;
  Result<std::vector<LogFileRecord>> loadFiles(const std::string& node, const std::string& source) override;
  Result<LogFileRecord> registerFile(const LogFileRecord& file, std::size_t knownAlike,
                                     TimePoint now) override;
  Result<IngestOutcome> updateFile(const LogFileRecord& file, TimePoint now) override;
  Result<IngestOutcome> store(const IngestBatch& batch) override;
  Result<Done> storeViolations(const ViolationBatch& batch) override;
  Result<RetentionReport> retain(const RetentionPlan& plan) override;

  /// For the tests: the connection, to make it fail.
  [[nodiscard]] PostgresSession& session() noexcept { return session_; }

 private:
  Result<Done> connect();
  Result<SqlRows> connectAndExec(const SqlStatement& statement, const SqlParameters& parameters);
  Result<Done> ensurePartitions(const std::set<std::int64_t>& days, TimePoint now);
  Result<IngestOutcome> lookUp(const LogFileRecord& after);
  Result<IngestOutcome> storeInTransaction(const IngestBatch& batch);
  Result<Done> insertBadLines(const Uuid* fileId, const std::string& source,
                              const std::vector<BadLine>& lines, TimePoint now);
  Result<Done> insertViolations(const ViolationBatch& batch);

  PostgresSession session_;
  UuidGenerator& uuids_;
  std::shared_ptr<const AuditSealerInterface> sealer_;
  std::string lockedNode_;
  std::set<std::int64_t> knownDays_;
  std::string rows_;
};

}  // namespace ks
