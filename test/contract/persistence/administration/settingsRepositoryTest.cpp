#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "persistence/postgres/administration/postgresSettingsRepository.hpp"
#include "test/contract/persistence/monitoring/collectorDatabase.hpp"

using namespace ks;
using ks::test::CollectorDatabase;

namespace {

const TimePoint kSettingsNow = std::chrono::floor<std::chrono::seconds>(SystemClock().now());

NewSettingsChange settingsChangeOf(CollectorDatabase& database, std::int64_t expected, SettingWishes wishes) {
  NewSettingsChange change;
  change.expectedVersion = expected;
  change.wishes = std::move(wishes);
  change.requestId = "request-" + std::to_string(expected);
  change.now = kSettingsNow + std::chrono::seconds{expected};
  change.audit.id = database.uuids().next();
  change.audit.at = change.now;
  change.audit.actorType = "operator";
  change.audit.action = "settings.change";
  return change;
}

template <class T>
T settingsValueOf(Result<T> result) {
  if (!result.ok()) {
    FAIL(result.fault().detail << result.fault().message);
  }
  return std::move(result.value());
}

}  // namespace

TEST_CASE("settings: stored, replaced, reset; each change in the history and the audit trail") {
  CollectorDatabase database;
  PostgresSettingsRepository repository(database.config());
  CHECK(settingsValueOf(repository.version()) == 0);
  CHECK(settingsValueOf(repository.load()).values.empty());

  auto first = settingsChangeOf(database, 0, {{"K_A", "1"}, {"K_B", ""}});
  first.by = database.uuids().next();
  CHECK(settingsValueOf(repository.change(first)) == 1);
  CHECK(settingsValueOf(repository.change(settingsChangeOf(database, 1, {{"K_A", "null"}}))) == 2);
  CHECK(settingsValueOf(repository.change(settingsChangeOf(database, 2, {{"K_A", {}}}))) == 3);
  const auto state = settingsValueOf(repository.load());
  CHECK(state.version == 3);
  CHECK(state.values == StoredSettings{{"K_B", ""}});
  CHECK(database.number("SELECT count(*) FROM audit_pending WHERE action = 'settings.change'") == 3);

  SettingsHistoryQuery query;
  query.limit = 3;
  auto page = settingsValueOf(repository.history(query));
  REQUIRE(page.rows.size() == 3);
  CHECK(page.rows[0].version == 3);
  CHECK(page.rows[0].before == "null");
  CHECK(!page.rows[0].after);
  CHECK(page.rows[1].before == "1");
  CHECK(page.rows[1].after == "null");
  CHECK(page.rows[2].variable == "K_B");
  CHECK(!page.rows[2].before);
  CHECK(page.rows[2].after == "");
  CHECK(page.rows[2].by == first.by);
  CHECK(page.rows[2].at == first.now);
  CHECK(page.rows[2].requestId == "request-0");
  query.cursor = page.nextCursor;
  page = settingsValueOf(repository.history(query));
  REQUIRE(page.rows.size() == 1);
  CHECK(page.rows[0].variable == "K_A");
  CHECK(page.nextCursor.empty());
  query.variable = "K_A";
  CHECK(repository.history(query).fault().code == ErrorCode::cursorInvalid);
  query.cursor.clear();
  CHECK(settingsValueOf(repository.history(query)).rows.size() == 3);
}

TEST_CASE("settings: of many changes of one version one is made, whole") {
  CollectorDatabase database;
  constexpr int kThreads = 8;
  constexpr int kRounds = 12;
  std::atomic<int> made{0};
  std::atomic<int> faults{0};
  for (std::int64_t round = 0; round < kRounds; ++round) {
    std::vector<NewSettingsChange> changes;
    for (int i = 0; i < kThreads; ++i) {
      const auto text = std::to_string(round) + "/" + std::to_string(i);
      changes.push_back(settingsChangeOf(database, round, {{"K_A", text}, {"K_B", text}}));
    }
    std::vector<std::thread> threads;
    for (const auto& change : changes) {
      threads.emplace_back([&] {
        PostgresSettingsRepository repository(database.config());
        const auto outcome = repository.change(change);
        if (!outcome.ok()) {
          ++faults;
        } else if (outcome.value()) {
          ++made;
        }
      });
    }
    for (auto& thread : threads) {
      thread.join();
    }
  }
  CHECK(faults == 0);
  CHECK(made == kRounds);
  CHECK(database.number("SELECT version FROM system_settings_state") == kRounds);
  CHECK(database.number("SELECT count(*) FROM audit_pending") == kRounds);
  CHECK(database.number("SELECT count(*) FROM system_settings_history") == 2 * kRounds);
  CHECK(database.number("SELECT count(DISTINCT value) FROM system_settings") == 1);
}
