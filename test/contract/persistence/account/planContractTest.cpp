#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <regex>
#include <string>

#include "persistence/postgres/monitoringCalls.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/postgresSession.hpp"
#include "test/contract/persistence/payment/paymentFixture.hpp"
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

/// The generic plan; `settings`: SQL that chooses how it is made, unless given with sequential scans only if
/// nothing else is possible.
std::string planOf(const std::string& text, const std::string& settings = "SET enable_seqscan = off; ") {
  PostgresSession session(testPostgresConfig());
  REQUIRE(session.connect().ok());
  std::string nulls;
  for (int i = 0; i < parametersOf(text); ++i) {
    nulls += i == 0 ? "NULL" : ", NULL";
  }
  const auto prepared =
      session.execScript(settings + "SET plan_cache_mode = force_generic_plan; PREPARE planned AS " + text);
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
  for (const char* table :
       {"users", "sessions", "one_time_tokens", "email_changes", "api_keys", "payments", "payment_events",
        "payment_idempotency_keys", "payment_work", "bank_calls", "ledger_transactions", "ledger_entries",
        "payment_refunds", "reconciliation_runs", "reconciliation_items", "bank_notices"}) {
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

TEST_CASE("What people ask for of payments walks through no table of them", "[plans][payments]") {
  eachWalksThroughNoTable<CreatePayment, ChangePayment, AnswerCreation, FindPayment, FindPaymentAtBank,
                          ListPaymentEvents, ClaimPaymentWork, SettlePaymentWork, PlanPaymentWork,
                          BeginBankCall, EndBankCall, FindRefund, FindRefundByKey, FindOpenRefund,
                          ListRefunds>();
}

TEST_CASE("The reconciliation walks through no table of payments", "[plans][payments]") {
  eachWalksThroughNoTable<PlanReconciliation, ClaimReconciliation, SettleReconciliation, MatchCredits,
                          ListPaidPayments, PlanCodeQuestions, NoteReconciliationItems,
                          ResolveReconciliationItem, ReplayBankNotice, ReadPaymentFigures>();
}

TEST_CASE("Among 50,000 payments a user's are listed and an account's is found by an index",
          "[plans][payments]") {
  deletePayments();
  runSql(R"sql(
INSERT INTO payments (id, user_id, created_by, merchant_ref, method, amount_minor, currency, description, customer_name, status,
  gateway_state, gateway_ref, va_number, expires_at, created_at, updated_at)
SELECT md5('payment' || n)::uuid, md5('user' || n % 500)::uuid, md5('shop')::uuid, 'm' || n, 'bri_va', 1000000, 'IDR', '', 'x', 'pending',
  'open', 'r' || n, '77777' || n, at, at, at
FROM generate_series(1, 50000) n, LATERAL (SELECT '2026-01-01'::timestamptz + n * interval '1 minute' AS at) made;
ANALYZE payments)sql");
  ListPayments ofUser;
  ofUser.query.userId = freshId();
  const auto planIs = [](const char* text, const char* index) {
    const auto plan = planOf(text, "");
    INFO(plan);
    CHECK(plan.find(index) != std::string::npos);
    CHECK(plan.find("Seq Scan") == std::string::npos);
  };
  planIs(sqlCall(ofUser).text.text, "payments_of_user");
  planIs(sqlCall(ListPayments{}).text.text, "payments_newest");
  planIs(sqlCall(FindPaymentAtBank{}).text.text, "payments_va_number_key");
  planIs(sqlCall(FindPayment{}).text.text, "payments_pkey");
  planIs(sqlCall(MatchCredits{}).text.text, "payments_va_number_key");
  planIs(sqlCall(ListPaidPayments{}).text.text, "payments_paid");
  deletePayments();
}
