#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "../persistence/testStorage.hpp"
#include "core/uuid.hpp"
#include "persistence/postgresMonitoringEngine.hpp"

// The user administration on a real PostgreSQL: who may do what to whom, also when many do it at once.

using namespace ks;
using namespace ks::contract;

namespace {

class AdministrationFixture {
 public:
  AdministrationFixture()
      : storage_(StorageKind::postgres), engine_(storage_.engine()), queries_(testPostgresConfig()) {
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
  /// Beside the others of the account.
  void give(const Uuid& userId, const std::string& role, std::int32_t rank, const std::string& permissions) {
    const auto id = freshId().toString();
    runSql("INSERT INTO roles (id, name, rank) VALUES ('" + id + "', '" + role + "', " +
           std::to_string(rank) + "); INSERT INTO role_permissions SELECT '" + id + "', unnest('{" +
           permissions +
           "}'::text[]); INSERT INTO user_roles (user_id, role_id, granted_at) "
           "VALUES ('" +
           userId.toString() + "', '" + id + "', now())");
  }
  Uuid session(const Uuid& userId) {
    const auto session =
        newSession(userId, TimePoint(std::chrono::floor<Milliseconds>(std::chrono::system_clock::now())));
    valueOf<Done>(*engine_, [&](auto reply) {
      engine_->accounts().openSession({session, {}}, std::move(reply));
    });
    return session.id;
  }
  std::optional<AdminUser> find(const Uuid& id) {
    std::optional<AdminUser> found;
    queries_.users().find({id, {}, {}, {}}, [&](Result<std::optional<AdminUser>> result) {
      REQUIRE(result.ok());
      found = std::move(result.value());
    });
    queries_.flush();
    return found;
  }
  UserPage search(UserSearch query) {
    std::optional<Result<UserPage>> page;
    queries_.users().search(std::move(query),
                            [&](Result<UserPage> result) { page.emplace(std::move(result)); });
    queries_.flush();
    INFO((page->ok() ? std::string{} : page->fault().detail));
    REQUIRE(page->ok());
    return std::move(page->value());
  }
  RoleChangeOutcome changeRole(RoleChange change) {
    std::optional<Result<RoleChangeOutcome>> outcome;
    queries_.users().changeRole(
        std::move(change), [&](Result<RoleChangeOutcome> result) { outcome.emplace(std::move(result)); });
    queries_.flush();
    INFO((outcome->ok() ? std::string{} : outcome->fault().detail));
    REQUIRE(outcome->ok());
    return std::move(outcome->value());
  }
  ErrorCode create(NewUser user) {
    std::optional<Result<UserChangeOutcome>> outcome;
    queries_.users().create(std::move(user),
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
    queries_.users().endChosen(std::move(choice),
                               [&](Result<ChosenSessions> result) { chosen.emplace(std::move(result)); });
    queries_.flush();
    REQUIRE(chosen->ok());
    return chosen->value().chosen;
  }
  StorageEngineInterface& engine() { return *engine_; }
  UserChangeOutcome change(UserChange change) { return changeOn(queries_, std::move(change)); }
  static UserChangeOutcome changeOn(PostgresMonitoringEngine& engine, UserChange change) {
    std::optional<Result<UserChangeOutcome>> outcome;
    engine.users().change(std::move(change),
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

UserChange changeOf(std::optional<Uuid> actor, const Uuid& target, UserOperation operation) {
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

}  // namespace

TEST_CASE("Ranks decide who changes whom", "[users]") {
  AdministrationFixture it;
  const auto boss = it.user("boss", "superadmin");
  const auto other = it.user("other", "superadmin");
  const auto deputy = it.user("deputy", "admin");
  const auto helper = it.user("helper", "support");
  const auto plain = it.user("plain");
  const auto suspended = [&](const Uuid& actor, const Uuid& target) {
    return it.change(changeOf(actor, target, UserOperation::suspend)).refused;
  };
  CHECK(suspended(helper, deputy) == ErrorCode::rankTooLow);
  CHECK(suspended(deputy, deputy) == ErrorCode::rankTooLow);
  CHECK(suspended(boss, other) == ErrorCode::rankTooLow);
  CHECK(suspended(plain, helper) == ErrorCode::rankTooLow);
  CHECK(suspended(plain, plain) == ErrorCode::rankTooLow);
  CHECK(suspended(it.user("mute", "auditor"), plain) == ErrorCode::permissionDenied);
  CHECK(suspended(freshId(), plain) == ErrorCode::rankTooLow);
  CHECK(suspended(deputy, helper) == ErrorCode::none);
  // Who is suspended acts no more, whatever his session still says.
  CHECK(suspended(helper, plain) == ErrorCode::rankTooLow);
  CHECK(suspended(boss, freshId()) == ErrorCode::userNotFound);

  auto grant = changeOf(deputy, plain, UserOperation::setRoles);
  grant.wish.roles = {"auditor"};
  CHECK(it.change(grant).refused == ErrorCode::permissionDenied);
  it.give(deputy, "personnel", 10, "roles:write");
  grant.wish.roles = {"user", "admin"};
  CHECK(it.change(grant).refused == ErrorCode::cannotGrantHigherRole);
  grant.wish.roles = {"user", "no such role"};
  CHECK(it.change(grant).refused == ErrorCode::roleNotFound);
  grant.wish.roles = {"auditor"};
  CHECK(it.change(grant).refused == ErrorCode::none);
  CHECK(it.find(plain)->roles == std::vector<std::string>{"auditor"});
  // A superadmin may step down while there is another, and may not come back.
  auto down = changeOf(boss, boss, UserOperation::setRoles);
  down.wish.roles = {"user"};
  CHECK(it.change(down).refused == ErrorCode::none);
  down.wish.roles = {"superadmin"};
  CHECK(it.change(down).refused == ErrorCode::permissionDenied);
  auto last = changeOf(other, other, UserOperation::setRoles);
  CHECK(it.change(last).refused == ErrorCode::lastAdmin);
  CHECK(it.change(changeOf(std::nullopt, other, UserOperation::suspend)).refused == ErrorCode::lastAdmin);
  CHECK(it.change(changeOf(std::nullopt, other, UserOperation::remove)).refused == ErrorCode::lastAdmin);
}

TEST_CASE("What was done is noted, and so is what was refused", "[users]") {
  AdministrationFixture it;
  const auto boss = it.user("boss", "superadmin");
  const auto plain = it.user("plain");
  const auto session = it.session(plain);
  runSql("TRUNCATE audit_pending");
  const auto suspend = changeOf(boss, plain, UserOperation::suspend);
  const auto outcome = it.change(suspend);
  CHECK(outcome.sessionsEnded == std::vector<Uuid>{session});
  // The same again, its answer having been lost, gives the same.
  CHECK(it.change(suspend).sessionsEnded == std::vector<Uuid>{session});
  CHECK(it.change(changeOf(plain, boss, UserOperation::suspend)).refused == ErrorCode::rankTooLow);
  CHECK(countOf("SELECT count(*) FROM audit_pending WHERE outcome = 'ok' AND after->>'status' = 'suspended' "
                "AND before->>'status' = 'active' AND (after->>'sessions_ended')::int = 1 AND target_id IS "
                "NOT NULL") == 1);
  CHECK(countOf("SELECT count(*) FROM audit_pending WHERE outcome = 'deny' AND reason = 'rank_too_low'") ==
        1);
  CHECK(countOf("SELECT count(*) FROM audit_pending") == 2);
  CHECK(it.find(plain)->status == UserStatus::suspended);
  runSql("UPDATE users SET suspended_until = now() - interval '1 second' WHERE status = 'suspended'");
  CHECK(it.find(plain)->status == UserStatus::active);
}

TEST_CASE("A change names the version that it is for", "[users]") {
  AdministrationFixture it;
  const auto boss = it.user("boss", "superadmin");
  const auto plain = it.user("plain");
  it.user("taken");
  auto change = changeOf(boss, plain, UserOperation::update);
  change.expectedVersion = static_cast<std::int32_t>(it.find(plain)->version);
  change.wish.displayName = "New";
  CHECK(it.change(change).refused == ErrorCode::none);
  CHECK(it.change(change).refused == ErrorCode::none);  // a repeated statement
  change.now += Milliseconds{1};
  CHECK(it.change(change).refused == ErrorCode::versionMismatch);
  change.expectedVersion = static_cast<std::int32_t>(it.find(plain)->version);
  change.wish.email = "taken@example.org";
  CHECK(it.change(change).refused == ErrorCode::versionMismatch);  // nobody is told
  const auto undo = freshId();
  change.undo = MoveUndo{undo, Bytes(undo.bytes.begin(), undo.bytes.end()),
                         change.now + std::chrono::hours{1}, "another@example.org"};
  CHECK(it.change(change).refused == ErrorCode::versionMismatch);  // the wrong one is
  change.undo->oldEmail = "plain@example.org";
  CHECK(it.change(change).refused == ErrorCode::emailTaken);
  change.wish.email.reset();
  change.wish.username = "TAKEN";
  CHECK(it.change(change).refused == ErrorCode::usernameTaken);
  change.wish.username = "";
  change.wish.email = "other@example.org";
  const auto session = it.session(plain);
  CHECK(it.change(change).sessionsEnded == std::vector<Uuid>{session});
  CHECK(countOf("SELECT count(*) FROM email_changes WHERE old_email = 'plain@example.org' AND state = "
                "'confirmed'") == 1);
  const auto user = it.find(plain);
  CHECK(user->email == "other@example.org");
  CHECK_FALSE(user->emailVerified);
  CHECK(user->username.empty());
  CHECK(user->displayName == "New");
  // From there it may be moved on: nobody has confirmed it.
  change = changeOf(boss, plain, UserOperation::update);
  change.wish.email = "third@example.org";
  CHECK(it.change(change).refused == ErrorCode::none);
  CHECK(countOf("SELECT count(*) FROM email_changes") == 1);
  auto own = changeOf(boss, boss, UserOperation::update);
  own.wish.email = "mine@example.org";
  CHECK(it.change(own).refused == ErrorCode::selfServiceOnly);
  own.wish.email.reset();
  own.wish.displayName = "The Boss";
  CHECK(it.change(own).refused == ErrorCode::none);
  // What the old address was sent takes the account back.
  UndoEmailChange back;
  back.possibleHashes = {Bytes(undo.bytes.begin(), undo.bytes.end())};
  back.callId = freshId();
  back.tokenId = freshId();
  back.tokenHash = {4, 5, 6};
  back.now = own.now;
  back.tokenExpires = own.now + std::chrono::hours{1};
  back.resetMail = newMail("resetPassword");
  CHECK(valueOf<UndoOutcome>(it.engine(), [&](auto reply) {
          it.engine().recovery().undoEmailChange(back, std::move(reply));
        }).outcome == EmailChangeOutcome::done);
  CHECK(it.find(plain)->email == "plain@example.org");
  CHECK(it.find(plain)->emailVerified);
}

TEST_CASE("A hundred at once leave one superadmin", "[users][race]") {
  AdministrationFixture it;
  constexpr int kSuperadmins = 100;
  std::vector<Uuid> bosses;
  for (int i = 0; i < kSuperadmins; ++i) {
    bosses.push_back(it.user("boss" + std::to_string(i), "superadmin"));
  }
  constexpr std::size_t kConnections = 10;
  std::atomic<int> done{0};
  std::atomic<int> last{0};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kConnections; ++t) {
    threads.emplace_back([&, t] {
      try {
        PostgresMonitoringEngine engine(testPostgresConfig());
        for (std::size_t i = t; i < bosses.size(); i += kConnections) {
          const auto kinds =
              std::array{UserOperation::suspend, UserOperation::remove, UserOperation::setRoles};
          auto change = changeOf(std::nullopt, bosses[i], kinds[i % 3]);
          if (i % 3 == 2) {
            change.actor = bosses[i];
          }
          const auto outcome = AdministrationFixture::changeOn(engine, std::move(change)).refused;
          ++(outcome == ErrorCode::none ? done : outcome == ErrorCode::lastAdmin ? last : wrong);
        }
      } catch (const std::exception&) {
        ++wrong;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(wrong == 0);
  CHECK(last == 1);
  CHECK(done == kSuperadmins - 1);
  CHECK(countOf("SELECT count(*) FROM users u JOIN user_roles g ON g.user_id = u.id JOIN roles r ON r.id = "
                "g.role_id "
                "WHERE r.name = 'superadmin' AND u.status = 'active'") == 1);
}

TEST_CASE("Searching finds the same by every way", "[users]") {
  AdministrationFixture it;
  for (int i = 0; i < 25; ++i) {
    it.user("name" + std::to_string(i));
  }
  runSql(
      "UPDATE users SET last_login_at = date_trunc('milliseconds', created_at + (random() * 10 || ' "
      "days')::interval) WHERE username < "
      "'name2'");
  for (const auto sort : {UserSort::newest, UserSort::oldest, UserSort::email, UserSort::emailDescending,
                          UserSort::lastLogin, UserSort::lastLoginDescending}) {
    UserSearch query;
    query.text = "AME1";
    query.sort = sort;
    query.limit = 3;
    std::vector<std::string> names;
    do {
      auto page = it.search(query);
      for (const auto& row : page.rows) {
        names.push_back(row.username);
      }
      query.cursor = page.nextCursor;
    } while (!query.cursor.empty());
    std::sort(names.begin(), names.end());
    CHECK(names == std::vector<std::string>{"name1", "name10", "name11", "name12", "name13", "name14",
                                            "name15", "name16", "name17", "name18", "name19"});
  }
  UserSearch query;
  query.text = "na";
  query.count = UserCount::exact;
  CHECK(it.search(query).total == 25);
  query.text = "%";
  CHECK(it.search(query).total == 0);
  query.text = "a%e";
  CHECK(it.search(query).total == 0);
  query.text.clear();
  query.role = "user";
  CHECK(it.search(query).total == 25);
  query.status = UserStatus::suspended;
  CHECK(it.search(query).total == 0);
}

TEST_CASE("A role gives no more than its maker has, and its change ends its holders' sessions", "[users]") {
  AdministrationFixture it;
  const auto boss = it.user("boss", "superadmin");
  const auto deputy = it.user("deputy", "admin");
  it.give(deputy, "personnel", 10, "roles:write");
  const auto make = [&](const Uuid& actor, std::int32_t rank, std::vector<std::string> permissions) {
    RoleChange change;
    change.actor = actor;
    change.roleId = freshId();
    change.wish = {RoleOperation::create, "role-" + change.roleId.toString(), std::nullopt, rank,
                   std::move(permissions)};
    change.now = changeOf(actor, actor, UserOperation::update).now;
    return std::pair{change.roleId, it.changeRole(change).refused};
  };
  CHECK(make(deputy, 10, {"users:impersonate"}).second == ErrorCode::permissionDenied);
  CHECK(make(it.user("mere", "admin"), 10, {}).second == ErrorCode::permissionDenied);
  CHECK(make(deputy, 800, {}).second == ErrorCode::rankTooLow);
  CHECK(make(boss, 1000, {}).second == ErrorCode::rankTooLow);
  CHECK(make(boss, 10, {"no:such"}).second == ErrorCode::notFound);
  const auto [role, refused] = make(boss, 10, {"users:read"});
  REQUIRE(refused == ErrorCode::none);
  const auto plain = it.user("plain");
  runSql("INSERT INTO user_roles (user_id, role_id, granted_at) VALUES ('" + plain.toString() + "', '" +
         role.toString() + "', now())");
  const auto session = it.session(plain);
  RoleChange change;
  change.actor = deputy;
  change.roleId = role;
  change.now = changeOf(deputy, deputy, UserOperation::update).now;
  change.wish.permissions = {{"users:read", "users:write"}};
  auto outcome = it.changeRole(change);
  REQUIRE(outcome.ended.size() == 1);
  CHECK(outcome.ended[0].sessionId == session);
  CHECK(outcome.ended[0].userId == plain);
  // Repeated after a lost answer it tells of the same sessions.
  CHECK(it.changeRole(change).ended.size() == 1);
  change.wish = {RoleOperation::remove, std::nullopt, std::nullopt, std::nullopt, std::nullopt};
  CHECK(it.changeRole(change).refused == ErrorCode::roleInUse);
  runSql("DELETE FROM user_roles WHERE role_id = '" + role.toString() + "'");
  CHECK(it.changeRole(change).refused == ErrorCode::none);
  CHECK(it.changeRole(change).refused == ErrorCode::roleNotFound);
}

TEST_CASE("Acting on an account takes every permission of it, giving a role every one of the role",
          "[users][rights]") {
  AdministrationFixture it;
  const auto boss = it.user("boss", "superadmin");
  const auto helper = it.user("helper", "support");
  const auto plain = it.user("plain");
  const auto auditor = it.user("auditor", "auditor");  // ranks below support, and reads what support may not
  for (const auto operation :
       {UserOperation::update, UserOperation::suspend, UserOperation::verifyEmail, UserOperation::unlock,
        UserOperation::requirePasswordChange, UserOperation::resetPassword, UserOperation::resetFactors}) {
    auto change = changeOf(helper, auditor, operation);
    change.wish.email = "mine@example.org";
    const auto undo = freshId();
    change.undo = MoveUndo{undo, {9}, change.now, "auditor@example.org"};
    change.wish.byLink = true;
    change.token = ResetToken{freshId(), {1, 2, 3}, change.now + std::chrono::hours{1}};
    CHECK(it.change(change).refused == ErrorCode::permissionDenied);
  }
  it.session(auditor);
  it.session(plain);
  CHECK(it.change(changeOf(helper, auditor, UserOperation::endSessions)).refused ==
        ErrorCode::permissionDenied);
  CHECK(it.endChosen(helper, auditor) == 0);
  CHECK(it.endChosen(helper, plain) == 1);
  CHECK(it.endChosen(boss, auditor) == 1);

  const auto make = [&](const Uuid& actor, std::vector<std::string> roles) {
    NewUser user;
    user.actor = actor;
    user.id = freshId();
    user.email = user.id.toString() + "@example.org";
    user.locale = "en";
    user.roles = std::move(roles);
    user.passwordPhc = "x";
    user.now = changeOf(actor, actor, UserOperation::update).now;
    return it.create(std::move(user));
  };
  CHECK(make(helper, {"user"}) == ErrorCode::none);
  CHECK(make(helper, {"auditor"}) == ErrorCode::permissionDenied);
  it.give(helper, "personnel", 10, "roles:write");
  CHECK(make(helper, {"auditor"}) == ErrorCode::permissionDenied);
  CHECK(make(helper, {"personnel"}) == ErrorCode::none);
  CHECK(make(auditor, {"user"}) == ErrorCode::permissionDenied);
  // Nor to himself.
  auto own = changeOf(helper, helper, UserOperation::setRoles);
  own.wish.roles = {"support", "personnel", "auditor"};
  CHECK(it.change(own).refused == ErrorCode::permissionDenied);
}

TEST_CASE("A machine's key administers with its scopes as far as its maker has them", "[users][rights]") {
  AdministrationFixture it;
  const auto boss = it.user("boss", "superadmin");
  const auto deputy = it.user("deputy", "admin");
  const auto plain = it.user("plain");
  const auto key = [&](const Uuid& maker, std::vector<std::string> scopes) {
    CreateApiKey creation;
    creation.key.id = freshId();
    creation.key.kind = ApiKeyKind::admin;
    creation.key.name = "key";
    creation.key.secretHash = Bytes(creation.key.id.bytes.begin(), creation.key.id.bytes.end());
    creation.key.scopes = std::move(scopes);
    creation.key.createdBy = maker;
    creation.key.createdAt = changeOf(boss, boss, UserOperation::update).now;
    creation.most = 100;
    REQUIRE(valueOf<bool>(it.engine(),
                          [&](auto reply) { it.engine().keys().createApiKey(creation, std::move(reply)); }));
    return creation.key.id;
  };
  const auto unlocked = [&](const Uuid& actor, const Uuid& target) {
    return it.change(changeOf(actor, target, UserOperation::unlock)).refused;
  };
  const auto own = key(boss, {"users:write", "users:read"});
  CHECK(unlocked(own, plain) == ErrorCode::none);
  CHECK(unlocked(own, deputy) == ErrorCode::permissionDenied);
  CHECK(unlocked(key({}, {"users:write"}), plain) == ErrorCode::none);  // of the operator
  CHECK(unlocked(key({}, {"users:write"}), deputy) == ErrorCode::permissionDenied);
  CHECK(unlocked(key(boss, {"users:read"}), plain) == ErrorCode::permissionDenied);
  CHECK(unlocked(key(own, {"users:write", "settings:write"}), plain) == ErrorCode::none);  // a key of a key
  auto demotion = changeOf(std::nullopt, boss, UserOperation::setRoles);
  it.user("another", "superadmin");
  demotion.wish.roles = {"auditor"};
  REQUIRE(it.change(demotion).refused == ErrorCode::none);
  CHECK(unlocked(own, plain) == ErrorCode::permissionDenied);
}

TEST_CASE("A link that an administrator was shown is void once the account may do more", "[users][rights]") {
  AdministrationFixture it;
  const auto boss = it.user("boss", "superadmin");
  const auto helper = it.user("helper", "support");
  const auto plain = it.user("plain");
  const auto open = [] {
    return countOf(
        "SELECT count(*) FROM one_time_tokens WHERE purpose = 'reset_password' AND consumed_at IS NULL");
  };
  for (const bool byLink : {true, false}) {
    auto link = changeOf(helper, plain, UserOperation::resetPassword);
    link.wish.byLink = byLink;
    const auto id = freshId();
    link.token = ResetToken{id, Bytes(id.bytes.begin(), id.bytes.end()), link.now + std::chrono::hours{1}};
    REQUIRE(it.change(link).refused == ErrorCode::none);
    REQUIRE(open() == 1);
    auto grant = changeOf(boss, plain, UserOperation::setRoles);
    grant.wish.roles = {"user", byLink ? "auditor" : "support"};
    REQUIRE(it.change(grant).refused == ErrorCode::none);
    CHECK(open() == (byLink ? 0 : 1));  // what went to the user's own address stays good
    grant.wish.roles = {"user"};
    REQUIRE(it.change(grant).refused == ErrorCode::none);
  }
}
