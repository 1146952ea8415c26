#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "test/contract/persistence/testStorage.hpp"

using namespace ks;
using namespace ks::contract;

namespace {

StorageKind eachKind() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

RegisterOutcome registered(StorageEngineInterface& engine, const RegisterAccount& account) {
  return valueOf(engine, account);
}

FoundCredential foundBy(StorageEngineInterface& engine, const std::string& identifier) {
  return valueOf(engine, FindCredential{identifier});
}

std::optional<CredentialRecord> credential(StorageEngineInterface& engine, const std::string& identifier) {
  return foundBy(engine, identifier).account;
}

/// The id of its event says which call it is: one of the same id is the same call repeated.
VerifyEmailOutcome verified(StorageEngineInterface& engine, const Bytes& hash, TimePoint now,
                            const Uuid& call = freshId()) {
  AuditEvent event;
  event.id = call;
  event.at = now;
  event.actorType = "user";
  event.action = "auth.email.verify";
  return valueOf(engine, VerifyEmailToken{{{0xff, 0xee}, hash}, now, event});
}

std::vector<OutboxMail> claimed(StorageEngineInterface& engine, int limit, TimePoint now, TimePoint lease) {
  return valueOf(engine, ClaimMails{limit, now, lease});
}

CreateAdministratorOutcome administrator(StorageEngineInterface& engine, const CreateAdministrator& what) {
  return valueOf(engine, what);
}

}  // namespace

TEST_CASE("A proven registration is an account with everything that it was given", "[accounts]") {
  const TestStorage storage(eachKind());
  const auto engine = storage.engine();
  const auto account = newAccount("ann@example.org", "ann");
  REQUIRE(registered(*engine, account) == RegisterOutcome::created);
  for (const char* identifier : {"ann@example.org", "ann"}) {
    const auto found = foundBy(*engine, identifier);
    CHECK_FALSE(found.account);
    CHECK(found.claimPhc == account.passwordPhc);
  }

  const auto later = account.now + std::chrono::minutes(5);
  REQUIRE(verified(*engine, account.verifyTokenHash, later) == VerifyEmailOutcome::verified);
  for (const char* identifier : {"ann@example.org", "ann"}) {
    const auto found = credential(*engine, identifier);
    REQUIRE(found);
    CHECK(found->passwordPhc == account.passwordPhc);
    CHECK(found->user.id == account.userId);
    CHECK(found->user.email == "ann@example.org");
    CHECK(found->user.emailVerifiedAt == later);
    CHECK(found->user.username == "ann");
    CHECK(found->user.displayName == "Ann");
    CHECK(found->user.locale == "id");
    CHECK(found->user.status == UserStatus::active);
    CHECK_FALSE(found->user.passwordChangeRequired);
    CHECK(found->user.roles == std::vector<std::string>{"user"});
    CHECK(found->user.permissions.empty());
    CHECK(found->user.createdAt == account.now);
    CHECK(found->user.updatedAt == later);
    CHECK(foundBy(*engine, identifier).claimPhc.empty());
  }
  CHECK_FALSE(credential(*engine, "nobody@example.org"));
  CHECK_FALSE(credential(*engine, ""));
  // Bytes are compared: another text is another identifier. Folding is done before.
  for (const char* other : {"ANN@example.org", "Ann", "\xe1\xba\xa1nn@example.org", "ann@example.org "}) {
    CHECK_FALSE(credential(*engine, other));
  }
}

TEST_CASE("Registering again: same call, claimed and taken address, taken name", "[accounts][claims]") {
  const TestStorage storage(eachKind());
  const auto engine = storage.engine();
  const auto account = newAccount("ann@example.org", "ann");
  REQUIRE(registered(*engine, account) == RegisterOutcome::created);
  const auto mails = [&] { return claimed(*engine, 10, account.now, account.now + std::chrono::minutes(1)); };

  SECTION("the same call repeated is the same claim and mail") {
    CHECK(registered(*engine, account) == RegisterOutcome::created);
    CHECK(mails().size() == 1);
  }
  SECTION(
      "an address that has an account sends its owner the other mail and changes nothing of the account") {
    REQUIRE(verified(*engine, account.verifyTokenHash, account.now) == VerifyEmailOutcome::verified);
    auto second = newAccount("ann@example.org", "second");
    second.passwordPhc = "$argon2id$second";
    CHECK(registered(*engine, second) == RegisterOutcome::emailTaken);
    CHECK(registered(*engine, second) == RegisterOutcome::emailTaken);
    CHECK(credential(*engine, "ann@example.org")->passwordPhc == account.passwordPhc);
    const auto sent = mails();
    REQUIRE(sent.size() == 2);
    CHECK(sent[0].mailTemplate == "verifyEmail");
    CHECK(sent[1].mailTemplate == "alreadyRegistered");
    CHECK(verified(*engine, second.verifyTokenHash, account.now) == VerifyEmailOutcome::invalid);
  }
  SECTION("what a claim's maker can see is the same whether the address has an account or not") {
    REQUIRE(verified(*engine, account.verifyTokenHash, account.now) == VerifyEmailOutcome::verified);
    for (const char* email : {"ann@example.org", "free@example.org"}) {
      auto probe = newAccount(email, std::string{"probe"} + email[0]);
      probe.passwordPhc = "$argon2id$probe";
      registered(*engine, probe);
      CHECK(registered(*engine, newAccount("other@example.org", probe.username)) ==
            RegisterOutcome::usernameTaken);
      CHECK(foundBy(*engine, email).claimPhc == probe.passwordPhc);
      CHECK(foundBy(*engine, probe.username).claimPhc == probe.passwordPhc);
      CHECK_FALSE(credential(*engine, probe.username));
    }
  }
  SECTION("a taken name is told whatever the address is, and stores nothing") {
    CHECK(registered(*engine, newAccount("bob@example.org", "ann")) == RegisterOutcome::usernameTaken);
    CHECK(registered(*engine, newAccount("ann@example.org", "ann")) == RegisterOutcome::usernameTaken);
    CHECK(foundBy(*engine, "bob@example.org").claimPhc.empty());
    CHECK(mails().size() == 1);
  }
  SECTION("claims without a user name do not collide") {
    CHECK(registered(*engine, newAccount("c@example.org")) == RegisterOutcome::created);
    CHECK(registered(*engine, newAccount("d@example.org")) == RegisterOutcome::created);
  }
}

TEST_CASE("Of the claims of an address one becomes the account, with its own password",
          "[accounts][claims]") {
  const TestStorage storage(eachKind());
  const auto engine = storage.engine();
  auto stranger = newAccount("ann@example.org", "strange");
  stranger.passwordPhc = "$argon2id$stranger";
  auto owner = newAccount("ann@example.org", "ann");
  owner.passwordPhc = "$argon2id$owner";
  owner.now += std::chrono::minutes(1);
  REQUIRE(registered(*engine, stranger) == RegisterOutcome::created);
  REQUIRE(registered(*engine, owner) == RegisterOutcome::created);
  const auto later = owner.now + std::chrono::minutes(5);
  RenewVerification renewal{"ann@example.org",
                            freshId(),
                            {5, 5, 5},
                            later + std::chrono::hours(24),
                            newMail("verifyEmail"),
                            later,
                            freshId(),
                            {6, 6, 6},
                            later + std::chrono::hours(1),
                            newMail("resetPassword")};
  const auto renew = [&] { valueOf(*engine, renewal); };
  const auto reset = [&](const Bytes& hash) {
    ResetPassword wish;
    wish.possibleHashes = {hash};
    wish.callId = freshId();
    wish.passwordPhc = "$argon2id$chosen";
    wish.notice = newMail("passwordChanged");
    wish.now = later;
    return valueOf(*engine, wish).state;
  };

  SECTION("the link of one voids those of the others") {
    CHECK(verified(*engine, owner.verifyTokenHash, later) == VerifyEmailOutcome::verified);
    CHECK(verified(*engine, stranger.verifyTokenHash, later) == VerifyEmailOutcome::invalid);
    const auto found = credential(*engine, "ann@example.org");
    REQUIRE(found);
    CHECK(found->passwordPhc == "$argon2id$owner");
    CHECK(found->user.id == owner.userId);
    CHECK_FALSE(credential(*engine, "strange"));
    renew();
    CHECK(verified(*engine, {5, 5, 5}, later) == VerifyEmailOutcome::invalid);
    CHECK(reset({6, 6, 6}) == LinkState::invalid);
  }
  SECTION("a new link confirms nobody's password where several claim the address: its owner chooses one") {
    renew();
    CHECK(verified(*engine, {5, 5, 5}, later) == VerifyEmailOutcome::invalid);
    CHECK(reset({6, 6, 6}) == LinkState::good);
    const auto found = credential(*engine, "ann@example.org");
    REQUIRE(found);
    CHECK(found->passwordPhc == "$argon2id$chosen");
    CHECK(found->user.status == UserStatus::active);
    CHECK(found->user.username.empty());
    CHECK(found->user.displayName.empty());
    CHECK(verified(*engine, stranger.verifyTokenHash, later) == VerifyEmailOutcome::invalid);
    CHECK(verified(*engine, owner.verifyTokenHash, later) == VerifyEmailOutcome::invalid);
  }
  SECTION("a reset that is asked for chooses a password too, and voids all claims") {
    RequestReset wish{"ann@example.org",        freshId(), {7, 7}, later + std::chrono::hours(1),
                      newMail("resetPassword"), later};
    valueOf(*engine, wish);
    CHECK(reset({7, 7}) == LinkState::good);
    CHECK(credential(*engine, "ann@example.org")->passwordPhc == "$argon2id$chosen");
    CHECK(verified(*engine, stranger.verifyTokenHash, later) == VerifyEmailOutcome::invalid);
  }
  SECTION("an account that comes to the address otherwise voids them too") {
    CHECK(administrator(*engine, {freshId(), "ann@example.org", "$argon2id$once", "superadmin", false,
                                  later}) == CreateAdministratorOutcome::created);
    CHECK(verified(*engine, stranger.verifyTokenHash, later) == VerifyEmailOutcome::invalid);
    CHECK(verified(*engine, owner.verifyTokenHash, later) == VerifyEmailOutcome::invalid);
    CHECK(credential(*engine, "ann@example.org")->passwordPhc == "$argon2id$once");
  }
}

TEST_CASE("An address is verified once, in time", "[accounts]") {
  const TestStorage storage(eachKind());
  const auto engine = storage.engine();
  const auto account = newAccount("ann@example.org");
  REQUIRE(registered(*engine, account) == RegisterOutcome::created);
  const auto later = account.now + std::chrono::minutes(5);

  SECTION("in time") {
    const auto call = freshId();
    CHECK(verified(*engine, account.verifyTokenHash, later, call) == VerifyEmailOutcome::verified);
    const auto user = credential(*engine, "ann@example.org")->user;
    CHECK(user.status == UserStatus::active);
    CHECK(user.emailVerifiedAt == later);
    CHECK(user.updatedAt == later);
    CHECK(verified(*engine, account.verifyTokenHash, later, call) == VerifyEmailOutcome::verified);
    CHECK(verified(*engine, account.verifyTokenHash, later) == VerifyEmailOutcome::invalid);
  }
  SECTION("too late") {
    CHECK(verified(*engine, account.verifyTokenHash, account.verifyTokenExpires) ==
          VerifyEmailOutcome::expired);
    CHECK_FALSE(credential(*engine, "ann@example.org"));
  }
  SECTION("another token") { CHECK(verified(*engine, {1, 2, 3}, later) == VerifyEmailOutcome::invalid); }
  SECTION("a renewed token replaces the old one") {
    RenewVerification renewal{"ann@example.org",
                              freshId(),
                              {5, 5, 5},
                              later + std::chrono::hours(24),
                              newMail("verifyEmail"),
                              later,
                              freshId(),
                              {7, 7, 7},
                              later + std::chrono::hours(1),
                              newMail("resetPassword")};
    const auto renew = [&] { valueOf(*engine, renewal); };
    renew();
    renew();  // the same call repeated
    CHECK(claimed(*engine, 10, later, later + std::chrono::minutes(1)).size() == 2);
    CHECK(verified(*engine, account.verifyTokenHash, later) == VerifyEmailOutcome::invalid);
    CHECK(verified(*engine, {5, 5, 5}, later) == VerifyEmailOutcome::verified);
    renewal.tokenId = freshId();
    renewal.tokenHash = {6, 6, 6};
    renewal.mail = newMail("verifyEmail");
    renew();  // already verified: nothing
    CHECK(verified(*engine, {6, 6, 6}, later) == VerifyEmailOutcome::invalid);
    renewal.email = "nobody@example.org";
    renew();
    CHECK(claimed(*engine, 10, later, later + std::chrono::minutes(1)).empty());
  }
}

TEST_CASE("Administrators", "[accounts]") {
  const TestStorage storage(eachKind());
  const auto engine = storage.engine();
  const CreateAdministrator first{freshId(), "root@example.org", "$argon2id$once", "superadmin",
                                  true,      startTime()};
  REQUIRE(administrator(*engine, first) == CreateAdministratorOutcome::created);
  const auto found = credential(*engine, "root@example.org");
  REQUIRE(found);
  CHECK(found->user.status == UserStatus::active);
  CHECK(found->user.passwordChangeRequired);
  CHECK(found->user.emailVerifiedAt == startTime());
  CHECK(found->user.roles == std::vector<std::string>{"superadmin"});
  CHECK(found->user.permissions.size() == 21);
  CHECK(std::is_sorted(found->user.permissions.begin(), found->user.permissions.end()));

  CHECK(administrator(*engine, first) == CreateAdministratorOutcome::created);  // the same call repeated
  CHECK(administrator(*engine, {freshId(), "two@example.org", "x", "superadmin", true, startTime()}) ==
        CreateAdministratorOutcome::exists);
  CHECK(administrator(*engine, {freshId(), "root@example.org", "x", "superadmin", false, startTime()}) ==
        CreateAdministratorOutcome::emailTaken);
  CHECK(administrator(*engine, {freshId(), "two@example.org", "x", "superadmin", false, startTime()}) ==
        CreateAdministratorOutcome::created);
  CHECK(administrator(*engine, {freshId(), "aud@example.org", "x", "auditor", true, startTime()}) ==
        CreateAdministratorOutcome::created);
  const auto auditor = credential(*engine, "aud@example.org")->user;
  CHECK(auditor.permissions == std::vector<std::string>{"audit:read", "keys:read", "monitoring:read",
                                                        "payments:read", "roles:read", "sessions:read",
                                                        "settings:read", "users:read"});
  const auto unknown =
      outcome(*engine, CreateAdministrator{freshId(), "e@example.org", "x", "emperor", false, startTime()});
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.fault().code == ErrorCode::notFound);
}

TEST_CASE("Changing a password ends the other sessions", "[accounts]") {
  const TestStorage storage(eachKind());
  const auto engine = storage.engine();
  const Uuid user = activeUser(*engine, "ann@example.org");
  const auto now = startTime() + std::chrono::hours(1);
  const auto kept = newSession(user, now);
  const auto ended = newSession(user, now);
  for (const auto& session : {kept, ended}) {
    valueOf(*engine, OpenSession{session});
  }
  ChangePassword change{user,    "$argon2id$second",         "$argon2id$wrong",
                        kept.id, newMail("passwordChanged"), now};
  const auto changed = [&] { return valueOf(*engine, change); };
  CHECK_FALSE(changed());
  change.expectedPhc = "$argon2id$first";
  CHECK(changed() == std::vector<Uuid>{ended.id});
  CHECK(changed() == std::vector<Uuid>{ended.id});  // the same call repeated
  CHECK(credential(*engine, "ann@example.org")->passwordPhc == "$argon2id$second");
  change.passwordPhc = "$argon2id$third";
  CHECK_FALSE(changed());                             // the expected hash is no longer the stored one
  CHECK(claimed(*engine, 10, now, now).size() == 2);  // verification and one notice
}

TEST_CASE("A hash is upgraded only while it is the stored one", "[accounts]") {
  const TestStorage storage(eachKind());
  const auto engine = storage.engine();
  const Uuid user = activeUser(*engine, "ann@example.org");
  const auto upgrade = [&](const char* from, const char* to) {
    valueOf(*engine, UpgradePasswordHash{user, from, to});
    return credential(*engine, "ann@example.org")->passwordPhc;
  };
  CHECK(upgrade("$argon2id$other", "$argon2id$new") == "$argon2id$first");
  CHECK(upgrade("$argon2id$first", "$argon2id$new") == "$argon2id$new");
}

TEST_CASE("The outbox gives a mail to one claimer at a time", "[accounts]") {
  const TestStorage storage(eachKind());
  const auto engine = storage.engine();
  const auto other = storage.engine();
  const auto now = startTime();
  for (int i = 0; i < 5; ++i) {
    REQUIRE(registered(*engine, newAccount("u" + std::to_string(i) + "@example.org")) ==
            RegisterOutcome::created);
  }
  const auto lease = now + std::chrono::minutes(1);
  const auto mine = claimed(*engine, 3, now, lease);
  const auto theirs = claimed(*other, 10, now, lease);
  REQUIRE(mine.size() == 3);
  REQUIRE(theirs.size() == 2);
  CHECK(mine[0].attempts == 1);
  CHECK(mine[0].recipientSealed == Bytes{1, 0, 255});
  CHECK(mine[0].payloadSealed == Bytes{2, 0, 254});
  CHECK(mine[0].locale == "en");
  CHECK(claimed(*engine, 10, now, lease).empty());

  valueOf(*engine, MarkMailSent{mine[0].id, now});
  valueOf(*engine, MarkMailFailed{mine[1].id, now + std::chrono::minutes(10), "refused"});
  const auto again = claimed(*engine, 10, lease, lease + std::chrono::minutes(1));
  CHECK(again.size() == 3);  // one sent, one postponed
  CHECK(std::all_of(again.begin(), again.end(), [](const OutboxMail& mail) { return mail.attempts == 2; }));
  CHECK(claimed(*engine, 10, now + std::chrono::minutes(10), now + std::chrono::minutes(11)).size() == 4);
}

TEST_CASE("Signing keys: one current, first in the list", "[accounts]") {
  const TestStorage storage(eachKind());
  const auto engine = storage.engine();
  const auto now = startTime();
  const auto ensure = [&](StorageEngineInterface& which, const std::string& id) {
    return valueOf(which, EnsureSigningKey{{id, {1, 2}, {3, 4}, "current", now, std::nullopt}, now});
  };
  CHECK(ensure(*engine, "first").size() == 1);
  const auto keys = ensure(*storage.engine(), "second");
  REQUIRE(keys.size() == 1);
  CHECK(keys[0].keyId == "first");
  CHECK(keys[0].publicKey == Bytes{1, 2});
  CHECK(keys[0].privateSealed == Bytes{3, 4});
  CHECK(keys[0].status == "current");
  CHECK(keys[0].notBefore == now);
  CHECK_FALSE(keys[0].retireAt);
  CHECK(valueOf(*engine, ListSigningKeys{now}).size() == 1);
}

TEST_CASE("Health snapshots and pings", "[accounts]") {
  const TestStorage storage(eachKind());
  const auto engine = storage.engine();
  HealthSnapshot snapshot;
  snapshot.id = freshId();
  snapshot.at = startTime();
  snapshot.process = "public";
  snapshot.databaseUp = true;
  snapshot.databaseLatencyMs = 1.25;
  for (int i = 0; i < 2; ++i) {
    valueOf(*engine, InsertHealthSnapshot{snapshot});
  }
  valueOf(*engine, PingStorage{});
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf(
              "SELECT count(*) FROM system_health_snapshot WHERE db_status = 'up' AND redis_status = 'down' "
              "AND db_latency_ms = 1.25") == 1);
  }
}
