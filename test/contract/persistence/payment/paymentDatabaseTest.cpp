#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "core/text/timeText.hpp"
#include "persistence/migration/migrationRunner.hpp"
#include "persistence/postgres/postgresStorageEngine.hpp"
#include "persistence/sql/postgresSession.hpp"
#include "test/contract/persistence/monitoring/collectorDatabase.hpp"
#include "test/contract/persistence/payment/reconciliationFixture.hpp"

// What PostgreSQL itself sees to: history and ledger that only grow, movements that add up to zero, payments that
// cannot say what must not be.

using namespace ks;
using namespace ks::contract;

namespace {

/// The migration before the one that brought refunds.
constexpr int kBeforeRefunds = 30;

/// Why it is refused, at once or at the end of the transaction; empty: it is done.
std::string refusal(const std::string& sql) {
  PostgresSession session(testPostgresConfig());
  REQUIRE(session.connect().ok());
  const auto done = session.execScript(sql);
  return done.ok() ? std::string{} : done.fault().detail;
}

bool isRefusedFor(const std::string& sql, std::string_view why) {
  const auto detail = refusal(sql);
  UNSCOPED_INFO(sql << ": " << (detail.empty() ? "done" : detail));
  return detail.find(why) != std::string::npos;
}

std::string quoted(const Uuid& id) { return "'" + id.toString() + "'"; }

/// A movement of money with these entries, in one transaction.
std::string movementSql(const Uuid& paymentId, const std::string& key, const std::string& entries) {
  return "BEGIN; INSERT INTO ledger_transactions (idem_key, payment_id, kind, at) VALUES ('" + key + "', " +
         quoted(paymentId) + ", 'credit', now()); " +
         (entries.empty()
              ? std::string{}
              : "INSERT INTO ledger_entries SELECT t.id, e.* FROM ledger_transactions t, (VALUES " + entries +
                    ") e WHERE idem_key = '" + key + "'; ") +
         "COMMIT";
}

}  // namespace

TEST_CASE("Events and ledger are only added to, whoever asks", "[payments]") {
  const PaymentStorage storage(StorageKind::postgres);
  const auto engine = storage.engine();
  const auto paid = changed(*engine, paidBy(created(*engine, newCreation(freshId(), "A1")).payment, "R1"));
  for (const std::string table : {"payment_events", "ledger_transactions", "ledger_entries"}) {
    const std::string column = table == "ledger_entries"   ? "account"
                               : table == "payment_events" ? "type"
                                                           : "kind";
    CHECK(isRefusedFor("UPDATE " + table + " SET " + column + " = " + column, "append-only"));
    CHECK(
        isRefusedFor("UPDATE " + table + " SET " + column + " = " + column + " WHERE false", "append-only"));
    CHECK(isRefusedFor("DELETE FROM " + table, "append-only"));
    CHECK(isRefusedFor("TRUNCATE " + table + " CASCADE", "append-only"));
  }
  CHECK(isRefusedFor("TRUNCATE payments CASCADE", "append-only"));
  CHECK(isRefusedFor("DELETE FROM payments WHERE id = " + quoted(paid.id), "violates foreign key"));
  CHECK(eventsOf(*engine, paid.id).size() == 2);
  CHECK(countOf("SELECT count(*) FROM ledger_entries") == 2);
}

TEST_CASE("A ledger transaction that does not add up to zero is refused at its end", "[payments]") {
  const PaymentStorage storage(StorageKind::postgres);
  const auto engine = storage.engine();
  const auto id = created(*engine, newCreation(freshId(), "A1")).payment.id;
  const auto refused = "does not add up to zero";
  CHECK(isRefusedFor(movementSql(id, "none", ""), refused));
  CHECK(isRefusedFor(movementSql(id, "one", "('bank:bri:clearing', 5)"), refused));
  CHECK(isRefusedFor(movementSql(id, "less", "('bank:bri:clearing', 5), ('merchant:payable', -4)"), refused));
  CHECK(isRefusedFor(movementSql(id, "same", "('bank:bri:clearing', 5), ('merchant:payable', 5)"), refused));
  CHECK(isRefusedFor(movementSql(id, "zero", "('bank:bri:clearing', 0), ('merchant:payable', 0)"),
                     "ledger_entries_amount_minor_check"));
  CHECK(isRefusedFor(movementSql(id, "nobody", "('bank:bri:clearing', 5), ('nobody', -5)"),
                     "violates foreign key"));
  CHECK(countOf("SELECT count(*) FROM ledger_transactions") == 0);
  CHECK(refusal(movementSql(id, "good", "('bank:bri:clearing', 5), ('merchant:payable', -5)")).empty());
  CHECK(isRefusedFor(movementSql(id, "good", "('bank:bri:clearing', 5), ('merchant:payable', -5)"),
                     "ledger_transactions_idem_key_key"));
  // Nor may an entry be added later.
  CHECK(isRefusedFor("INSERT INTO ledger_entries SELECT id, 'suspense:unmatched', 1 FROM ledger_transactions",
                     refused));
  CHECK(countOf("SELECT count(*) FROM ledger_entries") == 2);
}

TEST_CASE("A payment cannot say what must not be", "[payments]") {
  const PaymentStorage storage(StorageKind::postgres);
  const auto engine = storage.engine();
  const auto maker = freshId();
  const auto other = created(*engine, newCreation(maker, "A0")).payment;
  const auto one = created(*engine, newCreation(maker, "A1")).payment;
  const auto where = " WHERE id = " + quoted(one.id);
  for (const char* columns : {"amount_minor = 0",
                              "amount_minor = -1",
                              "amount_minor = 1000000000000000000",
                              "currency = 'USD'",
                              "method = 'card'",
                              "status = 'done'",
                              "gateway_state = 'lost'",
                              "status = 'paid'",
                              "status = 'reversed'",
                              "status = 'partially_refunded'",
                              "paid_minor = 5",
                              "paid_at = now()",
                              "paid_minor = -5, paid_at = now()",
                              "suspense_minor = -1",
                              "refunded_minor = -1",
                              "refunded_minor = 1",
                              "paid_minor = 5, paid_at = now(), refunded_minor = 6",
                              "refunding_minor = -1",
                              "refunding_minor = 1",
                              "paid_minor = 5, paid_at = now(), refunding_minor = 6",
                              "paid_minor = 5, paid_at = now(), refunded_minor = 3, refunding_minor = 3",
                              "gateway_ref = repeat('x', 33)"}) {
    CHECK(isRefusedFor(std::string{"UPDATE payments SET "} + columns + where, "violates check constraint"));
  }
  for (const auto& columns :
       {"gateway_ref = '" + other.gatewayRef + "'", "va_number = '" + other.vaNumber + "'",
        std::string{"merchant_ref = 'A0'"}, "id = " + quoted(other.id)}) {
    CHECK(isRefusedFor("UPDATE payments SET " + columns + where, "duplicate key"));
  }
  for (const char* columns : {"status = 'refunded'", "status = 'review'",  // money that waited went back
                              "paid_minor = 5, paid_at = now(), refunded_minor = 3, refunding_minor = 2",
                              "refunded_minor = 5, refunding_minor = 0, status = 'refunded'",
                              "status = 'review', suspense_minor = 5", "amount_minor = 999999999999999999"}) {
    CHECK(refusal(std::string{"UPDATE payments SET "} + columns + where).empty());
  }
  CHECK(isRefusedFor("INSERT INTO payment_work (payment_id, kind, next_at, created_at) VALUES (" +
                         quoted(one.id) + ", 'pay', now(), now())",
                     "violates check constraint"));
  CHECK(isRefusedFor("INSERT INTO payment_work (payment_id, kind, next_at, created_at) VALUES (" +
                         quoted(one.id) + ", 'create', now(), now())",
                     "duplicate key"));
  CHECK(
      isRefusedFor("INSERT INTO ledger_accounts VALUES ('x', 'income', 'IDR')", "violates check constraint"));
}

TEST_CASE("A change that the database refuses leaves nothing behind", "[payments]") {
  const PaymentStorage storage(StorageKind::postgres);
  const auto engine = storage.engine();
  const auto made = created(*engine, newCreation(freshId(), "A1"));
  auto unpaid = paidBy(made.payment, "R1");
  unpaid.after.paidMinor = 0;
  unpaid.finished = made.work;
  unpaid.answersKey = true;
  auto nowhere = paidBy(made.payment, "R1");
  nowhere.movement->credit = "nobody";
  auto nothing = paidBy(made.payment, "R1");
  nothing.movement->minor = 0;
  auto itself = paidBy(made.payment, "R1");
  itself.movement->credit = itself.movement->debit;
  for (const auto& change : {unpaid, nowhere, nothing, itself}) {
    CHECK_FALSE(outcome(*engine, change).ok());
  }
  CHECK(textOf(found(*engine, made.payment.id).value()) == textOf(made.payment));
  CHECK(eventsOf(*engine, made.payment.id).size() == 1);
  CHECK(countOf("SELECT count(*) FROM ledger_transactions") == 0);
  CHECK(countOf("SELECT count(*) FROM payment_idempotency_keys WHERE answer IS NULL") == 1);
  CHECK(kindsOf(claimedWork(*engine, startTime() + std::chrono::hours{1})) == "create");
  CHECK(changed(*engine, paidBy(made.payment, "R1")).version == 2);
}

TEST_CASE("A refund cannot say what must not be, and no change sets aside more than was paid",
          "[payments][refunds]") {
  const PaymentStorage storage(StorageKind::postgres);
  const auto engine = storage.engine();
  const auto paid = paidPayment(*engine, "A1");
  const auto most = newRefund(paid, paid.paidMinor);
  const auto payment = changed(*engine, refundAsked(paid, most));
  const auto more = newRefund(payment, 1);
  CHECK_FALSE(outcome(*engine, refundAsked(payment, more)).ok());
  auto nothing = refundAsked(payment, more);
  nothing.after.refundingMinor = payment.refundingMinor;
  nothing.movement.reset();
  nothing.refund->amount.minor = 0;
  auto nowhere = nothing;
  nowhere.refund = newRefund(payment, 1);
  nowhere.refund->reference = std::string(33, 'x');
  for (const auto& change : {nothing, nowhere}) {
    CHECK_FALSE(outcome(*engine, change).ok());
  }
  CHECK(textOf(found(*engine, paid.id).value()) == textOf(payment));
  CHECK(countOf("SELECT count(*) FROM payment_refunds") == 1);
  CHECK(countOf("SELECT count(*) FROM ledger_transactions") == 2);

  for (const char* columns : {"amount_minor = 0", "currency = 'USD'", "mode = 'cash'", "status = 'lost'"}) {
    CHECK(isRefusedFor(std::string{"UPDATE payment_refunds SET "} + columns, "violates check constraint"));
  }
  CHECK(isRefusedFor("UPDATE payment_refunds SET payment_id = " + quoted(freshId()), "violates foreign key"));
}

TEST_CASE("Only money of the reconciliation belongs to no payment", "[payments][reconciliation]") {
  const PaymentStorage storage(StorageKind::postgres);
  const auto engine = storage.engine();
  const auto id = created(*engine, newCreation(freshId(), "A1")).payment.id;
  const auto insert = [](const std::string& payment, const std::string& kind) {
    return "INSERT INTO ledger_transactions (idem_key, payment_id, kind, at) VALUES ('k', " + payment +
           ", '" + kind + "', now())";
  };
  CHECK(isRefusedFor(insert("NULL", "credit"), "ledger_transactions_orphan_check"));
  CHECK(isRefusedFor(insert(quoted(id), "orphan"), "ledger_transactions_orphan_check"));
}

TEST_CASE("The step back from refunds is refused while the books have any",
          "[payments][refunds][migration]") {
  const auto refusedWith = [](const auto& prepare) {
    const ScratchDatabase database;
    PostgresSession session(database.config());
    MigrationRunner runner(session, embeddedMigrations(), embeddedFunctions());
    REQUIRE(runner.up().ok());
    PostgresStorageEngine engine(database.config());
    prepare(engine);
    const auto down = runner.down(kBeforeRefunds);
    return down.ok() ? std::string{} : down.fault().message;
  };
  CHECK(refusedWith([](auto& engine) { paidPayment(engine, "A1"); }).empty());
  const auto refused = "their movements cannot be taken back";
  const auto withRefund = refusedWith([](auto& engine) {
    const auto paid = paidPayment(engine, "A1");
    changed(engine, refundAsked(paid, newRefund(paid, 100)));
  });
  CHECK(withRefund.find(refused) != std::string::npos);
  const auto withOrphan = refusedWith([](auto& engine) {
    valueOf(engine, noting({newItem(storedRun(engine), ReconciliationClass::orphanCredit, "R1")}));
  });
  CHECK(withOrphan.find(refused) != std::string::npos);
  const auto withReturn = refusedWith([](auto& engine) {
    changed(engine, changeTo(created(engine, newCreation(freshId(), "A1")).payment, PaymentStatus::refunded,
                             "returned"));
  });
  CHECK(withReturn.find(refused) != std::string::npos);
}

TEST_CASE("A copy of a user's data has the user's payments and nobody else's", "[payments][personalData]") {
  const PaymentStorage storage(StorageKind::postgres);
  const auto engine = storage.engine();
  const auto ann = activeUser(*engine, "ann@example.org");
  const auto bob = activeUser(*engine, "bob@example.org");
  const auto copyOf = [&engine](const Uuid& userId) {
    const auto now = startTime();
    valueOf(*engine,
            OrderDataExport{
                freshId(), userId, now, now + std::chrono::hours(24), now - std::chrono::hours(1), {}});
    const auto claimed = valueOf(*engine, ClaimDataExport{now, now + std::chrono::minutes(1)});
    REQUIRE(claimed);
    REQUIRE(claimed->userId == userId);
    return std::string{claimed->content.reveal()};
  };
  const auto mentions = [](const std::string& copy, const std::string& text) {
    return copy.find(text) != std::string::npos;
  };
  CHECK(mentions(copyOf(bob), R"("payments": [])"));
  const auto own = created(*engine, newCreation(ann, "ANNS-1")).payment;
  auto byShop = newCreation(freshId(), "ANNS-2");
  byShop.payment.userId = ann;
  created(*engine, byShop);
  auto forBob = newCreation(ann, "BOBS-1");
  forBob.payment.userId = bob;
  created(*engine, forBob);
  auto nobodys = newCreation(freshId(), "NOBODYS-1");
  nobodys.payment.userId = {};
  created(*engine, nobodys);
  const auto copy = copyOf(ann);
  for (const auto& text : {std::string{"ANNS-1"}, std::string{"ANNS-2"}, own.vaNumber, own.gatewayRef,
                           std::string{"Sari"}, std::string{R"("amount_minor": 1000000)"}}) {
    INFO(text);
    CHECK(mentions(copy, text));
  }
  CHECK_FALSE(mentions(copy, "BOBS-1"));
  CHECK_FALSE(mentions(copy, "NOBODYS-1"));
}

TEST_CASE("A copy of a user's data has the refunds of the user's payments, without who asked",
          "[payments][refunds][personalData]") {
  const PaymentStorage storage(StorageKind::postgres);
  const auto engine = storage.engine();
  const auto ann = activeUser(*engine, "ann@example.org");
  const auto refundFor = [&engine](const Uuid& userId, const std::string& merchantRef) {
    auto creation = newCreation(freshId(), merchantRef);
    creation.payment.userId = userId;
    const auto paid = changed(*engine, paidBy(created(*engine, creation).payment, "R " + merchantRef));
    auto refund = newRefund(paid, 100);
    refund.reason = "Reason of " + merchantRef;
    changed(*engine, refundAsked(paid, refund));
    return refund;
  };
  const auto own = refundFor(ann, "ANNS");
  refundFor(freshId(), "OTHERS");
  valueOf(*engine, OrderDataExport{freshId(),
                                   ann,
                                   startTime(),
                                   startTime() + std::chrono::hours(24),
                                   startTime() - std::chrono::hours(1),
                                   {}});
  const auto claimed = valueOf(*engine, ClaimDataExport{startTime(), startTime() + std::chrono::minutes(1)});
  REQUIRE(claimed);
  const std::string copy{claimed->content.reveal()};
  CHECK(copy.find("Reason of ANNS") != std::string::npos);
  CHECK(copy.find(own.id.toString()) != std::string::npos);
  CHECK(copy.find("Reason of OTHERS") == std::string::npos);
  CHECK(copy.find(own.idempotency.key) == std::string::npos);
  CHECK(copy.find("fingerprint") == std::string::npos);
}

TEST_CASE("A deleted account's payments stay as books", "[payments][personalData]") {
  const PaymentStorage storage(StorageKind::postgres);
  const auto engine = storage.engine();
  const auto ann = activeUser(*engine, "ann@example.org");
  const auto paid = changed(*engine, paidBy(created(*engine, newCreation(ann, "A1")).payment, "R1"));
  const auto due = startTime() + std::chrono::hours(24);
  valueOf(*engine, ScheduleDeletion{ann, due, newMail("accountDeletionScheduled"), startTime(), {}});
  AuditEvent audit;
  audit.id = freshId();
  audit.at = due;
  audit.actorType = "system";
  audit.action = "auth.account.deleted";
  CHECK(valueOf(*engine, DeleteDueAccount{due, audit})->deleted);
  CHECK(textOf(found(*engine, paid.id).value()) == textOf(paid));
  CHECK(eventsOf(*engine, paid.id).size() == 2);
  CHECK(countOf("SELECT count(*) FROM ledger_entries") == 2);
}

TEST_CASE(
    "Retention forgets keys after 30 days, calls to the bank and runs that found nothing after 400, but no payment",
    "[payments][retention]") {
  ks::test::CollectorDatabase database;
  const auto now = startTime();
  const auto before = [](int days) {
    return "'" + formatTime(startTime()) + "'::timestamptz - interval '" + std::to_string(days) + " days'";
  };
  const auto at = [&before](const char* table, const char* columns, const std::string& values, int days) {
    return "INSERT INTO " + std::string{table} + " (" + columns + ") SELECT " + values + " FROM (SELECT " +
           before(days) + " AS t) old; ";
  };
  database.run(
      at("payments",
         "id, created_by, merchant_ref, method, amount_minor, currency, description, customer_name, status, "
         "gateway_state, gateway_ref, expires_at, created_at, updated_at, paid_minor, paid_at",
         "md5('p')::uuid, md5('c')::uuid, 'A1', 'bri_va', 5, 'IDR', '', '', 'paid', 'open', 'r', t, t, t, 5, t",
         4000) +
      at("payment_events", "payment_id, seq, type, from_status, to_status, actor, cause, detail, at",
         "md5('p')::uuid, 1, 'created', 'created', 'created', 'user', '', '', t", 4000) +
      at("ledger_transactions", "idem_key, payment_id, kind, at", "'k', md5('p')::uuid, 'credit', t", 4000) +
      "INSERT INTO ledger_entries SELECT id, a, m FROM ledger_transactions, (VALUES ('bank:bri:clearing', "
      "5), ('merchant:payable', -5)) e (a, m)");
  for (const int days : {1, 29, 31, 4000}) {
    database.run(at("payment_idempotency_keys",
                    "scope, key, fingerprint, payment_id, locked_until, created_at",
                    "'s', 'k' || " + std::to_string(days) + ", '', md5('p')::uuid, t, t", days));
  }
  for (const int days : {1, 399, 401, 4000}) {
    database.run(at("bank_calls", "id, operation, partner, day, external_id, sent_at",
                    "md5('b' || " + std::to_string(days) + ")::uuid, 'create', '77777', t::date, '1', t",
                    days));
  }
  for (const int days : {1, 399, 401, 4000}) {
    for (const std::string kind : {"found", "nothing"}) {
      const auto id = "md5('" + kind + std::to_string(days) + "')::uuid";
      database.run(at("reconciliation_runs",
                      "id, kind, slot, starts_at, ends_at, status, next_at, created_at",
                      id + ", 'day', '" + kind + std::to_string(days) + "', t, t, 'waiting', t, t", days));
      if (kind == "found") {
        database.run(at("reconciliation_items",
                        "id, run_id, class, status, reference, va_number, bank_minor, booked_minor, detail, "
                        "created_at, seen_at",
                        id + ", " + id + ", 'reversed_at_bank', 'open', t::text, '', 5, 0, '', t, t", days));
      }
    }
  }
  RetentionPlan plan;
  plan.now = now;
  REQUIRE(database.repository()->retain(plan).ok());
  CHECK(database.number("SELECT count(*) FROM payment_idempotency_keys") == 2);
  CHECK(database.number("SELECT count(*) FROM payment_idempotency_keys WHERE key IN ('k1', 'k29')") == 2);
  CHECK(database.number("SELECT count(*) FROM bank_calls") == 2);
  CHECK(database.number("SELECT count(*) FROM reconciliation_runs WHERE slot LIKE 'found%'") == 4);
  CHECK(database.number(
            "SELECT count(*) FROM reconciliation_runs WHERE slot IN ('nothing1', 'nothing399')") == 2);
  CHECK(database.number("SELECT count(*) FROM reconciliation_runs") == 6);
  CHECK(database.number("SELECT count(*) FROM reconciliation_items") == 4);
  CHECK(database.number("SELECT count(*) FROM payments") == 1);
  CHECK(database.number("SELECT count(*) FROM payment_events") == 1);
  CHECK(database.number("SELECT count(*) FROM ledger_entries") == 2);
}
