#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/result.hpp"
#include "persistence/migration/migration.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// One line of `kctl migrate status`.
struct MigrationState {
  int version = 0;
  std::string name;
  bool applied = false;
  std::optional<TimePoint> appliedAt;
  std::int64_t durationMs = 0;
};

/// Brings the database to a version. Each migration runs in one transaction together with its line in
/// schema_migration; an advisory lock keeps two runners apart (the second waits until the deadline, then
/// finds the work done). Refuses a database whose history it does not know or whose applied migrations have
/// changed since: nothing is done then and the fault's `message` says what to do.
class MigrationRunner {
 public:
  MigrationRunner(PostgresSession& session, std::vector<Migration> migrations,
                  Milliseconds lockDeadline = Milliseconds(60'000));

  /// Applies what is missing; the versions that it applied.
  Result<std::vector<int>> up();
  /// Takes back the newest migrations until the database is at `version`; the versions that it took back.
  Result<std::vector<int>> down(int version);
  Result<std::vector<MigrationState>> status();
  /// What up() met that an operator has to look after, a line each; also in the log.
  [[nodiscard]] const std::vector<std::string>& remarks() const noexcept { return remarks_; }

 private:
  struct Applied {
    int version;
    std::string name;
    std::string checksum;
    TimePoint at;
    std::int64_t durationMs;
  };
  Result<Done> lock();
  void unlock();
  Result<std::vector<Applied>> history();
  Result<std::vector<Applied>> verifiedHistory();
  Result<Done> complete(const Migration& migration);
  Result<Done> step(const Migration& migration, bool upwards);
  template <class Work>
  Result<std::vector<int>> locked(Work work);

  PostgresSession& session_;
  std::vector<Migration> migrations_;
  Milliseconds lockDeadline_;
  std::vector<std::string> remarks_;
};

/// Whether the database has exactly the schema version that this build works with; else a fault whose
/// `message` tells the operator what to do.
[[nodiscard]] Result<Done> checkSchemaVersion(PostgresSession& session, int expected);

}  // namespace ks
