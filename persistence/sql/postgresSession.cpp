#include "persistence/sql/postgresSession.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/logging/logging.hpp"
#include "persistence/sql/postgresConnection.hpp"
#include "persistence/sql/sqlFault.hpp"

namespace ks {

class PostgresSession::Implementation {
 public:
  explicit Implementation(PostgresConfig config) : config_(std::move(config)) {}

  Result<Done> connect() {
    if (connection_.isOpen() && connection_.stillThere()) {
      return Done{};
    }
    return noted(connection_.open(config_, deadline()));
  }
  void disconnect() { connection_.close(); }
  [[nodiscard]] bool connected() const { return connection_.isOpen(); }

  Result<SqlRows> exec(const SqlStatement& statement, const SqlParameters& parameters);
  Result<Done> execScript(const std::string& text);
  CommitOutcome commit();
  void rollback();
  Result<std::int64_t> copyBinary(const SqlStatement& statement, const CopySource& next);
  Result<Done> setTimeout(Milliseconds timeout);
  [[nodiscard]] const std::string& lastError() const { return lastError_; }

 private:
  [[nodiscard]] SteadyTime deadline() const { return std::chrono::steady_clock::now() + config_.timeout; }
  /// The last result of the command in progress, or its fault; drops a connection that broke or hangs.
  Result<PgResult> collect(SteadyTime deadline);
  Fault broken(SteadyTime deadline, const char* what);
  bool putPieces(const CopySource& next, SteadyTime deadline);
  template <class T>
  Result<T> noted(Result<T> result) {
    if (!result.ok()) {
      lastError_ = result.fault().detail;
    }
    return result;
  }

  PostgresConfig config_;
  PostgresConnection connection_;
  std::string lastError_;
};

Fault PostgresSession::Implementation::broken(SteadyTime deadline, const char* what) {
  const bool late = std::chrono::steady_clock::now() >= deadline;
  Fault fault =
      makeFault(late ? ErrorCode::timeout : ErrorCode::dependencyUnavailable,
                std::string(what) + ": " + (late ? "no answer within the timeout" : connection_.message()));
  connection_.close();
  return fault;
}

Result<PgResult> PostgresSession::Implementation::collect(SteadyTime deadline) {
  PgResult last;
  std::optional<Fault> fault;
  for (;;) {
    bool failed = false;
    PgResult result = connection_.nextResult(deadline, failed);
    if (failed) {
      return broken(deadline, "connection lost");
    }
    if (result == nullptr) {
      break;
    }
    const auto status = PQresultStatus(result.get());
    const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN;
    if (!good && !fault) {
      fault = faultOf(result.get());
    }
    last = std::move(result);
    if (status == PGRES_COPY_IN) {
      break;
    }
  }
  if (PQstatus(connection_.raw()) != CONNECTION_OK) {
    connection_.close();
    return fault ? std::move(*fault) : makeFault(ErrorCode::dependencyUnavailable, "connection lost");
  }
  if (fault) {
    return std::move(*fault);
  }
  if (last == nullptr) {
    return makeFault(ErrorCode::internal, "no result");
  }
  return last;
}

Result<SqlRows> PostgresSession::Implementation::exec(const SqlStatement& statement,
                                                      const SqlParameters& parameters) {
  if (!connection_.isOpen()) {
    return makeFault(ErrorCode::dependencyUnavailable, "not connected");
  }
  const auto start = std::chrono::steady_clock::now();
  const SteadyTime end = deadline();
  const auto bound = parameters.bound();
  if (!connection_.isPrepared(statement)) {
    if (PQsendPrepare(connection_.raw(), statement.name, statement.text, parameters.count(),
                      bound.types.data()) == 0 ||
        !connection_.flushOutput(end)) {
      return noted(Result<SqlRows>(broken(end, statement.name)));
    }
    auto prepared = collect(end);
    if (!prepared.ok()) {
      return noted(Result<SqlRows>(std::move(prepared.fault())));
    }
    connection_.markPrepared(statement);
  }
  if (PQsendQueryPrepared(connection_.raw(), statement.name, parameters.count(), bound.values.data(),
                          bound.lengths.data(), bound.formats.data(), 1) == 0 ||
      !connection_.flushOutput(end)) {
    return noted(Result<SqlRows>(broken(end, statement.name)));
  }
  auto result = collect(end);
  logIfSlow("storage.slow", std::chrono::steady_clock::now() - start, {{"statement", statement.name}});
  if (!result.ok()) {
    return noted(Result<SqlRows>(std::move(result.fault())));
  }
  return SqlRows(result.value().release());
}

Result<Done> PostgresSession::Implementation::execScript(const std::string& text) {
  if (!connection_.isOpen()) {
    return makeFault(ErrorCode::dependencyUnavailable, "not connected");
  }
  auto result = connection_.runText(text, deadline());
  if (!result.ok() && (sqlStateOf(result.fault()).empty() || PQstatus(connection_.raw()) != CONNECTION_OK)) {
    connection_.close();
  }
  return noted(std::move(result));
}

CommitOutcome PostgresSession::Implementation::commit() {
  if (!connection_.isOpen()) {
    return CommitOutcome::failed;
  }
  const bool wasFine = PQtransactionStatus(connection_.raw()) == PQTRANS_INTRANS;
  const auto result = execScript("COMMIT");
  if (result.ok()) {
    return wasFine ? CommitOutcome::committed
                   : CommitOutcome::failed;  // COMMIT of a failed transaction rolls back
  }
  return connection_.isOpen() ? CommitOutcome::failed : CommitOutcome::unknown;
}

void PostgresSession::Implementation::rollback() {
  if (connection_.isOpen() && PQtransactionStatus(connection_.raw()) != PQTRANS_IDLE) {
    if (!execScript("ROLLBACK").ok()) {
      connection_.close();
    }
  }
}

bool PostgresSession::Implementation::putPieces(const CopySource& next, SteadyTime deadline) {
  constexpr std::size_t kPiece = 1U << 18U;  // bounds libpq's output buffer
  for (auto given = next(); !given.empty(); given = next()) {
    for (; !given.empty(); given.remove_prefix(std::min(kPiece, given.size()))) {
      const auto piece = given.substr(0, kPiece);
      if (PQputCopyData(connection_.raw(), piece.data(), static_cast<int>(piece.size())) != 1 ||
          !connection_.flushOutput(deadline)) {
        return false;
      }
    }
  }
  return PQputCopyEnd(connection_.raw(), nullptr) == 1 && connection_.flushOutput(deadline);
}

Result<std::int64_t> PostgresSession::Implementation::copyBinary(const SqlStatement& statement,
                                                                 const CopySource& next) {
  if (!connection_.isOpen()) {
    return makeFault(ErrorCode::dependencyUnavailable, "not connected");
  }
  const auto start = std::chrono::steady_clock::now();
  const SteadyTime end = deadline();
  if (PQsendQuery(connection_.raw(), statement.text) == 0 || !connection_.flushOutput(end)) {
    return noted(Result<std::int64_t>(broken(end, statement.name)));
  }
  auto begun = collect(end);
  if (!begun.ok()) {
    return noted(Result<std::int64_t>(std::move(begun.fault())));
  }
  if (PQresultStatus(begun.value().get()) != PGRES_COPY_IN) {
    return makeFault(ErrorCode::internal, std::string(statement.name) + " is not a COPY FROM STDIN");
  }
  if (!putPieces(next, end)) {
    return noted(Result<std::int64_t>(broken(end, statement.name)));
  }
  auto result = collect(end);
  logIfSlow("storage.slow", std::chrono::steady_clock::now() - start, {{"statement", statement.name}});
  if (!result.ok()) {
    return noted(Result<std::int64_t>(std::move(result.fault())));
  }
  return SqlRows(result.value().release()).affected();
}

Result<Done> PostgresSession::Implementation::setTimeout(Milliseconds timeout) {
  config_.timeout = timeout;
  return execScript("SET statement_timeout = " + std::to_string(timeout.count()));
}

PostgresSession::PostgresSession(PostgresConfig config)
    : implementation_(std::make_unique<Implementation>(std::move(config))) {}
PostgresSession::~PostgresSession() = default;

Result<Done> PostgresSession::connect() { return implementation_->connect(); }
void PostgresSession::disconnect() { implementation_->disconnect(); }
bool PostgresSession::connected() const { return implementation_->connected(); }
Result<SqlRows> PostgresSession::exec(const SqlStatement& statement, const SqlParameters& parameters) {
  return implementation_->exec(statement, parameters);
}
Result<SqlRows> PostgresSession::connectAndExec(const SqlStatement& statement,
                                                const SqlParameters& parameters) {
  if (auto connected = connect(); !connected.ok()) {
    return std::move(connected.fault());
  }
  return exec(statement, parameters);
}
Result<Done> PostgresSession::execScript(const std::string& text) {
  return implementation_->execScript(text);
}
Result<Done> PostgresSession::begin() { return implementation_->execScript("BEGIN"); }
CommitOutcome PostgresSession::commit() { return implementation_->commit(); }
void PostgresSession::rollback() { implementation_->rollback(); }
Result<std::int64_t> PostgresSession::copyBinary(const SqlStatement& statement, const CopySource& next) {
  return implementation_->copyBinary(statement, next);
}
Result<Done> PostgresSession::setTimeout(Milliseconds timeout) {
  return implementation_->setTimeout(timeout);
}
const std::string& PostgresSession::lastError() const { return implementation_->lastError(); }

}  // namespace ks
