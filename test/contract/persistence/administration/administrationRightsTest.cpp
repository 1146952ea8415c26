#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "administrationWorld.hpp"
#include "persistence/sql/postgresSession.hpp"
#include "test/unit/crypto/testKeys.hpp"

// Random sequences of operations of administrators. No sequence ends with a caller, or an account under their
// control, holding a permission that was neither theirs nor given by another.

using namespace ks;
using namespace ks::contract;

namespace {

/// K_RIGHTS_SEQUENCES of them, if set.
std::uint64_t sequences() {
  const char* asked = std::getenv("K_RIGHTS_SEQUENCES");
  return asked == nullptr ? 1'000 : std::stoull(asked);
}
constexpr std::uint64_t kAtOnce = 100;
constexpr int kSteps = 14;

class RightsBench {
 public:
  RightsBench()
      : storage_(StorageKind::postgres),
        accounts_(storage_.engine()),
        users_(testPostgresConfig(), testSealer()),
        tables_(testPostgresConfig()) {
    runSql("DELETE FROM roles WHERE NOT is_system; TRUNCATE webhooks CASCADE");
    REQUIRE(tables_.connect().ok());
  }

  void run(std::vector<std::unique_ptr<AdministrationWorld>>& worlds) {
    std::string sql;
    for (auto& world : worlds) {
      sql += world->setUp();
    }
    runSql(sql);
    look(worlds);
    for (auto& world : worlds) {
      world->begin();
    }
    while (!worlds.front()->over()) {
      for (auto& world : worlds) {
        world->act(users_, *accounts_);
      }
      users_.flush();
      accounts_->flush();
      look(worlds);
      for (auto& world : worlds) {
        const auto broken = world->judge();
        INFO(broken);
        REQUIRE(broken.empty());
      }
    }
    for (auto& world : worlds) {
      successes_ += world->successes();
    }
    runSql(
        "TRUNCATE users, webhooks, api_keys, email_outbox, jobs CASCADE; DELETE FROM roles WHERE NOT "
        "is_system");
  }
  [[nodiscard]] int successes() const { return successes_; }

 private:
  void look(std::vector<std::unique_ptr<AdministrationWorld>>& worlds) {
    static const SqlStatement accounts{
        "rights.accounts",
        "SELECT split_part(u.email::text, '.', 1), u.id, coalesce(array_agg(DISTINCT p.permission) FILTER "
        "(WHERE p.permission IS NOT NULL), '{}'), coalesce(max(r.rank), 0)::int8 FROM users u LEFT JOIN "
        "user_roles g ON g.user_id = u.id LEFT JOIN roles r ON r.id = g.role_id LEFT JOIN role_permissions p "
        "ON p.role_id = r.id GROUP BY u.id"};
    static const SqlStatement hooks{"rights.hooks",
                                    "SELECT split_part(u.email::text, '.', 1), u.id, "
                                    "may_read_audit(w.authorized_by, now()) FROM webhooks w "
                                    "JOIN users u ON u.id = w.authorized_by"};
    std::map<std::string, AdministrationWorld*> byName;
    for (auto& world : worlds) {
      byName[world->prefix()] = world.get();
    }
    auto found = tables_.exec(accounts);
    REQUIRE(found.ok());
    for (int i = 0; i < found.value().size(); ++i) {
      const auto row = found.value().row(i);
      const auto permissions = row.textArray(2);
      byName.at(std::string{row.text(0)} + ".")
          ->observe(row.uuid(1), {Permissions(permissions.begin(), permissions.end()),
                                  static_cast<std::int32_t>(row.int64(3))});
    }
    auto sending = tables_.exec(hooks);
    REQUIRE(sending.ok());
    for (int i = 0; i < sending.value().size(); ++i) {
      const auto row = sending.value().row(i);
      byName.at(std::string{row.text(0)} + ".")->observeHook(row.uuid(1), row.boolean(2));
    }
  }

  TestStorage storage_;
  std::unique_ptr<StorageEngineInterface> accounts_;
  PostgresMonitoringEngine users_;
  PostgresSession tables_;
  int successes_ = 0;
};

}  // namespace

TEST_CASE("Nobody ends up with more than was given to him, whatever administrators do", "[users][rights]") {
  RightsBench bench;
  const auto most = sequences();
  for (std::uint64_t first = 1; first <= most; first += kAtOnce) {
    std::vector<std::unique_ptr<AdministrationWorld>> worlds;
    for (std::uint64_t seed = first; seed < first + kAtOnce; ++seed) {
      worlds.push_back(std::make_unique<AdministrationWorld>(seed, kSteps));
    }
    bench.run(worlds);
  }
  // Many of the operations succeed.
  CHECK(bench.successes() > static_cast<int>(most));
}
