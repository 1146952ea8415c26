#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "persistence/sql/postgresConfig.hpp"
#include "persistence/sql/sqlParameters.hpp"
#include "persistence/sql/sqlRows.hpp"
#include "persistence/sql/sqlStatement.hpp"

namespace ks {

enum class CommitOutcome : std::uint8_t {
  committed,
  failed,   ///< rolled back for certain
  unknown,  ///< the connection was lost after COMMIT was sent: look it up
};

/// One blocking connection for explicit transactions and COPY (migrations, the collector). Every call returns
/// within the timeout of its config; a call that runs out of it drops the connection. Nothing is retried
/// here: the owner of the transaction knows what to repeat. Belongs to one thread.
class PostgresSession {
 public:
  explicit PostgresSession(PostgresConfig config);
  ~PostgresSession();
  PostgresSession(const PostgresSession&) = delete;
  PostgresSession& operator=(const PostgresSession&) = delete;

  /// Does nothing while connected. No backoff of its own. Locks and transactions of a lost connection are
  /// gone.
  Result<Done> connect();
  void disconnect();
  [[nodiscard]] bool connected() const;

  /// Runs one statement, prepared at first use. `dependencyUnavailable` when there is no connection.
  Result<SqlRows> exec(const SqlStatement& statement, const SqlParameters& parameters = {});
  /// Connects if necessary and runs one independent statement.
  Result<SqlRows> connectAndExec(const SqlStatement& statement, const SqlParameters& parameters = {});
  /// Runs a text of one or more statements without parameters (a migration).
  Result<Done> execScript(const std::string& text);

  Result<Done> begin();
  CommitOutcome commit();
  /// Also right after a failed statement or a lost connection.
  void rollback();

  /// `statement` is COPY table (columns) FROM STDIN (FORMAT binary); what `next` gives until it gives nothing
  /// is, together, what CopyBuffer::finish() gives. The rows that were copied.
  using CopySource = std::function<std::string_view()>;
  Result<std::int64_t> copyBinary(const SqlStatement& statement, const CopySource& next);

  /// Sets the server's statement_timeout and our own deadline for the calls that follow.
  Result<Done> setTimeout(Milliseconds timeout);
  [[nodiscard]] const std::string& lastError() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace ks
