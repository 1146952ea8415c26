#include <string>
#include <utility>

#include "persistence/postgres/payment/paymentRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/mergedInput.hpp"

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
  static const std::string kSql =
      "WITH " +
      mergedInput(
          "id uuid, payment_id uuid, operation text, partner text, day text, external_id text, now timestamptz") +
      R"sql(, begun AS (
  INSERT INTO bank_calls (id, payment_id, operation, partner, day, external_id, sent_at)
  SELECT i.id, i.payment_id, i.operation, i.partner, i.day::date, i.external_id, i.now FROM input i
  ORDER BY i.partner, i.day, i.external_id
  ON CONFLICT (partner, day, external_id) DO NOTHING RETURNING id
)
SELECT i.place FROM input i JOIN begun ON begun.id = i.id)sql";
  return {once(kSql.c_str()),
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
  static const std::string kSql =
      "WITH " +
      mergedInput("id uuid, outcome text, http_status int4, code text, message text, took_us int8") +
      R"sql(
UPDATE bank_calls c SET outcome = i.outcome, http_status = i.http_status, code = i.code, message = i.message, took_us = i.took_us
FROM input i WHERE c.id = i.id)sql";
  return {repeatable(kSql.c_str()),
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
