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
/// schema_migration; then the functions whose files have changed are applied again, all in one transaction. A
/// numbered migration makes no function: one whose arguments change is dropped there. An advisory lock keeps
/// two runners from working at once (the second waits until the deadline, then finds the work done). Refuses
/// a database whose history it does not know or whose applied migrations have changed since: nothing is done
/// then and the fault's `message` says what to do.
class MigrationRunner {
 public:
  MigrationRunner(PostgresSession& session, std::vector<Migration> migrations,
                  std::vector<DatabaseFunction> functions = {},
                  Milliseconds lockDeadline = Milliseconds(60'000));

  /// Applies missing migrations and changed functions; returns the applied versions.
  Result<std::vector<int>> up();
  /// Reverts the newest migrations until the database is at `version`; returns the reverted versions.
  Result<std::vector<int>> down(int version);
  Result<std::vector<MigrationState>> status();
  /// The migrations that up() applied, also where it failed at a later one or at the functions.
  [[nodiscard]] const std::vector<int>& appliedVersions() const noexcept { return applied_; }
  /// The functions that up() applied.
  [[nodiscard]] const std::vector<std::string>& changedFunctions() const noexcept { return changed_; }
  /// Remarks of up() for the operator, a line each; also in the log.
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
  Result<Done> refreshFunctions();
  Result<Done> makeFunctions(const std::vector<const DatabaseFunction*>& changed);
  Result<Done> forgetFunctions();
  Result<Done> commitStep(const std::string& what);
  template <class Work>
  Result<std::vector<int>> locked(Work work);

  PostgresSession& session_;
  std::vector<Migration> migrations_;
  std::vector<DatabaseFunction> functions_;
  Milliseconds lockDeadline_;
  std::vector<std::string> remarks_;
  std::vector<std::string> changed_;
  std::vector<int> applied_;
};

/// Whether a database of this version has exactly the functions of this build.
[[nodiscard]] Result<bool> functionsAreCurrent(PostgresSession& session, const std::string& functions);

/// Whether the database has exactly the schema version and the functions that this build works with
/// (persistence/expectedSchemaVersion.hpp); else a fault whose `message` says what the operator must do.
[[nodiscard]] Result<Done> checkSchemaVersion(PostgresSession& session, int expected,
                                              const std::string& functions);

}  // namespace ks
