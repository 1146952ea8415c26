#include <catch2/catch_test_macros.hpp>

#include "administrationFixture.hpp"

// Permissions also decide who may act on whom.

using namespace ks;
using namespace ks::contract;

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
    user.passwordHash = SecretText{"x"};
    user.now = changeOf(actor, actor, UserOperation::update).now;
    return it.create(std::move(user));
  };
  CHECK(make(helper, {"user"}) == ErrorCode::none);
  CHECK(make(helper, {"auditor"}) == ErrorCode::permissionDenied);
  it.give(helper, "personnel", 10, "roles:write");
  CHECK(make(helper, {"auditor"}) == ErrorCode::permissionDenied);
  CHECK(make(helper, {"personnel"}) == ErrorCode::none);
  CHECK(make(auditor, {"user"}) == ErrorCode::permissionDenied);
  // Nor to themselves.
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
    REQUIRE(valueOf(it.engine(), creation).outcome == CreateApiKeyOutcome::created);
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
  const auto child = key(own, {"users:write", "settings:write"});
  CHECK(unlocked(child, plain) == ErrorCode::none);  // a key of a key
  runSql("UPDATE api_keys SET revoked_at = now() WHERE id = '" + own.toString() + "'");
  CHECK(unlocked(child, plain) == ErrorCode::rankTooLow);
  CHECK(unlocked(own, plain) == ErrorCode::rankTooLow);
  runSql("UPDATE api_keys SET revoked_at = NULL WHERE id = '" + own.toString() + "'");
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
  // A higher rank reaches further, too.
  const auto clerk = it.give(plain, "clerk", 1, "");
  auto link = changeOf(helper, plain, UserOperation::resetPassword);
  link.wish.byLink = true;
  const auto id = freshId();
  link.token = ResetToken{id, Bytes(id.bytes.begin(), id.bytes.end()), link.now + std::chrono::hours{1}};
  REQUIRE(it.change(link).refused == ErrorCode::none);
  REQUIRE(open() == 1);
  RoleChange raise;
  raise.actor = boss;
  raise.roleId = clerk;
  raise.wish = {RoleOperation::update, std::nullopt, std::nullopt, 500, std::nullopt};
  raise.now = link.now;
  REQUIRE(it.changeRole(raise).refused == ErrorCode::none);
  CHECK(open() == 0);
}
