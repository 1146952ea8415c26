#include "test/contract/persistence/testStorage.hpp"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <cstdlib>

#include "persistence/memory/memoryStorageEngine.hpp"
#include "persistence/migration/migrationRunner.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/postgresStorageEngine.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks::contract {
namespace {

std::string serverUrl() {
  const char* url = std::getenv("K_TEST_DATABASE_URL");
  if (url == nullptr || *url == '\0') {
    SKIP("K_TEST_DATABASE_URL is not set");
  }
  return url;
}

/// The same server, another database: a later dbname wins.
std::string withDatabase(const std::string& url, const std::string& name) {
  if (url.find("://") == std::string::npos) {
    return url + " dbname=" + name;
  }
  return url + (url.find('?') == std::string::npos ? "?" : "&") + "dbname=" + name;
}

void require(const Result<Done>& result) {
  if (!result.ok()) {
    throw std::runtime_error(result.fault().message + " " + result.fault().detail);
  }
}

void onServer(const std::string& sql) {
  PostgresSession session({serverUrl(), "contractTests"});
  require(session.connect());
  require(session.execScript(sql));
}

std::string freshDatabaseName() {
  static std::atomic<int> next{0};
  return "ks_contract_" + std::to_string(getpid()) + "_" + std::to_string(next++);
}

}  // namespace

ScratchDatabase::ScratchDatabase() : name_(freshDatabaseName()) { onServer("CREATE DATABASE " + name_); }
ScratchDatabase::~ScratchDatabase() {
  try {
    onServer("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "the database %s stays behind: %s\n", name_.c_str(), error.what());
  }
}
PostgresConfig ScratchDatabase::config() const { return {withDatabase(serverUrl(), name_), "contractTests"}; }

const std::string& testDatabaseUrl() {
  static struct Migrated {
    Migrated() : url(database.config().url) {
      PostgresSession session(database.config());
      auto applied = MigrationRunner(session, embeddedMigrations(), embeddedFunctions()).up();
      if (!applied.ok()) {
        throw std::runtime_error(applied.fault().message);
      }
    }
    ScratchDatabase database;
    std::string url;
  } migrated;
  return migrated.url;
}

PostgresConfig testPostgresConfig(Milliseconds timeout) {
  PostgresConfig config{testDatabaseUrl(), "contractTests"};
  config.timeout = timeout;
  return config;
}

void runSql(const std::string& text) {
  PostgresSession session(testPostgresConfig());
  require(session.connect());
  require(session.execScript(text));
}

std::int64_t countOf(const char* sql) {
  PostgresSession session(testPostgresConfig());
  require(session.connect());
  const SqlStatement statement{"contract.count", sql};
  auto rows = session.exec(statement);
  if (!rows.ok()) {
    throw std::runtime_error(rows.fault().detail);
  }
  return rows.value().row(0).int64(0);
}

TestStorage::TestStorage(StorageKind kind) : kind_(kind) {
  if (kind == StorageKind::memory) {
    memory_ = std::make_shared<MemoryDatabase>();
  } else {
    runSql(
        "TRUNCATE users, email_outbox, signing_keys, api_keys, system_health_snapshot, attempt_window "
        "CASCADE");
  }
}

std::unique_ptr<StorageEngineInterface> TestStorage::engine() const {
  if (kind_ == StorageKind::memory) {
    return std::make_unique<MemoryStorageEngine>(memory_);
  }
  return std::make_unique<PostgresStorageEngine>(testPostgresConfig());
}

Uuid freshId() {
  static std::atomic<std::uint32_t> next{1};
  const std::uint32_t number = next++;
  Uuid id;
  id.bytes[0] = 1;
  id.bytes[6] = 0x70;
  id.bytes[8] = 0x80;
  for (std::size_t i = 0; i < 4; ++i) {
    id.bytes[12 + i] = static_cast<std::uint8_t>(number >> (24U - 8U * i));
  }
  return id;
}

TimePoint startTime() { return TimePoint(Milliseconds(1'790'000'000'123)); }

OutboxMail newMail(const std::string& mailTemplate) {
  return {freshId(), mailTemplate, "en", {1, 0, 255}, {2, 0, 254}, 0};
}

RegisterAccount newAccount(const std::string& email, const std::string& username) {
  RegisterAccount account;
  account.userId = freshId();
  account.email = email;
  account.username = username;
  account.displayName = "Ann";
  account.locale = "id";
  account.passwordPhc = "$argon2id$first";
  account.verifyTokenId = freshId();
  account.verifyTokenHash = Bytes(account.verifyTokenId.bytes.begin(), account.verifyTokenId.bytes.end());
  account.now = startTime();
  account.verifyTokenExpires = account.now + std::chrono::hours(24);
  account.verifyMail = newMail("verifyEmail");
  account.takenMail = newMail("alreadyRegistered");
  return account;
}

NewSession newSession(const Uuid& userId, TimePoint createdAt) {
  NewSession session;
  session.id = freshId();
  session.userId = userId;
  session.refreshKeySealed = {9, 0, 8};
  session.methods = {"pwd"};
  session.createdAt = createdAt;
  session.idleExpiresAt = createdAt + std::chrono::hours(24 * 7);
  session.absoluteExpiresAt = createdAt + std::chrono::hours(24 * 30);
  session.ip = "2001:db8::7";
  session.userAgent = "Firefox";
  session.deviceName = "Laptop";
  session.deviceHash = {7, 7};
  session.transport = "cookie";
  return session;
}

void TestStorage::takeRoles(const Uuid& userId) const {
  if (kind_ == StorageKind::memory) {
    memory_->users.at(userId).roles.clear();
  } else {
    runSql("DELETE FROM user_roles WHERE user_id = '" + userId.toString() + "'");
  }
}

void TestStorage::setStatus(const Uuid& userId, UserStatus status) const {
  if (kind_ == StorageKind::memory) {
    memory_->users.at(userId).status = status;
  } else {
    runSql("UPDATE users SET status = '" + std::string(accountRows::statusName(status)) + "' WHERE id = '" +
           userId.toString() + "'");
  }
}

Uuid activeUser(StorageEngineInterface& engine, const std::string& email, const std::string& username) {
  const auto account = newAccount(email, username);
  if (valueOf(engine, account) != RegisterOutcome::created) {
    throw std::runtime_error("not registered");
  }
  valueOf(engine, VerifyEmailToken{{account.verifyTokenHash}, account.now});
  return account.userId;
}

}  // namespace ks::contract
