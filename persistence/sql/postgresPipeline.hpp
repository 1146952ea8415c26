#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "persistence/sql/postgresConfig.hpp"
#include "persistence/sql/sqlParameters.hpp"
#include "persistence/sql/sqlRows.hpp"
#include "persistence/sql/sqlStatement.hpp"

namespace ks {

/// Counts since construction.
struct PostgresPipelineStatus {
  bool connected = false;
  std::size_t waiting = 0;  ///< queued, not yet flushed
  std::uint64_t statements = 0;
  std::uint64_t failures = 0;
  std::uint64_t retries = 0;
  std::uint64_t reconnects = 0;
  std::string lastError;
};

/// One libpq connection in pipeline mode. Statements are queued and run by flush(), all in one round trip
/// where the server keeps up; each is its own transaction (a sync after each), so one that fails does not
/// touch the others. Statements are prepared once a connection, at first use. Belongs to one thread.
///
/// A statement that meets a serialization failure or a deadlock runs again; so does one that had not been
/// sent when the connection was lost, and a sent one whose SqlStatement says `repeatable`. At most 3 runs,
/// within the timeout.
class PostgresPipeline {
 public:
  /// Statements that may wait for a flush; past it the reply is `overloaded` at once.
  static constexpr std::size_t kMostWaiting = 4096;

  /// Connects at the first flush.
  explicit PostgresPipeline(PostgresConfig config);
  ~PostgresPipeline();
  PostgresPipeline(const PostgresPipeline&) = delete;
  PostgresPipeline& operator=(const PostgresPipeline&) = delete;

  /// Queues one run of the statement. `reply` is called exactly once, by flush() (or here when the queue is
  /// full). A reply may enqueue; what it enqueues waits for the next flush().
  void enqueue(const SqlStatement& statement, SqlParameters parameters, Reply<SqlRows> reply);

  /// Runs what is queued and calls every reply before it returns; within the timeout. Connects first when
  /// there is no connection; while the backoff after a failed attempt lasts the replies get
  /// `dependencyUnavailable` at once.
  void flush();

  [[nodiscard]] PostgresPipelineStatus status() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace ks
