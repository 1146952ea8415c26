#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "core/result.hpp"
#include "persistence/sql/postgresConfig.hpp"
#include "persistence/sql/sqlParameters.hpp"
#include "persistence/sql/sqlStatement.hpp"

struct pg_conn;
struct pg_result;

namespace ks {

using SteadyTime = std::chrono::steady_clock::time_point;

struct PgResultDeleter {
  void operator()(pg_result* result) const noexcept;
};
using PgResult = std::unique_ptr<pg_result, PgResultDeleter>;

/// A libpq connection in non-blocking mode whose waits all have a deadline; what PostgresPipeline and
/// PostgresSession share. Included by persistence/*.cpp only.
class PostgresConnection {
 public:
  PostgresConnection();
  ~PostgresConnection();

  /// Connects and sets the session up. At most the connect timeout for each host, then `deadline` for the
  /// set-up.
  Result<Done> open(const PostgresConfig& config, SteadyTime deadline);
  void close();
  [[nodiscard]] bool isOpen() const noexcept { return connection_ != nullptr; }
  /// Reads what came unasked; false when the server has closed the connection.
  bool stillThere();
  [[nodiscard]] pg_conn* raw() const noexcept { return connection_.get(); }
  [[nodiscard]] SteadyTime openedAt() const noexcept { return openedAt_; }
  /// libpq's last message, one line.
  [[nodiscard]] std::string message() const;

  enum class Ready : unsigned char { readable, writable, both, timeout, broken };
  /// Waits for the socket; `alsoWrite` while output is pending.
  Ready wait(bool alsoWrite, SteadyTime deadline) const;
  /// Sends everything that is buffered. False: broken or past the deadline.
  bool flushOutput(SteadyTime deadline);
  /// The next result; empty at the end of a command's results. `failed` is set when the connection broke or
  /// time ran out.
  PgResult nextResult(SteadyTime deadline, bool& failed);
  /// Runs a text with the simple protocol and waits for its end; not in pipeline mode.
  Result<Done> runText(const std::string& text, SteadyTime deadline);

  [[nodiscard]] bool isPrepared(const SqlStatement& statement) const {
    return prepared_.contains(statement.name);
  }
  void markPrepared(const SqlStatement& statement) { prepared_.insert(statement.name); }
  void forgetPrepared(const SqlStatement& statement) { prepared_.erase(statement.name); }

 private:
  struct Deleter {
    void operator()(pg_conn* connection) const noexcept;
  };
  std::unique_ptr<pg_conn, Deleter> connection_;
  std::unordered_set<std::string_view> prepared_;
  SteadyTime openedAt_;
};

/// The fault of an error result.
[[nodiscard]] Fault faultOf(const pg_result* result);

}  // namespace ks
