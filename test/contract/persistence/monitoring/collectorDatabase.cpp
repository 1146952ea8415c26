#include "test/contract/persistence/monitoring/collectorDatabase.hpp"

#include <unistd.h>

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <deque>
#include <stdexcept>

#include "persistence/migration/migration.hpp"
#include "persistence/sql/auditSealing.hpp"

namespace ks::test {
namespace {

std::string serverUrl() {
  const char* url = std::getenv("K_TEST_DATABASE_URL");
  return url == nullptr ? "" : url;
}

std::string urlOf(const std::string& database) {
  const auto url = serverUrl();
  if (url.find("://") == std::string::npos) {
    return url + " dbname=" + database;
  }
  return url + (url.find('?') == std::string::npos ? "?" : "&") + "dbname=" + database;
}

void require(const Result<Done>& done) {
  if (!done.ok()) {
    throw std::runtime_error(done.fault().detail + " " + done.fault().message);
  }
}

PostgresConfig configOf(const std::string& url) {
  PostgresConfig config;
  config.url = url;
  config.applicationName = "collectorTest";
  config.timeout = Milliseconds{20'000};
  return config;
}

}  // namespace

CollectorDatabase::CollectorDatabase() {
  if (serverUrl().empty()) {
    SKIP("K_TEST_DATABASE_URL is not set");
  }
  static std::atomic<int> count{0};
  name_ = "collector_" + std::to_string(::getpid()) + "_" + std::to_string(count++);
  PostgresSession server(configOf(serverUrl()));
  require(server.connect());
  require(server.execScript("CREATE DATABASE " + name_));
  session_ = std::make_unique<PostgresSession>(config());
  require(session_->connect());
  for (const auto& migration : embeddedMigrations()) {
    require(session_->execScript(migration.up));
  }
  require(AuditSealing(*session_, sealer_).begin());
}

CollectorDatabase::~CollectorDatabase() {
  session_.reset();
  PostgresSession server(configOf(serverUrl()));
  if (server.connect().ok()) {
    static_cast<void>(server.execScript("DROP DATABASE " + name_ + " WITH (FORCE)"));
  }
}

PostgresConfig CollectorDatabase::config() const { return configOf(urlOf(name_)); }

std::unique_ptr<PostgresCollectorRepository> CollectorDatabase::repository() {
  return std::make_unique<PostgresCollectorRepository>(config(), uuids_, sealer_);
}

std::int64_t CollectorDatabase::number(const std::string& sql) {
  // Statements must outlive the connection.
  static std::deque<std::pair<std::string, std::string>> texts;
  static std::deque<SqlStatement> statements;
  texts.emplace_back("test." + std::to_string(texts.size()), sql);
  statements.push_back({texts.back().first.c_str(), texts.back().second.c_str()});
  require(session_->connect());
  auto rows = session_->exec(statements.back());
  if (!rows.ok()) {
    throw std::runtime_error(rows.fault().detail);
  }
  return rows.value().row(0).int64(0);
}

void CollectorDatabase::run(const std::string& sql) {
  require(session_->connect());
  require(session_->execScript(sql));
}

}  // namespace ks::test
