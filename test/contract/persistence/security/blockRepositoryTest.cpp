#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "persistence/postgres/security/postgresBlockRepository.hpp"
#include "test/contract/persistence/monitoring/collectorDatabase.hpp"

using namespace ks;
using ks::test::CollectorDatabase;

namespace {

const TimePoint kBlockNow = std::chrono::floor<std::chrono::seconds>(SystemClock().now());

NewBlock blockOf(CollectorDatabase& database, const char* pattern, std::optional<TimePoint> end = {}) {
  NewBlock added;
  added.block.id = database.uuids().next();
  added.block.pattern = pattern;
  added.block.reason = "reason";
  added.block.createdAt = kBlockNow;
  added.block.expiresAt = end;
  added.audit.id = database.uuids().next();
  added.audit.at = kBlockNow;
  added.audit.actorType = "user";
  added.audit.action = "block.create";
  return added;
}

bool blockedNow(CollectorDatabase& database, const std::string& email, const char* at = "now()") {
  return database.number("SELECT identifier_is_blocked('" + email + "', " + at + ")::int::int8") == 1;
}

template <class T>
T blockValueOf(Result<T> result) {
  if (!result.ok()) {
    FAIL(result.fault().detail << result.fault().message);
  }
  return std::move(result.value());
}

}  // namespace

TEST_CASE("blocks: nobody blocks an account that he may not act on, nor its domain") {
  CollectorDatabase database;
  PostgresBlockRepository repository(database.config());
  const auto staff = [&](const std::string& email, const std::string& role) {
    const auto id = database.uuids().next();
    database.run(
        "INSERT INTO users (id, email, email_verified_at, status, created_at, updated_at) VALUES ('" +
        id.toString() + "', '" + email + "', now(), 'active', now(), now())");
    database.run("INSERT INTO user_roles (user_id, role_id, granted_at) SELECT '" + id.toString() +
                 "', id, now() FROM roles WHERE name = '" + role + "'");
    return id;
  };
  staff("boss@corp.example", "superadmin");
  staff("reader@audit.example", "auditor");
  staff("plain@mail.example", "user");
  const auto helper = staff("helper@help.example", "support");
  const auto by = [&](std::optional<Uuid> who, const char* pattern) {
    auto added = blockOf(database, pattern);
    added.block.createdBy = who;
    const auto made = repository.add(added);
    return made.ok() ? ErrorCode::none : made.fault().code;
  };
  for (const char* pattern : {"boss@corp.example", "@corp.example", "@*.example", "@*.corp.example"}) {
    INFO(pattern);
    CHECK(by(helper, pattern) == ErrorCode::rankTooLow);
  }
  CHECK(by(helper, "reader@audit.example") == ErrorCode::permissionDenied);
  CHECK(by(helper, "plain@mail.example") == ErrorCode::none);
  CHECK(by(helper, "@mail.example") == ErrorCode::none);
  CHECK(by(helper, "stranger@spam.example") == ErrorCode::none);
  CHECK(by(std::nullopt, "@corp.example") == ErrorCode::none);  // the operator
  CHECK(database.number("SELECT count(*) FROM audit_pending WHERE action = 'block.create'") == 4);
}

TEST_CASE("blocks: an address, a domain, a domain and all below it; until their end or their lifting") {
  CollectorDatabase database;
  PostgresBlockRepository repository(database.config());
  const auto one = blockValueOf(repository.add(blockOf(database, "ann@example.org")));
  REQUIRE(one);
  REQUIRE(blockValueOf(repository.add(blockOf(database, "@spam.example"))));
  REQUIRE(
      blockValueOf(repository.add(blockOf(database, "@*.worse.example", kBlockNow + std::chrono::hours{1}))));
  CHECK(!blockValueOf(repository.add(blockOf(database, "ann@example.org"))));
  for (const char* email :
       {"ann@example.org", "x@spam.example", "x@worse.example", "x@a.worse.example", "x@a.b.worse.example"}) {
    INFO(email);
    CHECK(blockedNow(database, email));
  }
  for (const char* email : {"bob@example.org", "ANN@example.org", "x@a.spam.example", "x@notworse.example",
                            "x@worse.example.org", "spam.example@x.org", "x@example"}) {
    INFO(email);
    CHECK(!blockedNow(database, email));
  }
  CHECK(!blockedNow(database, "x@worse.example", "now() + interval '2 hours'"));
  CHECK(blockedNow(database, "x@spam.example", "now() + interval '20 years'"));

  BlockLift lift{one->id, {}, kBlockNow, blockOf(database, "x").audit};
  CHECK(blockValueOf(repository.lift(lift)).liftedAt == kBlockNow);
  lift.now += std::chrono::hours{1};
  lift.audit.id = database.uuids().next();
  CHECK(blockValueOf(repository.lift(lift)).liftedAt == kBlockNow);
  lift.id = database.uuids().next();
  CHECK(repository.lift(lift).fault().code == ErrorCode::notFound);
  CHECK(!blockedNow(database, "ann@example.org"));
  REQUIRE(blockValueOf(repository.add(blockOf(database, "ann@example.org"))));

  auto renewed = blockOf(database, "@*.worse.example");
  renewed.block.createdAt = kBlockNow + std::chrono::hours{2};
  REQUIRE(blockValueOf(repository.add(renewed)));
  BlockQuery query{false, 2, {}, kBlockNow + std::chrono::hours{3}};
  std::size_t rows = 0;
  do {
    const auto page = blockValueOf(repository.list(query));
    rows += page.rows.size();
    query.cursor = page.nextCursor;
  } while (!query.cursor.empty());
  CHECK(rows == 5);
  query.standing = true;
  query.limit = 10;
  CHECK(blockValueOf(repository.list(query)).rows.size() == 3);
  CHECK(database.number("SELECT count(*) FROM audit_pending WHERE action = 'block.create'") == 6);
}

TEST_CASE("blocks: of many at once of one pattern one is made") {
  CollectorDatabase database;
  std::vector<NewBlock> blocks;
  for (int i = 0; i < 10; ++i) {
    blocks.push_back(blockOf(database, "@spam.example"));
  }
  std::atomic<int> made{0};
  std::vector<std::thread> threads;
  for (const auto& block : blocks) {
    threads.emplace_back([&] {
      PostgresBlockRepository repository(database.config());
      const auto outcome = repository.add(block);
      made += outcome.ok() && outcome.value() ? 1 : 0;
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(made == 1);
}
