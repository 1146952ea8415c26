#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "persistence/postgres/postgresMonitoringEngine.hpp"
#include "test/contract/persistence/testStorage.hpp"
#include "test/unit/crypto/testKeys.hpp"

namespace ks::contract {

/// Accounts on the test database, and what administrators do to them.
class AdministrationFixture {
 public:
  AdministrationFixture()
      : storage_(StorageKind::postgres),
        engine_(storage_.engine()),
        queries_(testPostgresConfig(), testSealer()) {
    runSql("DELETE FROM roles WHERE NOT is_system");
  }

  Uuid user(const std::string& name, const std::string& role = {}) {
    const auto id = activeUser(*engine_, name + "@example.org", name);
    if (!role.empty()) {
      runSql("INSERT INTO user_roles (user_id, role_id, granted_at) SELECT '" + id.toString() +
             "', id, now() FROM roles WHERE name = '" + role + "'");
    }
    return id;
  }
  /// In addition to the others of the account.
  Uuid give(const Uuid& userId, const std::string& role, std::int32_t rank, const std::string& permissions) {
    const auto roleId = freshId();
    const auto id = roleId.toString();
    runSql("INSERT INTO roles (id, name, rank) VALUES ('" + id + "', '" + role + "', " +
           std::to_string(rank) + "); INSERT INTO role_permissions SELECT '" + id + "', unnest('{" +
           permissions +
           "}'::text[]); INSERT INTO user_roles (user_id, role_id, granted_at) "
           "VALUES ('" +
           userId.toString() + "', '" + id + "', now())");
    return roleId;
  }
  Uuid session(const Uuid& userId) {
    const auto session =
        newSession(userId, TimePoint(std::chrono::floor<Milliseconds>(std::chrono::system_clock::now())));
    valueOf(*engine_, OpenSession{session, {}});
    return session.id;
  }
  std::optional<AdminUser> find(const Uuid& id) {
    std::optional<AdminUser> found;
    queries_.run(UserKey{id, {}, {}, {}}, [&](Result<std::optional<AdminUser>> result) {
      REQUIRE(result.ok());
      found = std::move(result.value());
    });
    queries_.flush();
    return found;
  }
  UserPage search(UserSearch query) {
    std::optional<Result<UserPage>> page;
    queries_.run(std::move(query), [&](Result<UserPage> result) { page.emplace(std::move(result)); });
    queries_.flush();
    INFO((page->ok() ? std::string{} : page->fault().detail));
    REQUIRE(page->ok());
    return std::move(page->value());
  }
  RoleChangeOutcome changeRole(RoleChange change) {
    std::optional<Result<RoleChangeOutcome>> outcome;
    queries_.run(std::move(change),
                 [&](Result<RoleChangeOutcome> result) { outcome.emplace(std::move(result)); });
    queries_.flush();
    INFO((outcome->ok() ? std::string{} : outcome->fault().detail));
    REQUIRE(outcome->ok());
    return std::move(outcome->value());
  }
  ErrorCode create(NewUser user) {
    std::optional<Result<UserChangeOutcome>> outcome;
    queries_.run(std::move(user),
                 [&](Result<UserChangeOutcome> result) { outcome.emplace(std::move(result)); });
    queries_.flush();
    INFO((outcome->ok() ? std::string{} : outcome->fault().detail));
    REQUIRE(outcome->ok());
    return outcome->value().refused;
  }
  std::uint64_t endChosen(const Uuid& actor, const Uuid& target) {
    EndChosenSessions choice;
    choice.actor = actor;
    choice.choice.userId = target;
    choice.now = TimePoint(std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()));
    std::optional<Result<ChosenSessions>> chosen;
    queries_.run(std::move(choice),
                 [&](Result<ChosenSessions> result) { chosen.emplace(std::move(result)); });
    queries_.flush();
    REQUIRE(chosen->ok());
    return chosen->value().chosen;
  }
  SuperadminOutcome ask(std::optional<Uuid> actor, const Uuid& target) {
    SuperadminChange change;
    change.actor = actor;
    change.userId = target;
    change.reason = "test";
    change.mails = {newMail("superadminAsked")};
    change.now = TimePoint(std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()));
    change.expires = change.now + std::chrono::hours{24};
    std::optional<Result<SuperadminOutcome>> outcome;
    queries_.run(std::move(change),
                 [&](Result<SuperadminOutcome> result) { outcome.emplace(std::move(result)); });
    queries_.flush();
    INFO((outcome->ok() ? std::string{} : outcome->fault().detail));
    REQUIRE(outcome->ok());
    return std::move(outcome->value());
  }
  std::size_t waiting() {
    std::optional<Result<std::vector<SuperadminGrant>>> grants;
    queries_.run(
        FindSuperadminGrants{TimePoint(std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()))},
        [&](Result<std::vector<SuperadminGrant>> result) { grants.emplace(std::move(result)); });
    queries_.flush();
    REQUIRE(grants->ok());
    return grants->value().size();
  }
  ErrorCode withdraw(const Uuid& actor, const Uuid& target) {
    std::optional<Result<UserChangeOutcome>> outcome;
    queries_.run(
        SuperadminWithdrawal{
            actor, target, TimePoint(std::chrono::floor<Milliseconds>(std::chrono::system_clock::now())), {}},
        [&](Result<UserChangeOutcome> result) { outcome.emplace(std::move(result)); });
    queries_.flush();
    REQUIRE(outcome->ok());
    return outcome->value().refused;
  }
  StorageEngineInterface& engine() { return *engine_; }
  UserChangeOutcome change(UserChange change) { return changeOn(queries_, std::move(change)); }
  static UserChangeOutcome changeOn(PostgresMonitoringEngine& engine, UserChange change) {
    std::optional<Result<UserChangeOutcome>> outcome;
    engine.run(std::move(change),
               [&](Result<UserChangeOutcome> result) { outcome.emplace(std::move(result)); });
    engine.flush();
    if (!outcome->ok()) {
      throw std::runtime_error(outcome->fault().detail);
    }
    return std::move(outcome->value());
  }

 private:
  TestStorage storage_;
  std::unique_ptr<StorageEngineInterface> engine_;
  PostgresMonitoringEngine queries_;
};

inline UserChange changeOf(std::optional<Uuid> actor, const Uuid& target, UserOperation operation) {
  UserChange change;
  change.actor = actor;
  change.userId = target;
  change.wish.operation = operation;
  change.wish.reason = "test";
  change.now = TimePoint(std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()));
  change.audit.id = freshId();
  change.audit.at = change.now;
  change.audit.actorType = actor ? "user" : "operator";
  change.audit.action = "user.test";
  return change;
}

}  // namespace ks::contract
