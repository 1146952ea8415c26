#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <thread>

#include "test/contract/persistence/testStorage.hpp"

using namespace ks;
using namespace ks::contract;

namespace {

StorageKind eitherKind() { return GENERATE(StorageKind::memory, StorageKind::postgres); }

AuditEvent eventAbout(const std::string& actorType, const Uuid& actor, const std::string& action,
                      const Uuid& target) {
  AuditEvent event;
  event.id = freshId();
  event.at = startTime();
  event.actorType = actorType;
  event.actorId = actor.isNil() ? std::string{} : actor.toString();
  event.action = action;
  event.targetType = "user";
  event.targetId = target.toString();
  event.ip = "192.0.2.9";
  event.userAgent = "Firefox";
  return event;
}

DataExport ordered(StorageEngineInterface& engine, const OrderDataExport& order) {
  return valueOf(engine, order);
}

OrderDataExport newOrder(const Uuid& userId, TimePoint now) {
  return {freshId(), userId, now, now + std::chrono::hours(24), now - std::chrono::hours(1), {}};
}

std::optional<ClaimedDataExport> claimedExport(StorageEngineInterface& engine, TimePoint now) {
  return valueOf(engine, ClaimDataExport{now, now + std::chrono::minutes(1)});
}

std::optional<FoundDataExport> foundExport(StorageEngineInterface& engine, const Uuid& id, const Uuid& userId,
                                           TimePoint now) {
  return valueOf(engine, FindDataExport{id, userId, now});
}

void finish(StorageEngineInterface& engine, const Uuid& id, TimePoint now) {
  valueOf(engine,
          FinishDataExport{id, {4, 0, 2}, now, now + std::chrono::hours(48), newMail("dataExportReady")});
}

ScheduledDeletion scheduled(StorageEngineInterface& engine, const Uuid& userId, TimePoint now) {
  return valueOf(
      engine,
      ScheduleDeletion{userId, now + std::chrono::hours(24), newMail("accountDeletionScheduled"), now, {}});
}

std::optional<DeletedAccount> deletedDue(StorageEngineInterface& engine, TimePoint now) {
  return valueOf(engine, DeleteDueAccount{now, eventAbout("system", {}, "auth.account.deleted", {})});
}

Uuid newSuperadmin(StorageEngineInterface& engine, const std::string& email) {
  const auto id = freshId();
  valueOf(engine, CreateAdministrator{id, email, "x", "superadmin", false, startTime()});
  return id;
}

void signIn(StorageEngineInterface& engine, const NewSession& session) {
  valueOf(engine, OpenSession{session, {}});
}

std::vector<std::string> templatesWaiting(StorageEngineInterface& engine, TimePoint now) {
  std::vector<std::string> names;
  for (const auto& mail : valueOf(engine, ClaimMails{100, now, now})) {
    names.push_back(mail.mailTemplate);
  }
  return names;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

TEST_CASE("A user's activity: own events and what was done to the account, page by page", "[personalData]") {
  const TestStorage storage(eitherKind());
  const auto engine = storage.engine();
  const auto ann = activeUser(*engine, "ann@example.org");
  const auto bob = activeUser(*engine, "bob@example.org");
  const auto note = [&](AuditEvent event) {
    const auto session = newSession(bob, startTime());
    valueOf(*engine, OpenSession{session, event});
  };
  note(eventAbout("user", ann, "auth.login", ann));
  note(eventAbout("user", bob, "auth.login", bob));
  note(eventAbout("user", bob, "admin.user.suspend", ann));
  note(eventAbout("user", ann, "admin.user.suspend", bob));
  note(eventAbout("anonymous", {}, "auth.password.reset", ann));
  if (storage.kind() == StorageKind::postgres) {
    runSql("SELECT audit_chain_pending(1000)");
  }
  const auto page = [&](std::uint32_t limit, const std::string& cursor) {
    return valueOf(*engine, OwnActivityQuery{ann, limit, cursor});
  };
  const auto first = page(2, "");
  REQUIRE(first.rows.size() == 2);
  CHECK(first.rows[0].action == "auth.password.reset");
  CHECK(first.rows[0].by == "anonymous");
  CHECK(first.rows[0].ip == "192.0.2.9");
  CHECK(first.rows[1].action == "admin.user.suspend");
  CHECK(first.rows[1].by == "administrator");
  CHECK(first.rows[1].ip.empty());
  CHECK(first.rows[1].userAgent.empty());
  REQUIRE_FALSE(first.nextCursor.empty());
  const auto second = page(2, first.nextCursor);
  REQUIRE(second.rows.size() == 1);
  CHECK(second.rows[0].action == "auth.login");
  CHECK(second.rows[0].by == "self");
  CHECK(second.rows[0].userAgent == "Firefox");
  CHECK(second.nextCursor.empty());

  const auto refusal = [&](OwnActivityQuery query) {
    const auto result = outcome(*engine, query);
    return result.ok() ? ErrorCode::none : result.fault().code;
  };
  CHECK(refusal({ann, 0, ""}) == ErrorCode::outOfRange);
  CHECK(refusal({ann, 201, ""}) == ErrorCode::outOfRange);
  CHECK(refusal({bob, 2, first.nextCursor}) == ErrorCode::cursorInvalid);
  CHECK(refusal({ann, 2, "3"}) == ErrorCode::cursorInvalid);
}

TEST_CASE("A copy of a user's data is ordered, made once and kept for its time", "[personalData]") {
  const TestStorage storage(eitherKind());
  const auto engine = storage.engine();
  const auto now = startTime();
  const auto ann = activeUser(*engine, "ann@example.org");
  const auto order = newOrder(ann, now);
  CHECK(ordered(*engine, order).id == order.id);
  CHECK(ordered(*engine, order).id == order.id);
  CHECK(ordered(*engine, newOrder(ann, now)).id == order.id);
  CHECK(foundExport(*engine, order.id, ann, now)->contentSealed.empty());
  CHECK_FALSE(foundExport(*engine, order.id, freshId(), now));

  const auto claimed = claimedExport(*engine, now);
  REQUIRE(claimed);
  CHECK(claimed->id == order.id);
  CHECK(claimed->email == "ann@example.org");
  CHECK(std::string{claimed->content.reveal()}.find("ann@example.org") != std::string::npos);
  CHECK(std::string{claimed->content.reveal()}.find("argon2id") == std::string::npos);
  CHECK_FALSE(claimedExport(*engine, now));
  CHECK(claimedExport(*engine, now + std::chrono::minutes(1)));

  finish(*engine, order.id, now);
  finish(*engine, order.id, now);
  const auto found = foundExport(*engine, order.id, ann, now);
  REQUIRE(found);
  CHECK(found->contentSealed == Bytes{4, 0, 2});
  CHECK(found->job.readyAt == now);
  const auto names = templatesWaiting(*engine, now);
  CHECK(std::count(names.begin(), names.end(), "dataExportReady") == 1);

  CHECK(ordered(*engine, newOrder(ann, now + std::chrono::minutes(59))).id == order.id);
  const auto again = newOrder(ann, now + std::chrono::minutes(61));
  CHECK(ordered(*engine, again).id == again.id);
  CHECK_FALSE(foundExport(*engine, order.id, ann, now));
  CHECK_FALSE(foundExport(*engine, again.id, ann, again.expiresAt));
  CHECK_FALSE(claimedExport(*engine, again.expiresAt));
  CHECK_FALSE(foundExport(*engine, again.id, ann, now));
  CHECK(outcome(*engine, newOrder(freshId(), now)).fault().code == ErrorCode::userNotFound);
}

TEST_CASE("A deletion ends sessions, waits, is cancelled by a sign-in, and is carried out",
          "[personalData]") {
  const TestStorage storage(eitherKind());
  const auto engine = storage.engine();
  const auto now = startTime();
  const auto later = now + std::chrono::hours(24);
  const auto ann = activeUser(*engine, "ann@example.org", "ann");
  const auto bob = activeUser(*engine, "bob@example.org");
  const auto session = newSession(ann, now);
  signIn(*engine, session);
  signIn(*engine, newSession(bob, now));

  const auto first = scheduled(*engine, ann, now);
  CHECK(first.outcome == ScheduleDeletionOutcome::scheduled);
  CHECK(first.endedSessions == std::vector<Uuid>{session.id});
  CHECK(contains(templatesWaiting(*engine, now), "accountDeletionScheduled"));
  CHECK_FALSE(deletedDue(*engine, later - std::chrono::seconds(1)));

  signIn(*engine, newSession(ann, now));
  CHECK_FALSE(deletedDue(*engine, later));
  const auto cancelled = valueOf(*engine, ListCancelledDeletions{});
  REQUIRE(cancelled.size() == 1);
  CHECK(cancelled[0].userId == ann);
  CHECK(cancelled[0].email == "ann@example.org");
  for (int i = 0; i < 2; ++i) {
    valueOf(*engine, NoteCancelledDeletion{ann, newMail("accountDeletionCancelled"), now, {}});
  }
  const auto names = templatesWaiting(*engine, now);
  CHECK(std::count(names.begin(), names.end(), "accountDeletionCancelled") == 1);

  CHECK(ordered(*engine, newOrder(ann, now)).id != Uuid{});
  // At the same instant: sessions ended by the first call are among them.
  CHECK(scheduled(*engine, ann, now).endedSessions.size() == 2);
  const auto gone = deletedDue(*engine, later);
  REQUIRE(gone);
  CHECK(gone->userId == ann);
  CHECK(gone->deleted);
  CHECK_FALSE(deletedDue(*engine, later));
  for (const auto* identifier : {"ann@example.org", "ann"}) {
    CHECK_FALSE(valueOf(*engine, FindCredential{identifier}).account);
  }
  CHECK_FALSE(valueOf(*engine, FindSession{session.id}));
  CHECK_FALSE(claimedExport(*engine, now));
  CHECK(scheduled(*engine, ann, later).outcome == ScheduleDeletionOutcome::gone);
  CHECK_FALSE(outcome(*engine, OpenSession{newSession(ann, later), {}}).ok());
  // The address and the name are free again.
  CHECK(activeUser(*engine, "ann@example.org", "ann") != ann);
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf("SELECT count(*) FROM users u WHERE status = 'deleted' AND to_jsonb(u)::text ~* 'ann'") ==
          0);
    CHECK(
        countOf(
            "SELECT count(*) FROM audit_pending WHERE action = 'auth.account.deleted' AND outcome = 'ok'") ==
        1);
  }
}

TEST_CASE("The last superadmin is not deleted", "[personalData]") {
  const TestStorage storage(eitherKind());
  const auto engine = storage.engine();
  const auto now = startTime();
  const auto ann = newSuperadmin(*engine, "ann@example.org");
  CHECK(scheduled(*engine, ann, now).outcome == ScheduleDeletionOutcome::lastAdmin);
  const auto bob = newSuperadmin(*engine, "bob@example.org");
  CHECK(scheduled(*engine, bob, now).outcome == ScheduleDeletionOutcome::scheduled);
  CHECK(scheduled(*engine, ann, now).outcome == ScheduleDeletionOutcome::lastAdmin);
  CHECK(deletedDue(*engine, now + std::chrono::hours(24))->deleted);
  CHECK(scheduled(*engine, ann, now).outcome == ScheduleDeletionOutcome::lastAdmin);
}

TEST_CASE("Of superadmins who leave at once one stays", "[personalData][race]") {
  const TestStorage storage(StorageKind::postgres);
  const auto engine = storage.engine();
  constexpr int kAdmins = 8;
  std::vector<Uuid> admins;
  for (int i = 0; i < kAdmins; ++i) {
    admins.push_back(newSuperadmin(*engine, "root" + std::to_string(i) + "@example.org"));
  }
  std::atomic<int> leaving{0};
  std::vector<std::thread> threads;
  for (const auto& admin : admins) {
    threads.emplace_back([&storage, &leaving, admin] {
      const auto own = storage.engine();
      leaving += scheduled(*own, admin, startTime()).outcome == ScheduleDeletionOutcome::scheduled ? 1 : 0;
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(leaving == kAdmins - 1);
}

TEST_CASE("A hundred orders at once are one order, made by one", "[personalData][race]") {
  const TestStorage storage(StorageKind::postgres);
  const auto ann = activeUser(*storage.engine(), "ann@example.org");
  constexpr int kThreads = 10;
  std::vector<std::vector<Uuid>> ids(kThreads);
  std::atomic<int> claims{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const auto own = storage.engine();
      for (int k = 0; k < 10; ++k) {
        ids[static_cast<std::size_t>(i)].push_back(ordered(*own, newOrder(ann, startTime())).id);
      }
      claims += claimedExport(*own, startTime()) ? 1 : 0;
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  for (const auto& own : ids) {
    CHECK(std::all_of(own.begin(), own.end(), [&](const Uuid& id) { return id == ids[0][0]; }));
  }
  CHECK(claims == 1);
}

TEST_CASE("A mail that was given up is wiped, audited once and never claimed again", "[accounts]") {
  const TestStorage storage(eitherKind());
  const auto engine = storage.engine();
  const auto now = startTime();
  activeUser(*engine, "ann@example.org");
  const auto claim = [&] { return valueOf(*engine, ClaimMails{10, now, now + std::chrono::seconds(30)}); };
  const auto mails = claim();
  REQUIRE(mails.size() == 1);
  for (int i = 0; i < 2; ++i) {
    valueOf(*engine, GiveUpMail{mails[0].id, "550", eventAbout("system", {}, "mail.giveUp", mails[0].id)});
  }
  CHECK(valueOf(*engine, ClaimMails{10, now + std::chrono::hours(24 * 365), now}).empty());
  if (storage.kind() == StorageKind::postgres) {
    CHECK(countOf("SELECT count(*) FROM email_outbox WHERE to_enc = '' AND payload_enc = '' AND last_error = "
                  "'550'") == 1);
    CHECK(countOf("SELECT count(*) FROM audit_pending WHERE action = 'mail.giveUp'") == 1);
  }
}
