#include <catch2/catch_test_macros.hpp>

#include "administrationFixture.hpp"

// Superadmins are made and restored by two of them, where there are two.

using namespace ks;
using namespace ks::contract;

TEST_CASE("A superadmin is made by the only one, or by two", "[users][superadmin]") {
  AdministrationFixture it;
  const auto boss = it.user("boss", "superadmin");
  const auto deputy = it.user("deputy", "admin");
  const auto plain = it.user("plain");
  const auto next = it.user("next");
  CHECK(it.ask(deputy, plain).refused == ErrorCode::rankTooLow);
  CHECK(it.ask(freshId(), plain).refused == ErrorCode::rankTooLow);
  CHECK(it.ask(boss, freshId()).refused == ErrorCode::userNotFound);
  CHECK(it.ask(boss, boss).refused == ErrorCode::conflict);
  it.session(next);
  const auto alone = it.ask(boss, next);
  CHECK(alone.granted);
  CHECK(alone.sessionsEnded.size() == 1);
  CHECK(it.find(next)->roles.front() == "superadmin");
  CHECK(countOf("SELECT count(*) FROM email_outbox WHERE template = 'superadminAsked'") == 0);

  // From here on two are required.
  const auto first = it.ask(boss, plain);
  CHECK((first.refused == ErrorCode::none && !first.granted));
  CHECK(countOf("SELECT count(*) FROM email_outbox WHERE template = 'superadminAsked'") == 1);
  CHECK_FALSE(it.ask(boss, plain).granted);  // not by requesting twice
  CHECK(it.waiting() == 1);
  CHECK(it.withdraw(deputy, plain) == ErrorCode::rankTooLow);
  CHECK(it.withdraw(next, plain) == ErrorCode::none);
  CHECK(it.withdraw(next, plain) == ErrorCode::notFound);
  CHECK_FALSE(it.ask(next, plain).granted);
  CHECK(it.ask(boss, plain).granted);
  CHECK(it.waiting() == 0);
  CHECK(it.ask(boss, plain).refused == ErrorCode::conflict);  // it already is one

  // A suspended one is restored in the same way; rank does not lift a suspension.
  REQUIRE(it.change(changeOf(std::nullopt, plain, UserOperation::suspend)).refused == ErrorCode::none);
  CHECK(it.change(changeOf(boss, plain, UserOperation::unsuspend)).refused == ErrorCode::rankTooLow);
  CHECK_FALSE(it.ask(boss, plain).granted);
  CHECK(it.ask(next, plain).granted);
  CHECK(it.find(plain)->status == UserStatus::active);
  CHECK(countOf("SELECT count(*) FROM user_roles g JOIN roles r ON r.id = g.role_id WHERE r.name = "
                "'superadmin'") == 3);
  // kctl
  CHECK(it.ask(std::nullopt, deputy).granted);
}

TEST_CASE("A superadmin whose suspension has run out is one", "[users][superadmin]") {
  AdministrationFixture it;
  const auto boss = it.user("boss", "superadmin");
  const auto back = it.user("back", "superadmin");
  const auto plain = it.user("plain");
  runSql("UPDATE users SET status = 'suspended', suspended_until = now() + interval '1 hour' WHERE id = '" +
         back.toString() + "'");
  CHECK(it.ask(boss, it.user("alone")).granted);
  runSql(
      "DELETE FROM user_roles g USING users u WHERE u.id = g.user_id AND u.email = 'alone@example.org'; "
      "UPDATE users SET suspended_until = now() - interval '1 hour' WHERE id = '" +
      back.toString() + "'");
  CHECK_FALSE(it.ask(boss, plain).granted);
  CHECK(it.ask(back, plain).granted);
}

TEST_CASE("What waits for a second superadmin is void once anything changed", "[users][superadmin]") {
  AdministrationFixture it;
  const auto boss = it.user("boss", "superadmin");
  const auto next = it.user("next", "superadmin");
  it.user("third", "superadmin");
  const auto plain = it.user("plain");
  const auto asked = [&] {
    REQUIRE_FALSE(it.ask(boss, plain).granted);
    REQUIRE(it.waiting() == 1);
  };
  const auto confirmedBy = [&](const Uuid& who) {
    CHECK(it.waiting() == 0);
    const bool granted = it.ask(who, plain).granted;
    runSql("DELETE FROM superadmin_grants");
    return granted;
  };
  asked();
  runSql("UPDATE superadmin_grants SET expires_at = now() - interval '1 second'");
  CHECK_FALSE(confirmedBy(next));
  asked();
  auto named = changeOf(next, plain, UserOperation::update);
  named.wish.displayName = "Another";
  REQUIRE(it.change(named).refused == ErrorCode::none);
  CHECK_FALSE(confirmedBy(next));
  asked();
  ChangePassword renewal;
  renewal.userId = boss;
  renewal.passwordPhc = "$argon2id$second";
  renewal.expectedPhc = "$argon2id$first";
  renewal.notice = newMail("passwordChanged");
  renewal.now = named.now;
  REQUIRE(valueOf(it.engine(), renewal));
  CHECK_FALSE(confirmedBy(next));
  asked();
  auto down = changeOf(boss, boss, UserOperation::setRoles);
  down.wish.roles = {"user"};
  REQUIRE(it.change(down).refused == ErrorCode::none);
  CHECK_FALSE(confirmedBy(next));
}

TEST_CASE("A key makes no superadmin, whoever made it", "[users][superadmin]") {
  AdministrationFixture it;
  it.user("boss", "superadmin");
  const auto plain = it.user("plain");
  const auto id = freshId();
  runSql("INSERT INTO api_keys (id, kind, name, secret_hash, scopes, allowed_cidrs, created_at) SELECT '" +
         id.toString() + "', 'admin', 'all', '\\x01', array_agg(name), '{}', now() FROM permissions");
  CHECK(it.ask(id, plain).refused == ErrorCode::rankTooLow);
  auto grant = changeOf(id, plain, UserOperation::setRoles);
  grant.wish.roles = {"superadmin"};
  CHECK(it.change(grant).refused == ErrorCode::cannotGrantHigherRole);
  grant.wish.roles = {"admin"};
  CHECK(it.change(grant).refused == ErrorCode::none);
}
