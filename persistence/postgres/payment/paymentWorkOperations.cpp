#include <utility>

#include "persistence/postgres/payment/paymentRows.hpp"
#include "persistence/postgres/storageCalls.hpp"

namespace ks {
namespace {

PaymentWork readPaymentWork(const SqlRow& row) {
  PaymentWork work;
  work.held = {row.int64(0), static_cast<std::uint32_t>(row.int64(1))};
  const auto kind = paymentWorkFrom(row.text(2));
  if (!kind) {
    throw SqlReadError("unknown kind of work for a payment");
  }
  work.kind = *kind;
  work.payment = readPayment(row, 3);
  return work;
}

}  // namespace

// Not repeated after a lost connection: what it took comes back when the lease is over.
SqlCall<ClaimPaymentWork> sqlCall(const ClaimPaymentWork& claim) {
  constexpr const char* kSql = R"sql(
WITH due AS (
  SELECT id FROM payment_work WHERE next_at <= $1 ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED
), taken AS (
  UPDATE payment_work w SET next_at = $2, attempts = w.attempts + 1 FROM due WHERE w.id = due.id
  RETURNING w.id, w.attempts, w.kind, w.payment_id
)
SELECT t.id, t.attempts, t.kind, )sql" KS_PAYMENT_COLUMNS
                               " FROM taken t JOIN payments p ON p.id = t.payment_id";
  return {once(kSql), std::move(SqlParameters().time(claim.now).time(claim.leaseUntil).int8(claim.most)),
          [](const SqlRows& rows) { return readAll<PaymentWork>(rows, readPaymentWork); }};
}

SqlCall<SettlePaymentWork> sqlCall(const SettlePaymentWork& settled) {
  constexpr const char* kSql = R"sql(
WITH gone AS (
  DELETE FROM payment_work WHERE id = $1 AND attempts = $2 AND $3::timestamptz IS NULL
)
UPDATE payment_work SET next_at = $3, error = $4 WHERE id = $1 AND attempts = $2 AND $3 IS NOT NULL)sql";
  return {repeatable(kSql),
          std::move(SqlParameters()
                        .int8(settled.held.id)
                        .int4(static_cast<std::int32_t>(settled.held.attempts))
                        .optionalTime(settled.nextAt)
                        .text(settled.error)),
          readDone};
}

SqlCall<PlanPaymentWork> sqlCall(const PlanPaymentWork& plan) {
  constexpr const char* kSql = R"sql(
INSERT INTO payment_work (payment_id, kind, next_at, created_at) SELECT id, $2, $3, $3 FROM payments WHERE id = $1
ON CONFLICT (payment_id, kind) DO UPDATE SET id = DEFAULT, next_at = least(payment_work.next_at, excluded.next_at), attempts = 0,
    error = ''
RETURNING id)sql";
  return {repeatable(kSql),
          std::move(
              SqlParameters().uuid(plan.paymentId).text(paymentWorkName(plan.work.kind)).time(plan.work.at)),
          readAnyRow};
}

// The external id of a call that got no answer stays taken: its day never sees it again.
SqlCall<BeginBankCall> sqlCall(const BeginBankCall& call) {
  constexpr const char* kSql = R"sql(
INSERT INTO bank_calls (id, payment_id, operation, partner, day, external_id, sent_at)
VALUES ($1, $2, $3, $4, $5::date, $6, $7) ON CONFLICT (partner, day, external_id) DO NOTHING RETURNING id)sql";
  return {once(kSql),
          std::move(SqlParameters()
                        .uuid(call.id)
                        .optionalUuid(call.paymentId)
                        .text(bankOperationName(call.operation))
                        .text(call.partner)
                        .text(call.day)
                        .text(call.externalId)
                        .time(call.now)),
          readAnyRow};
}

SqlCall<EndBankCall> sqlCall(const EndBankCall& call) {
  constexpr const char* kSql =
      "UPDATE bank_calls SET outcome = $2, http_status = $3, code = $4, message = $5, took_us = $6 WHERE id = $1";
  return {repeatable(kSql),
          std::move(SqlParameters()
                        .uuid(call.id)
                        .text(bankOutcomeName(call.outcome))
                        .int4(call.httpStatus)
                        .text(call.code)
                        .text(call.message)
                        .int8(call.took.count())),
          readDone};
}

}  // namespace ks
