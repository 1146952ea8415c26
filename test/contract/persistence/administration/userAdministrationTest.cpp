#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "administrationFixture.hpp"

// The user administration on a real PostgreSQL: who may do what to whom, also when many do it at once.

using namespace ks;
using namespace ks::contract;

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
  // A suspended administrator cannot act, whatever the session still says.
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
  // A superadmin may step down while there is another, and cannot return alone.
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
  change.wish.username = "taken";
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
  // The new address may be changed again: nobody has confirmed it.
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
  // The mail to the old address restores the account.
  UndoEmailChange back;
  back.possibleHashes = {Bytes(undo.bytes.begin(), undo.bytes.end())};
  back.callId = freshId();
  back.tokenId = freshId();
  back.tokenHash = {4, 5, 6};
  back.now = own.now;
  back.tokenExpires = own.now + std::chrono::hours{1};
  back.resetMail = newMail("resetPassword");
  CHECK(valueOf(it.engine(), back).outcome == EmailChangeOutcome::done);
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
        PostgresMonitoringEngine engine(testPostgresConfig(), testSealer());
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
  // Repeated after a lost answer it returns the same sessions.
  CHECK(it.changeRole(change).ended.size() == 1);
  change.wish = {RoleOperation::remove, std::nullopt, std::nullopt, std::nullopt, std::nullopt};
  CHECK(it.changeRole(change).refused == ErrorCode::roleInUse);
  runSql("DELETE FROM user_roles WHERE role_id = '" + role.toString() + "'");
  CHECK(it.changeRole(change).refused == ErrorCode::none);
  CHECK(it.changeRole(change).refused == ErrorCode::roleNotFound);
}

TEST_CASE("What an administrator ends: sessions, keys, links, and those who act in the account's name",
          "[users][access]") {
  AdministrationFixture it;
  const auto boss = it.user("boss", "superadmin");
  struct End {
    const char* name;
    UserOperation operation;
    bool endsKeys;
    bool voidsLinks;
  };
  for (const auto& end : {End{"suspend", UserOperation::suspend, true, true},
                          End{"require", UserOperation::requirePasswordChange, true, true},
                          End{"factors", UserOperation::resetFactors, true, true},
                          End{"sessions", UserOperation::endSessions, true, false},
                          End{"roles", UserOperation::setRoles, false, false},
                          End{"address", UserOperation::update, true, true},
                          End{"deletion", UserOperation::remove, true, true}}) {
    CAPTURE(end.name);
    const auto deputy = it.user(end.name, "admin");
    const auto watched = it.user(std::string(end.name) + "-watched");
    std::ignore = it.session(deputy);
    const auto acting = it.session(watched);
    const auto id = deputy.toString();
    runSql("UPDATE sessions SET impersonator_id = '" + id + "' WHERE id = '" + acting.toString() + "'");
    runSql(
        "INSERT INTO api_keys (id, kind, owner_user_id, name, secret_hash, scopes, allowed_cidrs, "
        "created_by, created_at) VALUES ('" +
        freshId().toString() + "', 'user', '" + id + "', 'own', '" + id + "', '{}', '{}', '" + id +
        "', now())");
    runSql(
        "INSERT INTO one_time_tokens (id, user_id, purpose, token_hash, relates_to, expires_at, created_at) "
        "VALUES ('" +
        freshId().toString() + "', '" + id + "', 'reset_password', '" + id +
        "', '', now() + interval '1 hour', now())");
    runSql(
        "INSERT INTO mfa_challenges (id, user_id, kind, session_epoch, token_hash, payload_enc, created_at, "
        "expires_at) VALUES ('" +
        freshId().toString() + "', '" + id + "', 'login', 0, '" + id +
        "', '', now(), now() + interval '5 minutes')");
    auto change = changeOf(boss, deputy, end.operation);
    change.wish.roles = {"user"};
    if (end.operation == UserOperation::update) {
      const auto undo = freshId();
      change.wish.email = "moved@example.org";
      change.undo = MoveUndo{undo, Bytes(undo.bytes.begin(), undo.bytes.end()),
                             change.now + std::chrono::hours{1}, "address@example.org"};
    }
    CHECK(it.change(change).refused == ErrorCode::none);
    const auto count = [&](const std::string& what) {
      return countOf(("SELECT count(*) FROM " + what).c_str());
    };
    CHECK(count("sessions WHERE revoked_at IS NULL AND (user_id = '" + id + "' OR impersonator_id = '" + id +
                "')") == 0);
    CHECK(count("api_keys WHERE revoked_at IS NULL AND owner_user_id = '" + id + "'") ==
          (end.endsKeys ? 0 : 1));
    CHECK(count("one_time_tokens WHERE consumed_at IS NULL AND user_id = '" + id + "'") ==
          (end.voidsLinks ? 0 : 1));
    CHECK(count("mfa_challenges WHERE user_id = '" + id + "'") == (end.voidsLinks ? 0 : 1));
  }
}
