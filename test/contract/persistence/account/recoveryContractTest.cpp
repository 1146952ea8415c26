#include <algorithm>
#include <atomic>
#include <barrier>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <thread>

#include "core/limits.hpp"
#include "test/contract/persistence/testStorage.hpp"

using namespace ks;
using namespace ks::contract;

namespace {

StorageKind eachRecoveryStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

const Bytes kToken{7, 7, 7};
const TimePoint kAsked = startTime() + std::chrono::hours(1);

RequestReset resetRequest(const std::string& email, const Bytes& tokenHash = kToken) {
  RequestReset reset;
  reset.email = email;
  reset.tokenId = freshId();
  reset.tokenHash = tokenHash;
  reset.now = kAsked;
  reset.expires = kAsked + std::chrono::hours(1);
  reset.mail = newMail("resetPassword");
  reset.audit.id = freshId();
  reset.audit.action = "auth.password.forgot";
  reset.audit.actorType = "anonymous";
  return reset;
}

void askForReset(StorageEngineInterface& engine, const RequestReset& reset) { valueOf(engine, reset); }

ResetPassword resetWith(const Bytes& tokenHash, const std::string& phc, TimePoint now) {
  ResetPassword reset;
  reset.possibleHashes = {{1}, tokenHash};
  reset.callId = freshId();
  reset.passwordPhc = phc;
  reset.notice = newMail("passwordChanged");
  reset.now = now;
  reset.audit.id = freshId();
  reset.audit.action = "auth.password.reset";
  reset.audit.actorType = "user";
  return reset;
}

ResetOutcome resetPassword(StorageEngineInterface& engine, const ResetPassword& reset) {
  return valueOf(engine, reset);
}

TokenOwner ownerOf(StorageEngineInterface& engine, const Bytes& tokenHash, TimePoint now) {
  return valueOf(engine, TokenQuestion{"reset_password", {tokenHash}, now});
}

std::optional<CredentialRecord> credentialOf(StorageEngineInterface& engine, const std::string& identifier) {
  return valueOf(engine, FindCredential{identifier}).account;
}

Result<Done> openedSession(StorageEngineInterface& engine, const NewSession& session, std::int64_t epoch) {
  return outcome(engine, OpenSession{session, {}, epoch});
}

int mailsOf(StorageEngineInterface& engine, const std::string& mailTemplate) {
  const auto now = kAsked + std::chrono::hours(48);
  const auto mails = valueOf(engine, ClaimMails{100, now, now});
  return static_cast<int>(std::count_if(mails.begin(), mails.end(),
                                        [&](const auto& mail) { return mail.mailTemplate == mailTemplate; }));
}

/// Somebody who has the password sets a second factor up.
void setUpFactor(StorageEngineInterface& engine, const Uuid& user, TimePoint confirmed) {
  const auto epoch = credentialOf(engine, "ann@example.org")->user.sessionEpoch;
  const auto caller = newSession(user, confirmed);
  REQUIRE(openedSession(engine, caller, epoch).ok());
  const auto factor = freshId();
  REQUIRE(valueOf(engine, NewTotpFactor{factor, user, "phone", {1}, confirmed}));
  const NewRecoveryCodes codes{freshId(), {freshId()}, {Bytes(32, 1)}};
  REQUIRE(valueOf(engine, ConfirmFactor{factor, caller.id, 1, codes, newSession(user, confirmed),
                                        newMail("factorAdded")})
              .has_value());
}

bool hasFactor(StorageEngineInterface& engine, const Uuid& user) {
  const bool listed = !valueOf(engine, FindFactors{user}).empty();
  CHECK(credentialOf(engine, "ann@example.org")->user.mfaEnabled == listed);
  CHECK(valueOf(engine, FindRecoveryCodesLeft{user}) == (listed ? 1 : 0));
  return listed;
}

}  // namespace

TEST_CASE("A reset: one token, one new password, no older session, no lock", "[recovery]") {
  const TestStorage storage(eachRecoveryStorage());
  const auto engine = storage.engine();
  const Uuid user = activeUser(*engine, "ann@example.org", "ann");
  const auto session = newSession(user, startTime());
  REQUIRE(openedSession(*engine, session, 0).ok());
  for (int i = 0; i < 3; ++i) {
    for (const Bytes& key : {Bytes{5}, Bytes{6}}) {  // her account's, and a device's
      valueOf(*engine, AdmitAttempt{key, user, freshId(), {{3, LockStep::kForever}}, startTime(), kAsked});
    }
  }
  askForReset(*engine, resetRequest("ann@example.org"));
  CHECK(mailsOf(*engine, "resetPassword") == 1);
  const auto now = kAsked + std::chrono::minutes(59);
  const auto owner = ownerOf(*engine, kToken, now);
  REQUIRE(owner.user);
  CHECK(owner.user->id == user);
  CHECK(ownerOf(*engine, kToken, kAsked + std::chrono::hours(1)).state == LinkState::expired);
  CHECK(ownerOf(*engine, {8}, now).state == LinkState::invalid);

  const auto reset = resetWith(kToken, "$argon2id$new", now);
  auto done = resetPassword(*engine, reset);
  CHECK(done.state == LinkState::good);
  CHECK(done.userId == user);
  CHECK(done.ended == std::vector<Uuid>{session.id});
  done = resetPassword(*engine, reset);  // the same call repeated
  CHECK(done.state == LinkState::good);
  CHECK(done.ended == std::vector<Uuid>{session.id});
  CHECK(mailsOf(*engine, "passwordChanged") == 1);
  CHECK(credentialOf(*engine, "ann")->passwordPhc == "$argon2id$new");
  CHECK(resetPassword(*engine, resetWith(kToken, "$argon2id$other", now)).state == LinkState::invalid);
  CHECK(credentialOf(*engine, "ann")->passwordPhc == "$argon2id$new");
  CHECK(ownerOf(*engine, kToken, now).state == LinkState::invalid);
  for (const Bytes& key : {Bytes{5}, Bytes{6}}) {
    const auto again = valueOf(*engine, AdmitAttempt{key, user, freshId(), {}, startTime(), now});
    CHECK(again.failures == 1);
  }
  // A sign-in that checked the old password is too late.
  CHECK_FALSE(openedSession(*engine, newSession(user, now), 0).ok());
  CHECK(openedSession(*engine, newSession(user, now), credentialOf(*engine, "ann")->user.sessionEpoch).ok());
}

TEST_CASE("A reset takes a factor of the last seven days away, an older one stays", "[recovery]") {
  const TestStorage storage(eachRecoveryStorage());
  const auto engine = storage.engine();
  const Uuid user = activeUser(*engine, "ann@example.org");
  const bool young = GENERATE(true, false);
  // The request time of the link counts, not the time of use.
  setUpFactor(*engine, user, kAsked - limits::kFactorProbation + Milliseconds(young ? 1 : 0));
  REQUIRE(hasFactor(*engine, user));
  askForReset(*engine, resetRequest("ann@example.org"));
  const auto now = kAsked + std::chrono::minutes(59);
  CHECK(ownerOf(*engine, kToken, now).losesFactor == young);
  const auto reset = resetWith(kToken, "$argon2id$new", now);
  const auto done = resetPassword(*engine, reset);
  CHECK(done.state == LinkState::good);
  CHECK(done.factorsTaken == (young ? 1 : 0));
  CHECK(hasFactor(*engine, user) == !young);
  CHECK(resetPassword(*engine, reset).state == LinkState::good);  // repeated
  if (storage.kind() == StorageKind::postgres) {
    runSql("SELECT audit_chain_pending(1000)");
    const auto text = "SELECT count(*) FROM audit_log WHERE id = '" + reset.audit.id.toString() +
                      "' AND after->>'factors_removed' = '1'";
    CHECK(countOf(text.c_str()) == (young ? 1 : 0));
  }
}

TEST_CASE("No reset takes a factor of a holder of permissions away", "[recovery]") {
  const TestStorage storage(eachRecoveryStorage());
  const auto engine = storage.engine();
  const Uuid user = freshId();
  valueOf(*engine, CreateAdministrator{user, "ann@example.org", "x", "superadmin", false, startTime()});
  setUpFactor(*engine, user, kAsked);
  askForReset(*engine, resetRequest("ann@example.org"));
  CHECK_FALSE(ownerOf(*engine, kToken, kAsked).losesFactor);
  CHECK(resetPassword(*engine, resetWith(kToken, "$argon2id$new", kAsked)).state == LinkState::good);
  CHECK(hasFactor(*engine, user));
}

TEST_CASE("A reset cancels a deletion that waits", "[recovery]") {
  const TestStorage storage(eachRecoveryStorage());
  const auto engine = storage.engine();
  const Uuid user = activeUser(*engine, "ann@example.org");
  const auto due = kAsked + std::chrono::hours(24);
  valueOf(*engine, ScheduleDeletion{user, due, newMail("accountDeletionScheduled"), startTime(), {}});
  askForReset(*engine, resetRequest("ann@example.org"));
  REQUIRE(resetPassword(*engine, resetWith(kToken, "$argon2id$new", kAsked)).state == LinkState::good);
  CHECK(valueOf(*engine, ListCancelledDeletions{}).size() == 1);
  CHECK_FALSE(valueOf(*engine, DeleteDueAccount{due, {}}));
}

TEST_CASE("A silent registration, a silent change of the address: all but the mail", "[recovery]") {
  const TestStorage storage(eachRecoveryStorage());
  const auto engine = storage.engine();
  for (const char* email : {"quiet@example.org", "ann@example.org"}) {
    auto account = newAccount(email);
    account.silent = true;
    CHECK(valueOf(*engine, account) == RegisterOutcome::created);
  }
  CHECK(mailsOf(*engine, "verifyEmail") == 0);
  RequestEmailChange change;
  change.userId = activeUser(*engine, "ann@example.org");
  change.changeId = freshId();
  change.newEmail = "quiet@example.org";
  change.confirmHash = {1};
  change.undoHash = {2};
  change.now = kAsked;
  change.confirmExpires = change.undoExpires = kAsked + std::chrono::hours(1);
  change.confirmMail = newMail("emailChangeConfirm");
  change.takenMail = newMail("alreadyRegistered");
  change.notice = newMail("emailChangeNotice");
  change.silent = true;
  valueOf(*engine, change);
  CHECK(credentialOf(*engine, "ann@example.org")->user.pendingEmail == "quiet@example.org");
  auto taken = newAccount("ann@example.org");
  taken.silent = true;
  CHECK(valueOf(*engine, taken) == RegisterOutcome::emailTaken);
  const auto now = kAsked + std::chrono::hours(48);
  std::vector<std::string> sent;
  for (const auto& mail : valueOf(*engine, ClaimMails{100, now, now})) {
    sent.push_back(mail.mailTemplate);
  }
  std::sort(sent.begin(), sent.end());
  CHECK(sent == std::vector<std::string>{"emailChangeNotice", "verifyEmail"});  // hers, by activeUser()
}

TEST_CASE("A later token replaces an earlier one; unknown addresses get none", "[recovery]") {
  const TestStorage storage(eachRecoveryStorage());
  const auto engine = storage.engine();
  activeUser(*engine, "ann@example.org");
  askForReset(*engine, resetRequest("ann@example.org", {1, 1}));
  askForReset(*engine, resetRequest("ann@example.org", {2, 2}));
  askForReset(*engine, resetRequest("nobody@example.org", {3, 3}));
  CHECK(ownerOf(*engine, {1, 1}, kAsked).state == LinkState::invalid);
  CHECK(ownerOf(*engine, {2, 2}, kAsked).state == LinkState::good);
  CHECK(ownerOf(*engine, {3, 3}, kAsked).state == LinkState::invalid);
  CHECK(mailsOf(*engine, "resetPassword") == 2);
  CHECK(resetPassword(*engine, resetWith({2, 2}, "$argon2id$x", kAsked + std::chrono::hours(2))).state ==
        LinkState::expired);
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf(
              "SELECT count(*) FROM audit_pending WHERE action = 'auth.password.forgot' AND outcome = 'fail' "
              "AND reason = 'unknown_address'") +
              countOf("SELECT count(*) FROM audit_log WHERE action = 'auth.password.forgot' AND outcome = "
                      "'fail'") ==
          1);
  }
}

TEST_CASE("A reset confirms the address that its mail went to", "[recovery]") {
  const TestStorage storage(eachRecoveryStorage());
  const auto engine = storage.engine();
  valueOf(*engine, newAccount("new@example.org"));
  askForReset(*engine, resetRequest("new@example.org"));
  CHECK(resetPassword(*engine, resetWith(kToken, "$argon2id$mine", kAsked)).state == LinkState::good);
  const auto found = credentialOf(*engine, "new@example.org");
  CHECK(found->user.status == UserStatus::active);
  CHECK(found->user.emailVerifiedAt == kAsked);
}

TEST_CASE("A hundred resets with one token at once have one effect", "[recovery][race]") {
  const TestStorage storage(eachRecoveryStorage());
  const auto engine = storage.engine();
  activeUser(*engine, "ann@example.org");
  askForReset(*engine, resetRequest("ann@example.org"));
  std::atomic<int> good{0};
  std::atomic<int> answered{0};
  hundredAtOnce(storage, [&](StorageEngineInterface& own, int number) {
    own.run(resetWith(kToken, "$argon2id$" + std::to_string(number), kAsked),
            [&](Result<ResetOutcome> result) {
              answered += result.ok() ? 1 : 0;
              good += result.ok() && result.value().state == LinkState::good ? 1 : 0;
            });
  });
  CHECK(answered == 100);
  CHECK(good == 1);
  CHECK(mailsOf(*engine, "passwordChanged") == 1);
  CHECK(credentialOf(*engine, "ann@example.org")->user.sessionEpoch == 1);
}

TEST_CASE("A hundred confirmations with one token at once: one is told so", "[recovery][race]") {
  const TestStorage storage(eachRecoveryStorage());
  const auto engine = storage.engine();
  const auto account = newAccount("ann@example.org");
  valueOf(*engine, account);
  std::atomic<int> verified{0};
  hundredAtOnce(storage, [&](StorageEngineInterface& own, int) {
    VerifyEmailToken token{{account.verifyTokenHash}, kAsked, {}};
    token.audit.id = freshId();
    token.audit.action = "auth.email.verify";
    token.audit.actorType = "user";
    own.run(token, [&](Result<VerifyEmailOutcome> result) {
      verified += result.ok() && result.value() == VerifyEmailOutcome::verified ? 1 : 0;
    });
  });
  CHECK(verified == 1);
}

// Sign-ins with the old password race its change: whichever comes first, none of their sessions
// survives.
TEST_CASE("A sign-in that races a change of the password leaves no session behind", "[recovery][race]") {
  const TestStorage storage(eachRecoveryStorage());
  const auto changer = storage.engine();
  const auto opener = storage.engine();
  const Uuid user = activeUser(*changer, "ann@example.org");
  std::string phc = "$argon2id$first";
  for (int round = 0; round < 40; ++round) {
    const auto now = kAsked + std::chrono::seconds(round);
    const std::int64_t epoch = round;
    std::barrier together(2);
    std::thread signIns([&] {
      together.arrive_and_wait();
      for (int i = 0; i < 5; ++i) {
        opener->run(OpenSession{newSession(user, now), {}, epoch}, [](Result<Done>) {});
        opener->flush();
      }
    });
    const std::string next = "$argon2id$round" + std::to_string(round);
    ChangePassword change{user, next, phc, std::nullopt, newMail("passwordChanged"), now};
    together.arrive_and_wait();
    const auto changed = valueOf(*changer, change);
    signIns.join();
    REQUIRE(changed);
    phc = next;
    const auto live = valueOf(*changer, ListSessions{user, now});
    CHECK(live.empty());
  }
}
