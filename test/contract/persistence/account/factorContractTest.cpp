#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <thread>
#include <vector>

#include "test/contract/persistence/testStorage.hpp"

using namespace ks;
using namespace ks::contract;

namespace {

constexpr int kParallel = 100;
constexpr int kFactorEngines = 8;
const Bytes kGuessKey{7, 7};

StorageKind eachFactorStorage() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

NewRecoveryCodes someCodes(std::uint8_t first) {
  NewRecoveryCodes codes{freshId(), {}, {}};
  for (std::uint8_t i = 0; i < 10; ++i) {
    codes.ids.push_back(freshId());
    codes.hashes.push_back(Bytes(32, static_cast<std::uint8_t>(first + i)));
  }
  return codes;
}

/// An account with a confirmed factor, whose session is of two factors.
struct Enrolled {
  Uuid userId;
  Uuid factorId;
  Uuid sessionId;
  TimePoint now = startTime();

  explicit Enrolled(StorageEngineInterface& engine, const std::string& email = "ann@example.org") {
    userId = activeUser(engine, email);
    const auto first = newSession(userId, now);
    valueOf(engine, OpenSession{first});
    factorId = freshId();
    REQUIRE(valueOf(engine, NewTotpFactor{factorId, userId, "phone", {1, 2, 3}, now}));
    auto session = newSession(userId, now);
    session.assuranceLevel = 2;
    sessionId = session.id;
    const auto ended = valueOf(
        engine, ConfirmFactor{factorId, first.id, 100, someCodes(10), session, newMail("factorAdded")});
    REQUIRE(ended);
    CHECK(*ended == std::vector<Uuid>{first.id});
  }

  [[nodiscard]] Uuid challenge(StorageEngineInterface& engine, const Bytes& tokenHash) const {
    const auto id = freshId();
    valueOf(engine, NewChallenge{id, userId, tokenHash, {9}, 1, now, now + std::chrono::minutes{5}});
    return id;
  }

  [[nodiscard]] AttemptRecord attempt(StorageEngineInterface& engine, const Bytes& tokenHash,
                                      Milliseconds later = {}) const {
    return valueOf(engine, BeginChallengeAttempt{{tokenHash}, 5, now + later});
  }

  [[nodiscard]] ProofOutcome complete(StorageEngineInterface& engine, const Uuid& challengeId,
                                      const FactorProof& proof) const {
    CompleteChallenge completion;
    completion.challengeId = challengeId;
    completion.proof = proof;
    completion.session = newSession(userId, now);
    completion.session.assuranceLevel = 2;
    completion.guessKey = kGuessKey;
    return valueOf(engine, std::move(completion));
  }

  [[nodiscard]] std::size_t liveSessions(StorageEngineInterface& engine) const {
    return valueOf(engine, ListSessions{userId, now}).size();
  }

  [[nodiscard]] int codesLeft(StorageEngineInterface& engine) const {
    return valueOf(engine, FindRecoveryCodesLeft{userId});
  }
};

/// `work(engine)` a hundred times on eight connections; returns how often it was true.
template <class Work>
int atOnce(const TestStorage& storage, Work work) {
  std::atomic<int> yes{0};
  std::atomic<int> broken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kFactorEngines; ++i) {
    threads.emplace_back([&, i] {
      try {
        const auto engine = storage.engine();
        for (int n = i; n < kParallel; n += kFactorEngines) {
          yes += work(*engine, n) ? 1 : 0;
        }
      } catch (const std::exception&) {
        ++broken;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(broken == 0);
  return yes;
}

}  // namespace

TEST_CASE("A second factor comes with its first code and goes with its removal", "[factors]") {
  const TestStorage storage(eachFactorStorage());
  const auto engine = storage.engine();
  const Enrolled ann(*engine);
  CHECK(ann.liveSessions(*engine) == 1);
  CHECK(ann.codesLeft(*engine) == 10);
  const auto found = valueOf(*engine, FindCredential{"ann@example.org"}).account;
  REQUIRE(found);
  CHECK(found->user.mfaEnabled);
  CHECK_FALSE(valueOf(*engine, NewTotpFactor{freshId(), ann.userId, "", {1}, ann.now}));
  const auto factors = valueOf(*engine, FindFactors{ann.userId});
  REQUIRE(factors.size() == 1);
  CHECK(factors[0].active);
  CHECK(factors[0].name == "phone");
  CHECK(factors[0].lastUsedStep == 100);
  CHECK(factors[0].secretSealed == Bytes{1, 2, 3});

  CHECK(valueOf(*engine,
                RenewRecoveryCodes{ann.userId, someCodes(60), ann.now, {}, newMail("recoveryCodesRenewed")}));
  CHECK(ann.codesLeft(*engine) == 10);
  const auto challenge = ann.challenge(*engine, {7});
  CHECK(ann.complete(*engine, challenge, {Uuid{}, 0, Bytes(32, 10)}) == ProofOutcome::wrong);
  CHECK(ann.complete(*engine, challenge, {Uuid{}, 0, Bytes(32, 60)}) == ProofOutcome::accepted);
  CHECK(ann.codesLeft(*engine) == 9);

  const auto removed =
      valueOf(*engine, RemoveFactor{ann.factorId, ann.userId, newMail("factorRemoved"), ann.now});
  CHECK(removed.removed);
  CHECK(removed.ended.size() == 2);
  CHECK(ann.liveSessions(*engine) == 0);
  CHECK(ann.codesLeft(*engine) == 0);
  CHECK_FALSE(valueOf(
      *engine, RenewRecoveryCodes{ann.userId, someCodes(90), ann.now, {}, newMail("recoveryCodesRenewed")}));
  const auto mails =
      valueOf(*engine, ClaimMails{50, ann.now + std::chrono::hours{1}, ann.now + std::chrono::hours{1}});
  CHECK(std::count_if(mails.begin(), mails.end(), [](const OutboxMail& mail) {
          return mail.mailTemplate == "recoveryCodesRenewed";
        }) == 1);
}

TEST_CASE("A sign-in that began before the second factor came opens no session without it", "[factors]") {
  const TestStorage storage(eachFactorStorage());
  const auto engine = storage.engine();
  const auto id = activeUser(*engine, "ben@example.org");
  const auto before = valueOf(*engine, FindCredential{"ben@example.org"}).account;
  REQUIRE(before);
  const auto opens = [&](std::int64_t epoch) {
    try {
      valueOf(*engine, OpenSession{newSession(id, startTime()), {}, epoch});
      return true;
    } catch (const std::exception&) {
      return false;
    }
  };
  REQUIRE(opens(before->user.sessionEpoch));
  const auto caller = newSession(id, startTime());
  valueOf(*engine, OpenSession{caller, {}, before->user.sessionEpoch});
  const auto factor = freshId();
  REQUIRE(valueOf(*engine, NewTotpFactor{factor, id, "phone", {1}, startTime()}));
  REQUIRE(valueOf(*engine, ConfirmFactor{factor,
                                         caller.id,
                                         1,
                                         someCodes(1),
                                         newSession(id, startTime()),
                                         newMail("factorAdded"),
                                         {},
                                         false})
              .has_value());
  CHECK_FALSE(opens(before->user.sessionEpoch));
}

TEST_CASE("Beginning again replaces the waiting factor", "[factors]") {
  const TestStorage storage(eachFactorStorage());
  const auto engine = storage.engine();
  const auto userId = activeUser(*engine, "bob@example.org");
  const auto session = newSession(userId, startTime());
  valueOf(*engine, OpenSession{session});
  const auto first = freshId();
  const auto second = freshId();
  for (const auto& id : {first, second}) {
    CHECK(valueOf(*engine, NewTotpFactor{id, userId, "", {1}, startTime()}));
  }
  const auto confirm = [&](const Uuid& factor, const Uuid& caller) {
    return valueOf(*engine, ConfirmFactor{factor, caller, 1, someCodes(1), newSession(userId, startTime()),
                                          newMail("factorAdded")});
  };
  CHECK_FALSE(confirm(first, session.id));
  CHECK_FALSE(confirm(second, freshId()));
  CHECK(confirm(second, session.id));
  CHECK_FALSE(confirm(second, session.id));
}

TEST_CASE("Codes are limited for a challenge, and a right one clears the count of failures", "[factors]") {
  const TestStorage storage(eachFactorStorage());
  const auto engine = storage.engine();
  const Enrolled ann(*engine);
  CHECK(ann.attempt(*engine, {99}).outcome == AttemptOutcome::noChallenge);
  for (int challenge = 0; challenge < 2; ++challenge) {
    const Bytes token{static_cast<std::uint8_t>(challenge)};
    (void)ann.challenge(*engine, token);
    for (int i = 0; i < 5; ++i) {
      const auto record = ann.attempt(*engine, token);
      CHECK(record.outcome == AttemptOutcome::counted);
      CHECK(record.user.id == ann.userId);
      REQUIRE(record.factor);
      CHECK(record.factor->id == ann.factorId);
      CHECK(record.recoveryCodesLeft == 10);
      CHECK(record.payloadSealed == Bytes{9});
    }
    CHECK(ann.attempt(*engine, token).outcome == AttemptOutcome::challengeUsedUp);
  }
  const auto third = ann.challenge(*engine, {3});
  CHECK(ann.attempt(*engine, {3}, std::chrono::minutes{6}).outcome == AttemptOutcome::noChallenge);
  const AdmitAttempt guess{kGuessKey, ann.userId, freshId(), {{5, 60}}, ann.now, ann.now, ann.now};
  const auto failures = [&] {
    auto again = guess;
    again.tryId = freshId();
    return valueOf(*engine, again).failures;
  };
  CHECK(failures() == 1);
  CHECK(ann.complete(*engine, third, {ann.factorId, 100, {}}) == ProofOutcome::reused);
  CHECK(failures() == 2);
  CHECK(ann.complete(*engine, third, {ann.factorId, 101, {}}) == ProofOutcome::accepted);
  CHECK(failures() == 1);  // a right code clears the count
  CHECK(ann.attempt(*engine, {3}).outcome == AttemptOutcome::noChallenge);
}

TEST_CASE("A hundred guesses at once count as a hundred", "[factors][race]") {
  const TestStorage storage(eachFactorStorage());
  const auto engine = storage.engine();
  const Enrolled ann(*engine);
  (void)ann.challenge(*engine, {1});
  CHECK(atOnce(storage, [&](StorageEngineInterface& each, int) {
          return ann.attempt(each, {1}).outcome == AttemptOutcome::counted;
        }) == 5);
}

TEST_CASE("One step, one recovery code and one challenge open one session each", "[factors][race]") {
  const TestStorage storage(eachFactorStorage());
  const auto engine = storage.engine();
  const Enrolled ann(*engine);

  std::vector<Uuid> challenges;
  for (int i = 0; i < kParallel; ++i) {
    challenges.push_back(ann.challenge(*engine, {1, static_cast<std::uint8_t>(i)}));
  }
  const auto challenge = [&](int n) { return challenges[static_cast<std::size_t>(n)]; };
  CHECK(atOnce(storage, [&](StorageEngineInterface& each, int n) {
          return ann.complete(each, challenge(n), {ann.factorId, 200, {}}) == ProofOutcome::accepted;
        }) == 1);
  CHECK(ann.liveSessions(*engine) == 2);
  CHECK(atOnce(storage, [&](StorageEngineInterface& each, int n) {
          return ann.complete(each, challenge(n), {Uuid{}, 0, Bytes(32, 12)}) == ProofOutcome::accepted;
        }) == 1);
  CHECK(ann.liveSessions(*engine) == 3);
  CHECK(ann.codesLeft(*engine) == 9);

  const auto one = ann.challenge(*engine, {2});
  CHECK(atOnce(storage, [&](StorageEngineInterface& each, int n) {
          return ann.complete(each, one, {ann.factorId, 1000 + n, {}}) == ProofOutcome::accepted;
        }) == 1);
  CHECK(ann.liveSessions(*engine) == 4);
}

TEST_CASE("A proof that opens no session is taken once all the same", "[factors][race]") {
  const TestStorage storage(eachFactorStorage());
  const auto engine = storage.engine();
  const Enrolled ann(*engine);
  const auto take = [&](StorageEngineInterface& each, const FactorProof& proof) {
    return valueOf(each, TakeProof{ann.userId, proof, kGuessKey, ann.now});
  };
  const FactorProof step{ann.factorId, 300, {}};
  const FactorProof code{Uuid{}, 0, Bytes(32, 13)};
  for (const auto& proof : {step, code}) {
    CHECK(atOnce(storage, [&](StorageEngineInterface& each, int) {
            return take(each, proof) == ProofOutcome::accepted;
          }) == 1);
    CHECK(take(*engine, proof) == ProofOutcome::reused);
  }
  CHECK(take(*engine, {Uuid{}, 0, Bytes(32, 99)}) == ProofOutcome::wrong);
  CHECK(ann.codesLeft(*engine) == 9);
  CHECK(ann.liveSessions(*engine) == 1);
}

TEST_CASE("Of a hundred replacements of one session one opens another", "[factors][race]") {
  const TestStorage storage(eachFactorStorage());
  const auto engine = storage.engine();
  const Enrolled ann(*engine);
  const bool byCode = GENERATE(false, true);
  CHECK(atOnce(storage, [&](StorageEngineInterface& each, int n) {
          ReplaceSession replacement;
          replacement.oldSession = ann.sessionId;
          if (byCode) {
            replacement.proof = FactorProof{ann.factorId, 500 + n, {}};
          }
          replacement.session = newSession(ann.userId, ann.now);
          return valueOf(each, std::move(replacement)) == ProofOutcome::accepted;
        }) == 1);
  CHECK(ann.liveSessions(*engine) == 1);
}

TEST_CASE("Of many renewals at once one set of codes is left", "[factors][race]") {
  const TestStorage storage(eachFactorStorage());
  const auto engine = storage.engine();
  const Enrolled ann(*engine);
  CHECK(atOnce(storage, [&](StorageEngineInterface& each, int n) {
          auto codes = someCodes(0);
          for (std::size_t i = 0; i < codes.hashes.size(); ++i) {
            codes.hashes[i][0] = static_cast<std::uint8_t>(n);
            codes.hashes[i][1] = static_cast<std::uint8_t>(i + 100);
          }
          return valueOf(each, RenewRecoveryCodes{ann.userId, codes, ann.now});
        }) == kParallel);
  CHECK(ann.codesLeft(*engine) == 10);
}
