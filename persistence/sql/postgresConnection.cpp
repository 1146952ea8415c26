#include "persistence/sql/postgresConnection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "persistence/sql/sqlFault.hpp"

namespace ks {
namespace {

std::string oneLine(const char* text) {
  std::string line(text == nullptr ? "" : text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  while (!line.empty() && line.back() == ' ') {
    line.pop_back();
  }
  return line;
}

bool namesSeveralHosts(const std::string& url) {
  char* error = nullptr;
  PQconninfoOption* options = PQconninfoParse(url.c_str(), &error);
  PQfreemem(error);
  bool several = false;
  for (const auto* option = options; option != nullptr && option->keyword != nullptr; ++option) {
    const std::string_view keyword = option->keyword;
    if ((keyword == "host" || keyword == "hostaddr") && option->val != nullptr) {
      several = several || std::string_view(option->val).find(',') != std::string_view::npos;
    }
  }
  PQconninfoFree(options);
  return several;
}

/// A little below our own deadline, so the server gives up first and the connection survives.
std::int64_t serverTimeoutMs(Milliseconds timeout) {
  const auto ms = timeout.count();
  return std::max<std::int64_t>(1, ms - std::min<std::int64_t>(500, ms / 10));
}

}  // namespace

void PgResultDeleter::operator()(pg_result* result) const noexcept { PQclear(result); }
void PostgresConnection::Deleter::operator()(pg_conn* connection) const noexcept { PQfinish(connection); }

PostgresConnection::PostgresConnection() = default;
PostgresConnection::~PostgresConnection() = default;

Fault faultOf(const pg_result* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (state == nullptr) {  // libpq's own error: the connection broke
    return makeFault(ErrorCode::dependencyUnavailable, oneLine(PQresultErrorMessage(result)));
  }
  return makeSqlFault(state, constraint == nullptr ? "" : constraint, primary == nullptr ? "" : primary);
}

Result<Done> PostgresConnection::open(const PostgresConfig& config, SteadyTime deadline) {
  close();
  const std::string connectTimeout = std::to_string(config.connectTimeout.count());
  const std::string userTimeout = std::to_string(config.timeout.count());
  // What stands before dbname is a default: the URL, expanded there, wins over it.
  std::vector<const char*> keywords = {"connect_timeout",  "tcp_user_timeout",    "keepalives",
                                       "keepalives_idle",  "keepalives_interval", "keepalives_count",
                                       "application_name", "client_encoding"};
  std::vector<const char*> values = {connectTimeout.c_str(),
                                     userTimeout.c_str(),
                                     "1",
                                     "30",
                                     "10",
                                     "3",
                                     config.applicationName.c_str(),
                                     "UTF8"};
  if (namesSeveralHosts(config.url)) {
    keywords.push_back("target_session_attrs");
    values.push_back("read-write");
  }
  keywords.insert(keywords.end(), {"dbname", nullptr});
  values.insert(values.end(), {config.url.c_str(), nullptr});
  connection_.reset(PQconnectdbParams(keywords.data(), values.data(), 1));
  if (connection_ == nullptr || PQstatus(raw()) != CONNECTION_OK || PQsetnonblocking(raw(), 1) != 0) {
    Fault fault = makeFault(ErrorCode::dependencyUnavailable, "connecting failed: " + message());
    close();
    return fault;
  }
  PQsetNoticeProcessor(
      raw(), [](void*, const char*) {}, nullptr);
  const std::string timeout = std::to_string(serverTimeoutMs(config.timeout));
  auto prepared =
      runText("SET TIME ZONE 'UTC'; SET statement_timeout = " + timeout +
                  "; SET idle_in_transaction_session_timeout = " + std::to_string(config.timeout.count()),
              deadline);
  if (!prepared.ok()) {
    close();
    return prepared;
  }
  openedAt_ = std::chrono::steady_clock::now();
  return Done{};
}

void PostgresConnection::close() {
  prepared_.clear();
  connection_.reset();
}

bool PostgresConnection::stillThere() {
  if (connection_ == nullptr) {
    return false;
  }
  pollfd socket{PQsocket(raw()), POLLIN, 0};
  if (poll(&socket, 1, 0) > 0 && PQconsumeInput(raw()) == 0) {
    return false;
  }
  return PQstatus(raw()) == CONNECTION_OK;
}

std::string PostgresConnection::message() const { return oneLine(PQerrorMessage(raw())); }

PostgresConnection::Ready PostgresConnection::wait(bool alsoWrite, SteadyTime deadline) const {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now())
            .count();
    if (left < 0) {
      return Ready::timeout;
    }
    pollfd socket{PQsocket(raw()), static_cast<short>(alsoWrite ? POLLIN | POLLOUT : POLLIN), 0};
    const int ready = poll(&socket, 1, static_cast<int>(std::min<std::int64_t>(left + 1, 60'000)));
    if (ready > 0) {
      const bool writable = (socket.revents & POLLOUT) != 0;
      const bool readable = (socket.revents & (POLLIN | POLLHUP | POLLERR)) != 0;
      return readable && writable ? Ready::both
             : writable           ? Ready::writable
             : readable           ? Ready::readable
                                  : Ready::broken;
    }
    if (ready < 0 && errno != EINTR) {
      return Ready::broken;
    }
  }
}

bool PostgresConnection::flushOutput(SteadyTime deadline) {
  for (;;) {
    const int left = PQflush(raw());
    if (left <= 0) {
      return left == 0;
    }
    const Ready ready = wait(true, deadline);
    if (ready == Ready::timeout || ready == Ready::broken) {
      return false;
    }
    // The server may be blocked writing to us: read, or both sides wait forever.
    if (ready != Ready::writable && PQconsumeInput(raw()) == 0) {
      return false;
    }
  }
}

PgResult PostgresConnection::nextResult(SteadyTime deadline, bool& failed) {
  failed = false;
  while (PQisBusy(raw()) != 0) {
    const Ready ready = wait(false, deadline);
    if (ready == Ready::timeout || ready == Ready::broken || PQconsumeInput(raw()) == 0) {
      failed = true;
      return nullptr;
    }
  }
  return PgResult(PQgetResult(raw()));
}

Result<Done> PostgresConnection::runText(const std::string& text, SteadyTime deadline) {
  if (PQsendQuery(raw(), text.c_str()) == 0 || !flushOutput(deadline)) {
    return makeFault(ErrorCode::dependencyUnavailable, "sending failed: " + message());
  }
  std::optional<Fault> fault;
  for (;;) {
    bool failed = false;
    const PgResult result = nextResult(deadline, failed);
    if (failed) {
      return makeFault(std::chrono::steady_clock::now() >= deadline ? ErrorCode::timeout
                                                                    : ErrorCode::dependencyUnavailable,
                       "no answer: " + message());
    }
    if (result == nullptr) {
      break;
    }
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY && !fault) {
      fault = faultOf(result.get());
    }
  }
  if (fault) {
    return std::move(*fault);
  }
  return Done{};
}

}  // namespace ks
