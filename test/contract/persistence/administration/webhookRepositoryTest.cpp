#include <algorithm>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <thread>

#include "persistence/postgres/administration/postgresWebhookRepository.hpp"
#include "test/contract/persistence/monitoring/collectorDatabase.hpp"

using namespace ks;
using ks::test::CollectorDatabase;

namespace {

const TimePoint kHookNow = std::chrono::floor<std::chrono::seconds>(SystemClock().now());

template <class T>
T hookValueOf(Result<T> result) {
  if (!result.ok()) {
    FAIL(result.fault().detail << result.fault().message);
  }
  return std::move(result.value());
}

AuditEvent hookEvent(CollectorDatabase& database, const char* action) {
  AuditEvent event;
  event.id = database.uuids().next();
  event.at = kHookNow;
  event.actorType = "system";
  event.action = action;
  return event;
}

Webhook addHook(CollectorDatabase& database, PostgresWebhookRepository& repository,
                std::vector<std::string> events = {"*"}) {
  NewWebhook added;
  added.webhook.id = database.uuids().next();
  added.webhook.url = "https://hooks.example.org/k";
  added.webhook.events = std::move(events);
  added.webhook.createdAt = kHookNow;
  added.secretSealed = {1, 2, 3};
  added.audit = hookEvent(database, "webhook.create");
  return hookValueOf(repository.add(added));
}

NewDelivery deliveryTo(CollectorDatabase& database, const Uuid& webhook) {
  const auto id = database.uuids().next();
  return {id, webhook, id, "user.create", "{}"};
}

void chainEvents(CollectorDatabase& database, int count) {
  for (int i = 0; i < count; ++i) {
    database.run("INSERT INTO audit_pending (id, at, actor_type, action, outcome) VALUES ('" +
                 database.uuids().next().toString() + "', now(), 'system', 'user.create', 'ok')");
  }
  database.run("SELECT audit_chain_pending(1000)");
}

}  // namespace

TEST_CASE("webhooks: kept, changed by version, secrets renewed, removed; all of it audited") {
  CollectorDatabase database;
  PostgresWebhookRepository repository(database.config());
  const auto made = addHook(database, repository, {"user.*", "auth.login.fail"});
  CHECK(made.active);
  CHECK(made.version == 1);
  CHECK(hookValueOf(repository.list()).size() == 1);

  WebhookChange change;
  change.id = made.id;
  change.expectedVersion = 1;
  change.active = false;
  change.now = kHookNow + std::chrono::seconds{1};
  change.audit = hookEvent(database, "webhook.update");
  const auto changed = hookValueOf(repository.change(change));
  CHECK(!changed.active);
  CHECK(changed.version == 2);
  CHECK(changed.events == made.events);
  CHECK(repository.change(change).fault().code == ErrorCode::versionMismatch);
  CHECK(database.number("SELECT count(*) FROM audit_pending WHERE action = 'webhook.update' "
                        "AND before @> '{\"active\":true}' AND after @> '{\"active\":false}'") == 1);

  WebhookSecretChange renewal{made.id,
                              {4, 5},
                              kHookNow + std::chrono::hours{1},
                              kHookNow,
                              hookEvent(database, "webhook.secret.rotate")};
  CHECK(hookValueOf(repository.changeSecret(renewal)).oldSecretUntil == renewal.oldUntil);
  renewal.oldUntil = kHookNow;
  renewal.audit = hookEvent(database, "webhook.secret.rotate");
  CHECK(!hookValueOf(repository.changeSecret(renewal)).oldSecretUntil);

  CHECK(repository.remove({made.id, hookEvent(database, "webhook.delete")}).ok());
  CHECK(repository.remove({made.id, hookEvent(database, "webhook.delete")}).fault().code ==
        ErrorCode::webhookNotFound);
  CHECK(repository.find(made.id).fault().code == ErrorCode::webhookNotFound);
  change.expectedVersion.reset();
  CHECK(repository.change(change).fault().code == ErrorCode::webhookNotFound);
  CHECK(database.number("SELECT count(*) FROM audit_pending WHERE action LIKE 'webhook.%'") == 5);
}

TEST_CASE("webhooks: nothing is sent while whoever authorized one may not read the audit trail") {
  CollectorDatabase database;
  PostgresWebhookRepository repository(database.config());
  const auto reader = database.uuids().next();
  database.run("INSERT INTO users (id, email, status, created_at, updated_at) VALUES ('" + reader.toString() +
               "', 'reader@example.org', 'active', now(), now())");
  const auto role = [&](const char* name) {
    database.run("DELETE FROM user_roles");
    database.run("INSERT INTO user_roles (user_id, role_id, granted_at) SELECT '" + reader.toString() +
                 "', id, now() FROM roles WHERE name = '" + std::string{name} + "'");
  };
  NewWebhook added;
  added.webhook.id = database.uuids().next();
  added.webhook.url = "https://hooks.example.org/k";
  added.webhook.events = {"*"};
  added.webhook.createdBy = reader;
  added.webhook.createdAt = kHookNow;
  added.secretSealed = {1, 2, 3};
  added.audit = hookEvent(database, "webhook.create");
  CHECK(!hookValueOf(repository.add(added)).authorized);
  chainEvents(database, 1);
  CHECK(hookValueOf(repository.newEvents(10)).subscriptions.empty());
  role("auditor");
  CHECK(hookValueOf(repository.find(added.webhook.id)).authorized);
  const auto news = hookValueOf(repository.newEvents(10));
  CHECK(news.subscriptions.size() == 1);
  REQUIRE(hookValueOf(repository.enqueue(news.cursor, news.events.back().seq,
                                         {deliveryTo(database, added.webhook.id)}, kHookNow)));
  const auto claimed = [&] { return hookValueOf(repository.claim(10, 10, {}, kHookNow, kHookNow)).size(); };
  role("support");  // pending ones stay pending
  CHECK(claimed() == 0);
  role("auditor");
  CHECK(claimed() == 1);
  database.run("UPDATE users SET status = 'suspended'");
  CHECK(claimed() == 0);
  WebhookChange change;
  change.id = added.webhook.id;
  change.now = kHookNow;
  change.audit = hookEvent(database, "webhook.update");
  CHECK(hookValueOf(repository.change(change)).authorized);  // by the operator
  CHECK(claimed() == 1);
}

TEST_CASE("webhooks: each entry of the audit trail becomes deliveries once, whoever tries at once") {
  CollectorDatabase database;
  PostgresWebhookRepository first(database.config());
  const auto hook = addHook(database, first);
  chainEvents(database, 25);
  const auto entries = database.number("SELECT count(*) FROM audit_log");
  const auto turn = [&] {
    PostgresWebhookRepository repository(database.config());
    for (;;) {
      auto news = repository.newEvents(7);
      if (!news.ok() || news.value().events.empty()) {
        return;
      }
      std::vector<NewDelivery> deliveries;
      for (const auto& event : news.value().events) {
        deliveries.push_back({database.uuids().next(), hook.id, event.id, event.type, event.payload});
      }
      (void)repository.enqueue(news.value().cursor, news.value().events.back().seq, deliveries, kHookNow);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back(turn);
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(database.number("SELECT count(*) FROM webhook_deliveries") == entries);
  CHECK(database.number("SELECT count(DISTINCT event_id) FROM webhook_deliveries") == entries);
  CHECK(database.number("SELECT seq FROM webhook_cursor") == entries);
  CHECK(
      database.number("SELECT count(*) FROM webhook_deliveries WHERE (payload::jsonb)->>'type' = event_type "
                      "AND (payload::jsonb)->>'id' = event_id::text") == entries);
  CHECK(!hookValueOf(first.enqueue(0, 3, {deliveryTo(database, hook.id)}, kHookNow)));
}

TEST_CASE("webhooks: a delivery is taken by one sender, and again when its lease is over") {
  CollectorDatabase database;
  PostgresWebhookRepository repository(database.config());
  const auto hook = addHook(database, repository);
  const auto other = addHook(database, repository);
  for (int i = 0; i < 20; ++i) {
    REQUIRE(repository.enqueueOne(deliveryTo(database, hook.id), kHookNow).ok());
  }
  REQUIRE(repository.enqueueOne(deliveryTo(database, other.id), kHookNow).ok());
  CHECK(repository.enqueueOne(deliveryTo(database, database.uuids().next()), kHookNow).fault().code ==
        ErrorCode::webhookNotFound);
  const auto lease = kHookNow + std::chrono::seconds{30};
  CHECK(hookValueOf(repository.claim(32, 2, {}, kHookNow, lease)).size() == 3);
  CHECK(hookValueOf(repository.claim(32, 2, {hook.id}, kHookNow, lease)).empty());

  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      PostgresWebhookRepository own(database.config());
      for (auto claimed = own.claim(4, 4, {}, kHookNow, lease); claimed.ok() && !claimed.value().empty();
           claimed = own.claim(4, 4, {}, kHookNow, lease)) {
        taken += static_cast<int>(claimed.value().size());
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(taken == 18);
  CHECK(database.number("SELECT max(attempts) FROM webhook_deliveries") == 1);
  const auto again = hookValueOf(repository.claim(32, 32, {}, lease, lease + std::chrono::seconds{30}));
  CHECK(again.size() == 21);
  CHECK(again.front().attempts == 2);
  CHECK(again.front().secretSealed == Bytes{1, 2, 3});
  CHECK(again.front().oldSecretSealed.empty());

  REQUIRE(repository.settle({again[0].id, true, {}, 204, {}, kHookNow}).ok());
  REQUIRE(
      repository.settle({again[1].id, false, lease + std::chrono::hours{1}, 500, "answered 500", kHookNow})
          .ok());
  REQUIRE(repository.settle({again[2].id, false, {}, {}, "no answer", kHookNow}).ok());
  CHECK(database.number("SELECT count(*) FROM webhook_deliveries WHERE status = 'delivered'") == 1);
  CHECK(database.number("SELECT count(*) FROM webhook_deliveries WHERE status = 'dead'") == 1);
  CHECK(hookValueOf(repository.redeliver(again[2].id, kHookNow, hookEvent(database, "webhook.redeliver")))
            .status == "pending");
  CHECK(repository.redeliver(database.uuids().next(), kHookNow, hookEvent(database, "x")).fault().code ==
        ErrorCode::notFound);

  CHECK(hookValueOf(repository.clean(kHookNow + std::chrono::hours{25})) == 20);
  CHECK(hookValueOf(repository.clean(kHookNow + std::chrono::days{31})) == 21);
}

TEST_CASE("webhooks: deliveries come newest first, a page at a time") {
  CollectorDatabase database;
  PostgresWebhookRepository repository(database.config());
  const auto hook = addHook(database, repository);
  for (int i = 0; i < 5; ++i) {
    REQUIRE(
        repository.enqueueOne(deliveryTo(database, hook.id), kHookNow + std::chrono::seconds{i / 2}).ok());
  }
  DeliveryQuery query{hook.id, {}, 2, {}};
  std::vector<Uuid> seen;
  do {
    auto page = hookValueOf(repository.deliveries(query));
    for (const auto& row : page.rows) {
      seen.push_back(row.id);
    }
    query.cursor = page.nextCursor;
  } while (!query.cursor.empty());
  CHECK(seen.size() == 5);
  CHECK(std::is_sorted(seen.rbegin(), seen.rend()));
  query.cursor = "x";
  CHECK(repository.deliveries(query).fault().code == ErrorCode::cursorInvalid);
  CHECK(hookValueOf(repository.deliveries({hook.id, "dead", 10, {}})).rows.empty());
}
