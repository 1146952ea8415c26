#include "persistence/migration/migrationRunner.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>
#include <utility>

#include "core/logging/logging.hpp"
#include "persistence/migration/identifierMigration.hpp"
#include "persistence/sql/sqlFault.hpp"

namespace ks {
namespace {

constexpr Milliseconds kLockPause{100};
constexpr Milliseconds kStepTimeout{600'000};  // one migration may rewrite a big table

const SqlStatement kCreateTable{
    "migration.createTable",
    "CREATE TABLE IF NOT EXISTS schema_migration ("
    "version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, "
    "applied_at timestamptz NOT NULL DEFAULT clock_timestamp(), duration_ms bigint NOT NULL)"};
const SqlStatement kTableExists{"migration.tableExists",
                                "SELECT to_regclass('schema_migration') IS NOT NULL"};
const SqlStatement kHistory{
    "migration.history",
    "SELECT version, name, checksum, applied_at, duration_ms FROM schema_migration ORDER BY version"};
const SqlStatement kRecord{
    "migration.record",
    "INSERT INTO schema_migration (version, name, checksum, duration_ms) VALUES ($1, $2, $3, $4)"};
const SqlStatement kForget{"migration.forget", "DELETE FROM schema_migration WHERE version = $1"};
// The key is the first eight bytes of "kschema\0".
const SqlStatement kTryLock{"migration.tryLock", "SELECT pg_try_advisory_lock(7742641484409430272)"};
const SqlStatement kUnlock{"migration.unlock", "SELECT pg_advisory_unlock(7742641484409430272)"};
// Functions of one file may call those of another that does not exist yet.
const SqlStatement kTrustBodies{"migration.trustBodies", "SET LOCAL check_function_bodies = off"};
const SqlStatement kFunctionsKept{"migration.functionsKept",
                                  "SELECT to_regclass('schema_function') IS NOT NULL"};
const SqlStatement kFunctions{"migration.functions", "SELECT name, checksum FROM schema_function"};
const SqlStatement kRecordFunction{
    "migration.recordFunction",
    "INSERT INTO schema_function (name, checksum) VALUES ($1, $2) "
    "ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, applied_at = clock_timestamp()"};
const SqlStatement kForgetFunctions{"migration.forgetFunctions",
                                    "DELETE FROM schema_function WHERE NOT name = ANY($1)"};
const SqlStatement kFunctionSums{
    "migration.functionSums",
    "SELECT encode(sha256(convert_to(coalesce(string_agg(name || ' ' || checksum || E'\\n', '' "
    "ORDER BY name COLLATE \"C\"), ''), 'UTF8')), 'hex') FROM schema_function"};
const SqlStatement kVersion{"migration.version", "SELECT coalesce(max(version), 0) FROM schema_migration"};

Fault refusal(std::string message) {
  Fault fault = makeFault(ErrorCode::conflict, message);
  fault.message = std::move(message);
  return fault;
}

std::string label(int version, const std::string& name) {
  std::string digits = std::to_string(version);
  return std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits + "_" + name;
}

}  // namespace

MigrationRunner::MigrationRunner(PostgresSession& session, std::vector<Migration> migrations,
                                 std::vector<DatabaseFunction> functions, Milliseconds lockDeadline)
    : session_(session),
      migrations_(std::move(migrations)),
      functions_(std::move(functions)),
      lockDeadline_(lockDeadline) {}

Result<Done> MigrationRunner::lock() {
  const auto deadline = std::chrono::steady_clock::now() + lockDeadline_;
  for (;;) {
    auto rows = session_.exec(kTryLock);
    if (!rows.ok()) {
      return std::move(rows.fault());
    }
    if (rows.value().row(0).boolean(0)) {
      return Done{};
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      Fault fault = makeFault(ErrorCode::timeout, "the migration lock is held by another process");
      fault.message = "Another process has been migrating this database for " +
                      std::to_string(lockDeadline_.count() / 1000) +
                      " s. Wait for it, or end it (see pg_locks for locktype 'advisory'), then try again.";
      return fault;
    }
    std::this_thread::sleep_for(kLockPause);
  }
}

void MigrationRunner::unlock() {
  if (session_.connected()) {
    session_.rollback();
    if (!session_.exec(kUnlock).ok()) {
      session_.disconnect();  // which releases the lock
    }
  }
}

Result<std::vector<MigrationRunner::Applied>> MigrationRunner::history() {
  auto exists = session_.exec(kTableExists);
  if (!exists.ok()) {
    return std::move(exists.fault());
  }
  std::vector<Applied> applied;
  if (!exists.value().row(0).boolean(0)) {
    return applied;
  }
  auto rows = session_.exec(kHistory);
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  for (const auto row : rows.value()) {
    applied.push_back({static_cast<int>(row.int64(0)), std::string(row.text(1)), std::string(row.text(2)),
                       row.time(3), row.int64(4)});
  }
  return applied;
}

Result<std::vector<MigrationRunner::Applied>> MigrationRunner::verifiedHistory() {
  auto applied = history();
  if (!applied.ok()) {
    return applied;
  }
  const auto& lines = applied.value();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string its = label(lines[i].version, lines[i].name);
    if (i >= migrations_.size()) {
      return refusal(
          "The database has migration " + its +
          ", which this program does not know: it was migrated by a newer version. Run that version.");
    }
    if (migrations_[i].version != lines[i].version || migrations_[i].name != lines[i].name) {
      return refusal("The database's history has " + its + " where this program has " +
                     label(migrations_[i].version, migrations_[i].name) +
                     ": it belongs to another build. Check K_DATABASE_URL and the installed version.");
    }
    if (migrations_[i].checksum != lines[i].checksum) {
      return refusal("Migration " + its +
                     " has changed since it was applied (checksum). Restore the file as it was and put the "
                     "change into a "
                     "new migration.");
    }
  }
  return applied;
}

/// What SQL alone cannot do, in the migration's transaction.
Result<Done> MigrationRunner::complete(const Migration& migration) {
  if (migration.name != kIdentifierFoldMigration) {
    return Done{};
  }
  auto remarks = foldStoredIdentifiers(session_);
  if (!remarks.ok()) {
    return std::move(remarks.fault());
  }
  for (auto& remark : remarks.value()) {
    logSecurity("migration.remark", remark);
    remarks_.push_back(std::move(remark));
  }
  return Done{};
}

Result<Done> MigrationRunner::step(const Migration& migration, bool upwards) {
  const std::string its = label(migration.version, migration.name);
  const auto start = std::chrono::steady_clock::now();
  const auto failed = [&](Fault fault) {
    session_.rollback();
    fault.message =
        "Migration " + its + (upwards ? " up" : " down") + " failed and was rolled back: " + fault.detail;
    return fault;
  };
  if (auto begun = session_.begin(); !begun.ok()) {
    return failed(std::move(begun.fault()));
  }
  if (auto ran = session_.execScript(upwards ? migration.up : migration.down); !ran.ok()) {
    return failed(std::move(ran.fault()));
  }
  if (auto completed = upwards ? complete(migration) : Result<Done>{Done{}}; !completed.ok()) {
    return failed(std::move(completed.fault()));
  }
  const auto elapsed =
      std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - start).count();
  SqlParameters parameters;
  parameters.int4(migration.version);
  if (upwards) {
    parameters.text(migration.name).text(migration.checksum).int8(elapsed);
  }
  if (auto noted = session_.exec(upwards ? kRecord : kForget, parameters); !noted.ok()) {
    return failed(std::move(noted.fault()));
  }
  if (auto committed = commitStep("migration " + its); !committed.ok()) {
    return committed.fault().code == ErrorCode::internal ? failed(std::move(committed.fault()))
                                                         : std::move(committed);
  }
  logInfo("migration.step", upwards ? "migration applied" : "migration taken back",
          {{"migration", its}, {"duration_ms", static_cast<std::int64_t>(elapsed)}});
  return Done{};
}

Result<Done> MigrationRunner::commitStep(const std::string& what) {
  switch (session_.commit()) {
    case CommitOutcome::committed:
      return Done{};
    case CommitOutcome::failed:
      return makeFault(ErrorCode::internal, session_.lastError());
    case CommitOutcome::unknown:
      break;
  }
  Fault fault = makeFault(ErrorCode::dependencyUnavailable, session_.lastError());
  fault.message = "The connection was lost while " + what +
                  " was being committed. Run the command again: it continues from the state of the database.";
  return fault;
}

Result<Done> MigrationRunner::refreshFunctions() {
  auto kept = session_.exec(kFunctionsKept);
  if (!kept.ok()) {
    return std::move(kept.fault());
  }
  if (!kept.value().row(0).boolean(0)) {
    return Done{};  // before the migration that begins with them
  }
  auto rows = session_.exec(kFunctions);
  if (!rows.ok()) {
    return std::move(rows.fault());
  }
  std::map<std::string, std::string, std::less<>> known;
  for (const auto row : rows.value()) {
    known.emplace(row.text(0), row.text(1));
  }
  std::vector<const DatabaseFunction*> changed;
  for (const auto& function : functions_) {
    const auto found = known.find(function.name);
    if (found == known.end() || found->second != function.checksum) {
      changed.push_back(&function);
    }
  }
  return changed.empty() && known.size() == functions_.size() ? Done{} : makeFunctions(changed);
}

Result<Done> MigrationRunner::makeFunctions(const std::vector<const DatabaseFunction*>& changed) {
  const auto failed = [this](const std::string& name, Fault fault) {
    session_.rollback();
    fault.message = "The function " + name + " could not be made; none was changed: " + fault.detail;
    return fault;
  };
  if (auto begun = session_.begin(); !begun.ok()) {
    return begun;
  }
  if (auto set = session_.exec(kTrustBodies); !set.ok()) {
    return failed("check", std::move(set.fault()));
  }
  for (const auto* function : changed) {
    if (auto made = session_.execScript(function->text); !made.ok()) {
      return failed(function->name, std::move(made.fault()));
    }
    SqlParameters line;
    line.text(function->name).text(function->checksum);
    if (auto noted = session_.exec(kRecordFunction, line); !noted.ok()) {
      return failed(function->name, std::move(noted.fault()));
    }
  }
  std::vector<std::string> names;
  for (const auto& function : functions_) {
    names.push_back(function.name);
  }
  SqlParameters kept;
  kept.textArray(names);
  if (auto forgotten = session_.exec(kForgetFunctions, kept); !forgotten.ok()) {
    return failed("list", std::move(forgotten.fault()));
  }
  if (auto committed = commitStep("the database's functions"); !committed.ok()) {
    return committed;
  }
  for (const auto* function : changed) {
    changed_.push_back(function->name);
  }
  logInfo("migration.functions", "functions applied",
          {{"functions", static_cast<std::int64_t>(changed.size())}});
  return Done{};
}

template <class Work>
Result<std::vector<int>> MigrationRunner::locked(Work work) {
  if (auto connected = session_.connect(); !connected.ok()) {
    return std::move(connected.fault());
  }
  if (auto timeout = session_.setTimeout(kStepTimeout); !timeout.ok()) {
    return std::move(timeout.fault());
  }
  if (auto got = lock(); !got.ok()) {
    return std::move(got.fault());
  }
  auto result = work();
  unlock();
  return result;
}

Result<std::vector<int>> MigrationRunner::up() {
  return locked([this]() -> Result<std::vector<int>> {
    if (auto made = session_.exec(kCreateTable); !made.ok()) {
      return std::move(made.fault());
    }
    auto applied = verifiedHistory();
    if (!applied.ok()) {
      return std::move(applied.fault());
    }
    applied_.clear();
    for (std::size_t i = applied.value().size(); i < migrations_.size(); ++i) {
      if (auto stepped = step(migrations_[i], true); !stepped.ok()) {
        return std::move(stepped.fault());
      }
      applied_.push_back(migrations_[i].version);
    }
    if (auto refreshed = refreshFunctions(); !refreshed.ok()) {
      return std::move(refreshed.fault());
    }
    return applied_;
  });
}

Result<std::vector<int>> MigrationRunner::down(int version) {
  return locked([this, version]() -> Result<std::vector<int>> {
    auto applied = verifiedHistory();
    if (!applied.ok()) {
      return std::move(applied.fault());
    }
    std::vector<int> done;
    const auto steps = applied.value().size();
    if (steps > 0 && migrations_[steps - 1].version > version) {
      if (auto forgotten = forgetFunctions(); !forgotten.ok()) {
        return std::move(forgotten.fault());
      }
    }
    for (std::size_t i = steps; i > 0 && migrations_[i - 1].version > version; --i) {
      if (auto stepped = step(migrations_[i - 1], false); !stepped.ok()) {
        return std::move(stepped.fault());
      }
      done.push_back(migrations_[i - 1].version);
    }
    return done;
  });
}

/// Steps back may restore older functions: the next up() applies all of them again.
Result<Done> MigrationRunner::forgetFunctions() {
  auto kept = session_.exec(kFunctionsKept);
  if (!kept.ok()) {
    return std::move(kept.fault());
  }
  if (!kept.value().row(0).boolean(0)) {
    return Done{};
  }
  SqlParameters none;
  none.textArray({});
  return session_.exec(kForgetFunctions, none).then(readDone);
}

Result<std::vector<MigrationState>> MigrationRunner::status() {
  if (auto connected = session_.connect(); !connected.ok()) {
    return std::move(connected.fault());
  }
  auto applied = verifiedHistory();
  if (!applied.ok()) {
    return std::move(applied.fault());
  }
  std::vector<MigrationState> states;
  for (std::size_t i = 0; i < migrations_.size(); ++i) {
    MigrationState state{migrations_[i].version, migrations_[i].name, i < applied.value().size(),
                         std::nullopt, 0};
    if (state.applied) {
      state.appliedAt = applied.value()[i].at;
      state.durationMs = applied.value()[i].durationMs;
    }
    states.push_back(std::move(state));
  }
  return states;
}

namespace {

/// Empty before the migration that begins with function files.
Result<std::string> functionSums(PostgresSession& session) {
  auto kept = session.exec(kFunctionsKept);
  if (kept.ok() && kept.value().row(0).boolean(0)) {
    kept = session.exec(kFunctionSums);
    return kept.ok() ? Result<std::string>{std::string(kept.value().row(0).text(0))}
                     : Result<std::string>{std::move(kept.fault())};
  }
  return kept.ok() ? Result<std::string>{std::string{}} : Result<std::string>{std::move(kept.fault())};
}

}  // namespace

Result<bool> functionsAreCurrent(PostgresSession& session, const std::string& functions) {
  auto sums = functionSums(session);
  return sums.ok() ? Result<bool>{sums.value() == functions} : Result<bool>{std::move(sums.fault())};
}

Result<Done> checkSchemaVersion(PostgresSession& session, int expected, const std::string& functions) {
  if (auto connected = session.connect(); !connected.ok()) {
    return connected;
  }
  auto exists = session.exec(kTableExists);
  if (!exists.ok()) {
    return std::move(exists.fault());
  }
  std::int64_t version = 0;
  if (exists.value().row(0).boolean(0)) {
    auto rows = session.exec(kVersion);
    if (!rows.ok()) {
      return std::move(rows.fault());
    }
    version = rows.value().row(0).int64(0);
  }
  if (version == expected) {
    auto current = functionsAreCurrent(session, functions);
    if (!current.ok()) {
      return std::move(current.fault());
    }
    return current.value()
               ? Result<Done>{Done{}}
               : refusal(
                     "The database's functions are those of another version of this program. Run that "
                     "version's kctl migrate up, or this one's.");
  }
  const std::string has = "The database has schema version " + std::to_string(version) +
                          ", this program works with " + std::to_string(expected) + ". ";
  if (version == 0) {
    return refusal("The database has no schema yet, this program works with version " +
                   std::to_string(expected) + ". Start k-admin, or run: kctl migrate up");
  }
  return refusal(has + (version < expected ? "Start the k-admin of this version, or run: kctl migrate up"
                                           : "Install the program's newer version."));
}

}  // namespace ks
