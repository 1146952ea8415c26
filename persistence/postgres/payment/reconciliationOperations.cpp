#include <algorithm>
#include <iterator>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/payment/paymentRows.hpp"
#include "persistence/postgres/payment/reconciliationRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"

namespace ks {
namespace {

constexpr std::uint32_t kMostPaidPayments = 500;

MatchedCredit readMatchedCredit(const SqlRow& row) {
  MatchedCredit matched;
  matched.bookedMinor = row.optionalInt64(0);
  if (!row.isNull(1)) {
    matched.payment = readPayment(row, 1);
  }
  return matched;
}

/// The columns of items, one array each.
SqlParameters arraysOf(const std::vector<ReconciliationItem>& items) {
  const auto each = [&items](auto valueOf) {
    std::vector<decltype(valueOf(items.front()))> values;
    values.reserve(items.size());
    std::transform(items.begin(), items.end(), std::back_inserter(values), valueOf);
    return values;
  };
  using Item = ReconciliationItem;
  SqlParameters parameters;
  parameters.uuidArray(each([](const Item& item) { return item.id; }))
      .uuidArray(each([](const Item& item) { return item.runId; }))
      .textArray(each([](const Item& item) { return std::string(reconciliationClassName(item.what)); }))
      .textArray(
          each([](const Item& item) { return std::string(reconciliationItemStatusName(item.status)); }))
      .textArray(each([](const Item& item) { return item.reference; }))
      .uuidArray(each([](const Item& item) { return item.paymentId; }))
      .textArray(each([](const Item& item) { return item.vaNumber; }))
      .int8Array(each([](const Item& item) { return item.bankMinor; }))
      .int8Array(each([](const Item& item) { return item.bookedMinor; }))
      .textArray(each([](const Item& item) { return item.detail; }));
  return parameters;
}

Result<std::optional<ReconciliationItem>> readResolvedItem(const SqlRows& rows) {
  using Out = std::optional<ReconciliationItem>;
  if (rows.empty()) {
    return Out{};
  }
  const auto row = rows.row(0);
  const auto outcome = row.text(0);
  if (outcome == "required") {
    return fieldFault(ErrorCode::required, "bank_reference",
                      "Money that belongs to no payment is resolved with the reference of its payout");
  }
  if (outcome == "conflict") {
    return messageFault(ErrorCode::conflict, "The item is not open");
  }
  return Out{readReconciliationItem(row, 1)};
}

}  // namespace

SqlCall<PlanReconciliation> sqlCall(const PlanReconciliation& plan) {
  constexpr const char* kSql = R"sql(
WITH made AS (
  INSERT INTO reconciliation_runs (id, kind, slot, starts_at, ends_at, status, asked_by, next_at, created_at)
  VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7, $7) ON CONFLICT (slot) DO NOTHING RETURNING id
), audit AS ()sql" KS_AUDIT_CTE("$8", "made") R"sql()
SELECT id FROM made UNION ALL SELECT id FROM reconciliation_runs WHERE slot = $3 AND id = $1)sql";
  const auto& run = plan.run;
  return {repeatable(kSql),
          std::move(SqlParameters()
                        .uuid(run.id)
                        .text(reconciliationKindName(run.kind))
                        .text(run.slot)
                        .time(run.from)
                        .time(run.to)
                        .optionalUuid(run.askedBy)
                        .time(run.createdAt)
                        .jsonbOrNull(formatAuditJson(plan.audit))),
          readAnyRow};
}

// Not repeated after a lost connection: what it took comes back when the lease is over.
SqlCall<ClaimReconciliation> sqlCall(const ClaimReconciliation& claim) {
  constexpr const char* kSql = R"sql(
WITH due AS (
  SELECT id FROM reconciliation_runs WHERE status IN ('waiting', 'running') AND next_at <= $1
  ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE reconciliation_runs r SET status = 'running', next_at = $2, attempts = r.attempts + 1 FROM due WHERE r.id = due.id
RETURNING )sql" KS_RECONCILIATION_RUN_COLUMNS;
  return {once(kSql), std::move(SqlParameters().time(claim.now).time(claim.leaseUntil)),
          [](const SqlRows& rows) { return readFirst<ReconciliationRun>(rows, readReconciliationRun); }};
}

SqlCall<SettleReconciliation> sqlCall(const SettleReconciliation& settled) {
  constexpr const char* kSql = R"sql(
UPDATE reconciliation_runs SET status = $3, next_at = CASE WHEN $3 IN ('waiting', 'running') THEN $4 ELSE next_at END,
  credits = $5, matched = $6, healed = $7, items = $8, error = $9,
  finished_at = CASE WHEN $3 IN ('done', 'failed') THEN $10::timestamptz END
WHERE id = $1 AND attempts = $2 RETURNING id)sql";
  const auto& counts = settled.counts;
  return {repeatable(kSql),
          std::move(SqlParameters()
                        .uuid(settled.id)
                        .int4(static_cast<std::int32_t>(settled.attempts))
                        .text(reconciliationStatusName(settled.status))
                        .time(settled.nextAt)
                        .int8(counts.credits)
                        .int8(counts.matched)
                        .int8(counts.healed)
                        .int8(counts.items)
                        .text(settled.error)
                        .time(settled.now)),
          readAnyRow};
}

// LIMIT keeps each account a look-up in its index, whatever is thought of the number of credits.
SqlCall<MatchCredits> sqlCall(const MatchCredits& match) {
  constexpr const char* kSql = R"sql(
SELECT (SELECT e.amount_minor FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id
    WHERE t.idem_key = 'credit:' || p.id || ':' || c.reference AND e.account = 'bank:bri:clearing'), )sql" KS_PAYMENT_COLUMNS
                               R"sql(
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY c (va_number, reference, gateway_ref, place)
LEFT JOIN LATERAL (SELECT * FROM payments WHERE va_number = c.va_number LIMIT 1) p ON c.gateway_ref IN ('', p.gateway_ref)
ORDER BY c.place)sql";
  std::vector<std::string> numbers;
  std::vector<std::string> references;
  std::vector<std::string> ours;
  numbers.reserve(match.credits.size());
  references.reserve(match.credits.size());
  ours.reserve(match.credits.size());
  for (const auto& credit : match.credits) {
    numbers.push_back(credit.vaNumber);
    references.push_back(credit.reference);
    ours.push_back(credit.gatewayRef);
  }
  return {repeatable(kSql),
          std::move(SqlParameters().textArray(numbers).textArray(references).textArray(ours)),
          [](const SqlRows& rows) { return readAll<MatchedCredit>(rows, readMatchedCredit); }};
}

SqlCall<ListPaidPayments> sqlCall(const ListPaidPayments& list) {
  constexpr const char* kSql =
      "SELECT " KS_PAYMENT_COLUMNS
      " FROM payments p WHERE p.method = $1 AND p.paid_at >= $2 AND p.paid_at <= $3 "
      "AND (p.paid_at, p.id) > ($4, $5) AND p.paid_reference IS NOT NULL AND p.status <> 'reversed' "
      "ORDER BY p.paid_at, p.id LIMIT $6";
  return {repeatable(kSql),
          std::move(SqlParameters()
                        .text(paymentMethodName(list.method))
                        .time(list.from)
                        .time(list.to)
                        .time(list.afterAt)
                        .uuid(list.afterId)
                        .int8(std::clamp<std::uint32_t>(list.limit, 1, kMostPaidPayments))),
          [](const SqlRows& rows) {
            return readAll<PaymentRecord>(rows, [](const SqlRow& row) { return readPayment(row, 0); });
          }};
}

SqlCall<PlanCodeQuestions> sqlCall(const PlanCodeQuestions& plan) {
  constexpr const char* kSql = R"sql(
WITH planned AS (
  INSERT INTO payment_work (payment_id, kind, next_at, created_at)
  SELECT id, 'ask', $3, $3 FROM payments
  WHERE created_at >= $1 AND created_at <= $2 AND method = 'bri_qris' AND bank_ref IS NOT NULL AND paid_minor = 0
    AND suspense_minor = 0 AND status <> 'refunded'
  ORDER BY id
  ON CONFLICT (payment_id, kind) DO UPDATE SET id = DEFAULT, next_at = least(payment_work.next_at, excluded.next_at), attempts = 0,
    error = ''
  RETURNING id
)
SELECT count(*) FROM planned)sql";
  return {repeatable(kSql), std::move(SqlParameters().time(plan.from).time(plan.to).time(plan.now)),
          [](const SqlRows& rows) { return rows.row(0).int64(0); }};
}

// In the order of their key, so that two runs which note the same items at one moment do not wait for each other.
SqlCall<NoteReconciliationItems> sqlCall(const NoteReconciliationItems& note) {
  constexpr const char* kSql = R"sql(
WITH given AS (
  SELECT DISTINCT ON (class, reference) * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[],
    $8::bigint[], $9::bigint[], $10::text[])
    WITH ORDINALITY g (id, run_id, class, status, reference, payment_id, va_number, bank_minor, booked_minor, detail, place)
  ORDER BY class, reference, place
), noted AS (
  INSERT INTO reconciliation_items AS i (id, run_id, class, status, reference, payment_id, va_number, bank_minor, booked_minor, detail,
    created_at, seen_at)
  SELECT id, nullif(run_id, '00000000-0000-0000-0000-000000000000'), class, status, reference,
    nullif(payment_id, '00000000-0000-0000-0000-000000000000'), va_number, bank_minor, booked_minor, detail, $11, $11 FROM given
  ON CONFLICT (class, reference) DO UPDATE SET seen_at = greatest(i.seen_at, excluded.seen_at)
  RETURNING i.class, i.reference, i.bank_minor
), orphans AS (
  SELECT 'orphan:' || reference AS key, bank_minor FROM noted WHERE class = 'orphan_credit'
), movements AS (
  INSERT INTO ledger_transactions (idem_key, kind, at) SELECT key, 'orphan', $11 FROM orphans
  ON CONFLICT (idem_key) DO NOTHING RETURNING id, idem_key
)
INSERT INTO ledger_entries SELECT m.id, e.account, e.amount FROM movements m JOIN orphans o ON o.key = m.idem_key,
  LATERAL (VALUES ('bank:bri:clearing', o.bank_minor), ('suspense:unmatched', -o.bank_minor)) e (account, amount))sql";
  auto parameters = arraysOf(note.items);
  parameters.time(note.now);
  return {repeatable(kSql), std::move(parameters), readDone};
}

SqlCall<ResolveReconciliationItem> sqlCall(const ResolveReconciliationItem& resolution) {
  constexpr const char* kSql = R"sql(
WITH resolved AS (
  UPDATE reconciliation_items SET status = 'resolved', note = $2, bank_reference = $3, resolved_by = $4, resolved_at = $5
  WHERE id = $1 AND status = 'open' AND (class <> 'orphan_credit' OR $3 <> '')
  RETURNING *
), movement AS (
  INSERT INTO ledger_transactions (idem_key, kind, at)
  SELECT 'orphan_return:' || reference, 'orphan_return', $5 FROM resolved WHERE class = 'orphan_credit' RETURNING id
), entries AS (
  INSERT INTO ledger_entries SELECT m.id, e.account, e.amount FROM movement m, resolved r,
    LATERAL (VALUES ('suspense:unmatched', r.bank_minor), ('bank:bri:clearing', -r.bank_minor)) e (account, amount)
), audit AS ()sql" KS_AUDIT_CTE(
      "$6",
      "resolved") R"sql()
SELECT 'resolved', )sql" KS_RECONCILIATION_ITEM_COLUMNS R"sql( FROM resolved i
UNION ALL
SELECT CASE WHEN i.status = 'open' AND i.class = 'orphan_credit' AND $3 = '' THEN 'required' ELSE 'conflict' END, )sql" KS_RECONCILIATION_ITEM_COLUMNS
                  R"sql( FROM reconciliation_items i WHERE i.id = $1 AND NOT EXISTS (SELECT FROM resolved))sql";
  return {once(kSql),
          std::move(SqlParameters()
                        .uuid(resolution.id)
                        .text(resolution.note)
                        .text(resolution.bankReference)
                        .optionalUuid(resolution.resolvedBy)
                        .time(resolution.now)
                        .jsonbOrNull(formatAuditJson(resolution.audit))),
          readResolvedItem};
}

}  // namespace ks
