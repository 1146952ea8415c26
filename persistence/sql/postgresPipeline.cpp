#include "persistence/sql/postgresPipeline.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <thread>
#include <utility>

#include "core/logging/logging.hpp"
#include "persistence/backoff.hpp"
#include "persistence/sql/postgresConnection.hpp"
#include "persistence/sql/sqlFault.hpp"

namespace ks {

class PostgresPipeline::Implementation {
 public:
  explicit Implementation(PostgresConfig config) : config_(std::move(config)) {}

  void enqueue(const SqlStatement& statement, SqlParameters parameters, Reply<SqlRows> reply);
  void flush();
  [[nodiscard]] PostgresPipelineStatus status() const;

 private:
  static constexpr unsigned kMostRuns = 3;
  static constexpr unsigned kMostRounds = 5;   // of one flush, each on a connection that works at its start
  static constexpr std::size_t kWindow = 256;  // statements in flight: bounds what libpq buffers

  struct Operation {
    SqlStatement statement;
    SqlParameters parameters;
    Reply<SqlRows> reply;
    unsigned runs = 0;
    bool preparing = false;  ///< a PREPARE was sent before it and has not been answered
    SteadyTime sentAt{};
    PgResult result = nullptr;
    std::optional<Fault> fault = std::nullopt;
    SqlErrorClass faultClass = SqlErrorClass::final_;
  };
  using Operations = std::deque<Operation>;
  enum class End : unsigned char { done, lost, timeout };

  bool ready(SteadyTime deadline);
  void run(Operations& unsent, SteadyTime deadline);
  End exchange(Operations& unsent, SteadyTime deadline);
  bool send(Operation& operation);
  bool drain();
  void finishFront();
  void runAgainOr(Operation operation, bool mayRunAgain, Fault fault);
  void answer(Operation& operation, Result<SqlRows> result);
  void endAll(Operations& operations, const Fault& fault);

  PostgresConfig config_;
  PostgresConnection connection_;
  Backoff backoff_;
  Operations waiting_;
  Operations flying_;
  Operations again_;
  bool flushing_ = false;
  bool replaceConnection_ = false;
  bool everConnected_ = false;
  std::string lastError_;
  std::uint64_t statements_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t retries_ = 0;
  std::uint64_t reconnects_ = 0;
};

void PostgresPipeline::Implementation::enqueue(const SqlStatement& statement, SqlParameters parameters,
                                               Reply<SqlRows> reply) {
  Operation operation{statement, std::move(parameters), std::move(reply)};
  if (waiting_.size() >= kMostWaiting) {
    answer(operation, makeFault(ErrorCode::overloaded, "the storage connection's queue is full"));
    return;
  }
  waiting_.push_back(std::move(operation));
}

void PostgresPipeline::Implementation::flush() {
  if (flushing_ || waiting_.empty()) {
    return;
  }
  flushing_ = true;
  const SteadyTime deadline = std::chrono::steady_clock::now() + config_.timeout;
  Operations batch = std::exchange(waiting_, {});
  for (unsigned round = 0; !batch.empty(); ++round) {
    if (round == kMostRounds || !ready(deadline)) {
      endAll(batch, makeFault(ErrorCode::dependencyUnavailable, lastError_));
      break;
    }
    run(batch, deadline);
    batch = std::exchange(again_, {});
    if (!batch.empty() &&
        connection_.isOpen()) {  // after serialization failures: lets the other transaction finish
      std::this_thread::sleep_for(std::chrono::milliseconds(5 << std::min(round, 4U)));
    }
  }
  flushing_ = false;
}

bool PostgresPipeline::Implementation::ready(SteadyTime deadline) {
  const SteadyTime now = std::chrono::steady_clock::now();
  if (connection_.isOpen() && now - connection_.openedAt() > config_.recycle) {
    connection_.close();
  }
  if (connection_.isOpen() && connection_.stillThere()) {
    return true;
  }
  connection_.close();
  if (backoff_.waiting(now)) {
    return false;
  }
  const auto opened = connection_.open(config_, deadline);
  if (!opened.ok() || PQenterPipelineMode(connection_.raw()) == 0) {
    if (opened.ok()) {
      lastError_ = connection_.message();
    } else {
      lastError_ = opened.fault().detail;
    }
    connection_.close();
    backoff_.failed(std::chrono::steady_clock::now());
    if (backoff_.failures() == 1) {
      logWarning("storage.unreachable", "PostgreSQL cannot be reached", {{"cause", lastError_}});
    }
    return false;
  }
  backoff_.succeeded();
  if (std::exchange(everConnected_, true)) {
    ++reconnects_;
    logInfo("storage.reconnected", "connection to PostgreSQL replaced");
  }
  return true;
}

void PostgresPipeline::Implementation::run(Operations& unsent, SteadyTime deadline) {
  const End end = exchange(unsent, deadline);
  if (end == End::done) {
    if (std::exchange(replaceConnection_, false)) {
      connection_.close();
    }
    return;
  }
  const bool timedOut = end == End::timeout;
  if (timedOut) {
    lastError_ = "no answer within the timeout";
  } else if (flying_.empty() || !flying_.front().fault) {
    lastError_ = connection_.message();
  }
  connection_.close();
  replaceConnection_ = false;
  Operations sent = std::exchange(flying_, {});
  for (auto& operation : sent) {
    if (timedOut) {
      answer(operation,
             makeFault(ErrorCode::timeout, std::string(operation.statement.name) + ": " + lastError_));
    } else {
      const bool repeatable = operation.statement.repeatable;
      runAgainOr(
          std::move(operation), repeatable,
          makeFault(ErrorCode::dependencyUnavailable, "connection lost, outcome unknown: " + lastError_));
    }
  }
  if (timedOut) {
    endAll(unsent, makeFault(ErrorCode::timeout, lastError_));
  }
  std::move(unsent.begin(), unsent.end(), std::back_inserter(again_));
  unsent.clear();
}

PostgresPipeline::Implementation::End PostgresPipeline::Implementation::exchange(Operations& unsent,
                                                                                 SteadyTime deadline) {
  for (;;) {
    while (!unsent.empty() && flying_.size() < kWindow) {
      flying_.push_back(std::move(unsent.front()));
      unsent.pop_front();
      if (!send(flying_.back())) {
        drain();
        return End::lost;
      }
    }
    const int pending = PQflush(connection_.raw());
    if (!drain() || pending < 0) {
      return End::lost;
    }
    if (flying_.empty() && unsent.empty()) {
      return End::done;
    }
    if (flying_.size() < kWindow && !unsent.empty()) {
      continue;
    }
    const auto event = connection_.wait(pending > 0, deadline);
    if (event == PostgresConnection::Ready::timeout) {
      return End::timeout;
    }
    const bool readable = event != PostgresConnection::Ready::writable;
    if (readable && PQconsumeInput(connection_.raw()) == 0) {
      drain();  // what was answered before the connection broke
      return End::lost;
    }
  }
}

bool PostgresPipeline::Implementation::send(Operation& operation) {
  PGconn* connection = connection_.raw();
  const auto bound = operation.parameters.bound();
  const SqlStatement& statement = operation.statement;
  const int count = operation.parameters.count();
  ++operation.runs;
  operation.sentAt = std::chrono::steady_clock::now();
  operation.fault.reset();
  operation.result.reset();
  operation.preparing = false;
  if (!connection_.isPrepared(statement)) {
    if (PQsendPrepare(connection, statement.name, statement.text, count, bound.types.data()) == 0) {
      return false;
    }
    operation.preparing = true;
    connection_.markPrepared(statement);
  }
  return PQsendQueryPrepared(connection, statement.name, count, bound.values.data(), bound.lengths.data(),
                             bound.formats.data(), 1) != 0 &&
         PQpipelineSync(connection) != 0;
}

/// Takes the available results. False: the connection is unusable.
bool PostgresPipeline::Implementation::drain() {
  int emptyInARow = 0;
  while (!flying_.empty() && PQisBusy(connection_.raw()) == 0) {
    PgResult result(PQgetResult(connection_.raw()));
    if (result == nullptr) {
      if (++emptyInARow > 2 || PQstatus(connection_.raw()) != CONNECTION_OK) {
        return false;
      }
      continue;
    }
    emptyInARow = 0;
    Operation& operation = flying_.front();
    switch (PQresultStatus(result.get())) {
      case PGRES_PIPELINE_SYNC:
        finishFront();
        break;
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
        if (operation.preparing) {
          operation.preparing = false;
        } else {
          operation.result = std::move(result);
        }
        break;
      case PGRES_PIPELINE_ABORTED:
        break;
      default:
        if (!operation.fault) {
          operation.fault = faultOf(result.get());
          operation.faultClass = classifySqlState(sqlStateOf(*operation.fault), operation.fault->detail);
          lastError_ = std::string(operation.statement.name) + ": " + operation.fault->detail;
        }
        if (PQstatus(connection_.raw()) != CONNECTION_OK) {
          return false;
        }
    }
  }
  return true;
}

/// The answer is final only with its sync: the statement's transaction commits there.
void PostgresPipeline::Implementation::finishFront() {
  Operation operation = std::move(flying_.front());
  flying_.pop_front();
  if (operation.preparing) {
    connection_.forgetPrepared(operation.statement);
  }
  if (operation.fault) {
    Fault fault = std::move(*operation.fault);
    replaceConnection_ = replaceConnection_ || operation.faultClass == SqlErrorClass::replace;
    const bool undone =
        operation.faultClass == SqlErrorClass::again || operation.faultClass == SqlErrorClass::replace;
    runAgainOr(std::move(operation), undone, std::move(fault));
    return;
  }
  if (operation.result == nullptr) {
    answer(operation, makeFault(ErrorCode::internal, std::string(operation.statement.name) + ": no result"));
    return;
  }
  SqlRows rows(operation.result.release());
  logIfSlow("storage.slow", std::chrono::steady_clock::now() - operation.sentAt,
            {{"statement", operation.statement.name}, {"rows", rows.size()}});
  answer(operation, std::move(rows));
}

void PostgresPipeline::Implementation::runAgainOr(Operation operation, bool mayRunAgain, Fault fault) {
  if (mayRunAgain && operation.runs < kMostRuns) {
    ++retries_;
    again_.push_back(std::move(operation));
    return;
  }
  fault.detail += std::string(" [") + operation.statement.name + "]";
  answer(operation, std::move(fault));
}

void PostgresPipeline::Implementation::answer(Operation& operation, Result<SqlRows> result) {
  ++statements_;
  if (!result.ok()) {
    ++failures_;
    if (result.fault().code == ErrorCode::dependencyUnavailable) {
      result.fault().retryAfterS = 1;
    }
  }
  try {
    operation.reply(std::move(result));
  } catch (const std::exception& error) {
    logFault("storage.reply.failed", "a reply handler threw",
             makeFault(ErrorCode::internal, std::string(operation.statement.name) + ": " + error.what()));
  }
}

void PostgresPipeline::Implementation::endAll(Operations& operations, const Fault& fault) {
  for (auto& operation : std::exchange(operations, {})) {
    answer(operation, fault);
  }
}

PostgresPipelineStatus PostgresPipeline::Implementation::status() const {
  return {connection_.isOpen(), waiting_.size(), statements_, failures_, retries_, reconnects_, lastError_};
}

PostgresPipeline::PostgresPipeline(PostgresConfig config)
    : implementation_(std::make_unique<Implementation>(std::move(config))) {}
PostgresPipeline::~PostgresPipeline() = default;

void PostgresPipeline::enqueue(const SqlStatement& statement, SqlParameters parameters,
                               Reply<SqlRows> reply) {
  implementation_->enqueue(statement, std::move(parameters), std::move(reply));
}
void PostgresPipeline::flush() { implementation_->flush(); }
PostgresPipelineStatus PostgresPipeline::status() const { return implementation_->status(); }

}  // namespace ks
