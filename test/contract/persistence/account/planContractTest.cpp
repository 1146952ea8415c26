#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <regex>
#include <string>

#include "persistence/postgres/monitoringCalls.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/postgresSession.hpp"
#include "test/contract/persistence/testStorage.hpp"

// Queries that strangers can cause use an index: among a million accounts a scan of all of them
// would block a shared connection.

using namespace ks;
using namespace ks::contract;

namespace {

int parametersOf(const std::string& text) {
  int most = 0;
  static const std::regex parameter(R"(\$(\d+))");
  for (std::sregex_iterator it(text.begin(), text.end(), parameter), end; it != end; ++it) {
    most = std::max(most, std::stoi((*it)[1]));
  }
  return most;
}

/// The generic plan, with sequential scans only if nothing else is possible.
std::string planOf(const std::string& text) {
  PostgresSession session(testPostgresConfig());
  REQUIRE(session.connect().ok());
  std::string nulls;
  for (int i = 0; i < parametersOf(text); ++i) {
    nulls += i == 0 ? "NULL" : ", NULL";
  }
  const auto prepared = session.execScript(
      "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; "
      "PREPARE planned AS " +
      text);
  INFO((prepared.ok() ? "" : prepared.fault().detail));
  REQUIRE(prepared.ok());
  const std::string explained = "EXPLAIN EXECUTE planned" + (nulls.empty() ? "" : "(" + nulls + ")");
  const SqlStatement explain{"test.explain", explained.c_str()};
  auto rows = session.exec(explain);
  INFO((rows.ok() ? "" : rows.fault().detail));
  REQUIRE(rows.ok());
  std::string plan;
  for (int i = 0; i < rows.value().size(); ++i) {
    plan.append(rows.value().row(i).text(0)).append("\n");
  }
  return plan;
}

template <class Op>
void walksThroughNoTable() {
  const auto plan = planOf(sqlCall(Op{}).text.text);
  INFO(Op::kName << "\n" << plan);
  for (const char* table : {"users", "sessions", "one_time_tokens", "email_changes", "api_keys"}) {
    CHECK(plan.find("Seq Scan on " + std::string(table)) == std::string::npos);
  }
}

template <class... Ops>
void eachWalksThroughNoTable() {
  (walksThroughNoTable<Ops>(), ...);
}

}  // namespace

TEST_CASE("What strangers ask for walks through no table of accounts", "[plans]") {
  eachWalksThroughNoTable<RegisterAccount, FindCredential, VerifyEmailToken, RenewVerification, RequestReset,
                          TokenQuestion, ResetPassword, ConfirmEmailChange, UndoEmailChange, UseApiKey,
                          UserKey>();
}
