#include <optional>
#include <string_view>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/payment/paymentRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"

// A payment is created and changed here and nowhere else, each time with its event.
namespace ks {
namespace {

CreatePaymentOutcome creationOutcome(std::string_view name) {
  if (name == "created") {
    return CreatePaymentOutcome::created;
  }
  if (name == "replayed") {
    return CreatePaymentOutcome::replayed;
  }
  return name == "other" ? CreatePaymentOutcome::otherRequest : CreatePaymentOutcome::inProgress;
}

CreatedPayment readCreatedPayment(const SqlRows& rows) {
  if (rows.empty()) {
    return {CreatePaymentOutcome::tooManyOpen, {}, {}};
  }
  const auto row = rows.row(0);
  CreatedPayment answer;
  answer.outcome = creationOutcome(row.text(0));
  if (answer.outcome == CreatePaymentOutcome::created) {
    answer.work = {row.int64(1), 1};
  }
  if (answer.outcome == CreatePaymentOutcome::created || answer.outcome == CreatePaymentOutcome::replayed) {
    answer.payment = readPayment(row, 2);
  }
  return answer;
}

/// $34 to $48
void addRefund(SqlParameters& parameters, const std::optional<RefundRecord>& refund) {
  if (!refund) {
    for (const auto type :
         {SqlType::uuid, SqlType::int8, SqlType::text, SqlType::text, SqlType::text, SqlType::text,
          SqlType::text, SqlType::text, SqlType::text, SqlType::uuid, SqlType::text, SqlType::text,
          SqlType::bytea, SqlType::timestamptz, SqlType::timestamptz}) {
      parameters.null(type);
    }
    return;
  }
  parameters.uuid(refund->id)
      .int8(refund->amount.minor)
      .text(currencyCode(refund->amount.currency))
      .text(refund->reason)
      .text(refundModeName(refund->mode))
      .text(refundStatusName(refund->status))
      .text(refund->reference)
      .text(refund->bankReference)
      .text(refund->error)
      .uuid(refund->createdBy)
      .text(refund->idempotency.scope)
      .text(refund->idempotency.key)
      .bytea(refund->idempotency.fingerprint)
      .time(refund->createdAt)
      .time(refund->updatedAt);
}

/// $49 to $57
void addNotice(SqlParameters& parameters, const std::optional<AnsweredBankNotice>& told) {
  if (!told) {
    for (const auto type : {SqlType::uuid, SqlType::text, SqlType::text, SqlType::text, SqlType::text,
                            SqlType::bytea, SqlType::text, SqlType::int4, SqlType::text}) {
      parameters.null(type);
    }
    return;
  }
  const auto& notice = told->notice;
  parameters.uuid(notice.id)
      .text(notice.service)
      .text(notice.dedupKey)
      .text(notice.externalId)
      .text(notice.day)
      .bytea(asBytes(notice.rawBody))
      .text(notice.subject)
      .int4(told->answer.status)
      .text(told->answer.body);
}

ChangedPayment knownNotice() { return {ChangePaymentOutcome::noticeKnown, {}}; }

CreatedPayment takenMerchantRef() { return {CreatePaymentOutcome::merchantRefTaken, {}, {}}; }

}  // namespace

// A key is claimed before the payment is made: of two requests with the same one the second waits here. The last
// digits of an account are counted up and scattered over all numbers of ten digits, each once.
SqlCall<CreatePayment> sqlCall(const CreatePayment& creation) {
  constexpr const char* kSql = R"sql(
WITH claimed AS (
  INSERT INTO payment_idempotency_keys AS k (scope, key, fingerprint, payment_id, locked_until, created_at)
  SELECT $1, $2, $3, $5, $4, $17
  WHERE $22 = 0 OR EXISTS (SELECT FROM payment_idempotency_keys WHERE scope = $1 AND key = $2)
    OR $22 > (SELECT count(*) FROM payments WHERE user_id = $6 AND status IN ('created', 'pending'))
  ON CONFLICT (scope, key) DO UPDATE SET answer = coalesce(k.answer, CASE WHEN k.locked_until <= $17 AND k.fingerprint = $3
    THEN (SELECT to_jsonb(p) FROM payments p WHERE p.id = k.payment_id) END)
  RETURNING *
), made AS (
  INSERT INTO payments (id, user_id, created_by, merchant_ref, method, amount_minor, currency, description, customer_name, status,
    gateway_state, gateway_ref, va_number, expires_at, created_at, updated_at)
  SELECT $5, $6, $7, $8, $9, $10, $11, $12, $13, 'created', 'asked', $14,
    $15 || lpad(((nextval('payment_customer_numbers')::numeric * 7368787811 + 1234567891) % 10000000000)::text, 10, '0'), $16, $17, $17
  FROM claimed WHERE claimed.payment_id = $5
  RETURNING *
), event AS (
  INSERT INTO payment_events SELECT made.id, 1, 'created', 'created', 'created', $19, $20, '', $17 FROM made
), work AS (
  INSERT INTO payment_work (payment_id, kind, attempts, next_at, created_at) SELECT made.id, 'create', 1, $18, $17 FROM made RETURNING id
), audit AS ()sql" KS_AUDIT_CTE("$21", "made") R"sql()
SELECT 'created', work.id, )sql" KS_PAYMENT_COLUMNS R"sql( FROM made p, work
UNION ALL
SELECT CASE WHEN c.fingerprint <> $3 THEN 'other' WHEN c.answer IS NULL THEN 'busy' ELSE 'replayed' END, 0, )sql" KS_PAYMENT_COLUMNS
                                               R"sql(
FROM claimed c LEFT JOIN LATERAL jsonb_populate_record(NULL::payments, c.answer) p ON true WHERE c.payment_id <> $5)sql";
  const auto& payment = creation.payment;
  SqlParameters parameters;
  parameters.text(creation.idempotency.scope)
      .text(creation.idempotency.key)
      .bytea(creation.idempotency.fingerprint)
      .time(creation.lockedUntil)
      .uuid(payment.id)
      .optionalUuid(payment.userId)
      .uuid(payment.createdBy)
      .text(payment.merchantRef)
      .text(paymentMethodName(payment.method))
      .int8(payment.amount.minor)
      .text(currencyCode(payment.amount.currency))
      .text(payment.description)
      .text(payment.customerName)
      .text(payment.gatewayRef)
      .textOrNull(payment.vaNumber)
      .time(payment.expiresAt)
      .time(payment.createdAt)
      .time(creation.leaseUntil)
      .text(creation.actor)
      .text(creation.cause)
      .jsonbOrNull(formatAuditJson(creation.audit))
      .int8(static_cast<std::int64_t>(creation.mostOpen));
  return {once(kSql),
          std::move(parameters),
          readCreatedPayment,
          {"payments_created_by_merchant_ref_key", takenMerchantRef}};
}

SqlCall<ChangePayment> sqlCall(const ChangePayment& change) {
  constexpr const char* kSql = R"sql(
WITH changed AS (
  UPDATE payments SET status = $3, gateway_state = $4, bank_ref = $5, va_number = $6, qr_content = $7, expires_at = $8, paid_at = $9,
    paid_reference = $10, paid_minor = $11, suspense_minor = $12, refunded_minor = $13, late = $14,
    gateway_ref = $32, refunding_minor = $33, version = version + 1, updated_at = $15
  WHERE id = $1 AND version = $2 AND ($20::text IS NULL OR NOT EXISTS (SELECT FROM ledger_transactions WHERE idem_key = $20))
  RETURNING *
), event AS (
  INSERT INTO payment_events SELECT c.id, c.version, $16, $17, c.status, $18, $19, $29, $15 FROM changed c
), movement AS (
  INSERT INTO ledger_transactions (idem_key, payment_id, kind, at)
  SELECT $20, c.id, $21, $15 FROM changed c WHERE $20 IS NOT NULL RETURNING id
), entries AS (
  INSERT INTO ledger_entries SELECT m.id, e.account, e.amount
  FROM movement m, (VALUES ($22, $24::bigint), ($23, -$24::bigint)) e (account, amount)
), refund AS (
  INSERT INTO payment_refunds (id, payment_id, amount_minor, currency, reason, mode, status, reference, bank_reference, error, created_by,
    idempotency_scope, idempotency_key, fingerprint, created_at, updated_at)
  SELECT $34, c.id, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48 FROM changed c WHERE $34::uuid IS NOT NULL
  ON CONFLICT (id) DO UPDATE SET status = excluded.status, bank_reference = excluded.bank_reference, error = excluded.error,
    updated_at = excluded.updated_at
), notice AS (
  INSERT INTO bank_notices (id, service, dedup_key, external_id, day, raw_body, payment_id, received_at, held_by, held_until, subject,
    answer_status, answer_body, processed_at)
  SELECT $49, $50, $51, $52, $53::date, $54, c.id, $15, $49, $15, $55, $56, $57, $15 FROM changed c WHERE $49::uuid IS NOT NULL
), planned AS (
  INSERT INTO payment_work (payment_id, kind, next_at, created_at) SELECT c.id, $25, $26, $15 FROM changed c WHERE $25::text IS NOT NULL
  ON CONFLICT (payment_id, kind) DO UPDATE SET id = DEFAULT, attempts = 0, error = '', next_at = CASE
    WHEN $25 = 'refund' AND payment_work.attempts > 0 THEN payment_work.next_at ELSE least(payment_work.next_at, excluded.next_at) END
), finished AS (
  DELETE FROM payment_work w USING changed c
  WHERE w.id = $27 AND w.attempts = $28 AND w.payment_id = c.id AND w.kind IS DISTINCT FROM $25
), answered AS (
  UPDATE payment_idempotency_keys k SET answer = to_jsonb(c) FROM changed c WHERE $30 AND k.payment_id = c.id AND k.answer IS NULL
), audit AS ()sql" KS_AUDIT_CTE(
      "$31", "changed") R"sql()
SELECT 'changed', )sql" KS_PAYMENT_COLUMNS R"sql( FROM changed p
UNION ALL
SELECT CASE WHEN EXISTS (SELECT FROM ledger_transactions WHERE idem_key = $20) THEN 'booked' ELSE 'moved' END, )sql" KS_PAYMENT_COLUMNS
                        R"sql( FROM payments p WHERE p.id = $1 AND NOT EXISTS (SELECT FROM changed))sql";
  const auto& after = change.after;
  const auto& event = change.event;
  SqlParameters parameters;
  parameters.uuid(after.id)
      .int8(after.version)
      .text(paymentStatusName(after.status))
      .text(gatewayStateName(after.gatewayState))
      .textOrNull(after.bankRef)
      .textOrNull(after.vaNumber)
      .textOrNull(after.qrContent)
      .time(after.expiresAt)
      .optionalTime(after.paidAt)
      .textOrNull(after.paidReference)
      .int8(after.paidMinor)
      .int8(after.suspenseMinor)
      .int8(after.refundedMinor)
      .boolean(after.late)
      .time(change.now)
      .text(event.type)
      .text(paymentStatusName(event.from))
      .text(event.actor)
      .text(event.cause);
  if (change.movement) {
    parameters.text(change.movement->key)
        .text(change.movement->kind)
        .text(change.movement->debit)
        .text(change.movement->credit)
        .int8(change.movement->minor);
  } else {
    parameters.null(SqlType::text)
        .null(SqlType::text)
        .null(SqlType::text)
        .null(SqlType::text)
        .null(SqlType::int8);
  }
  if (change.work) {
    parameters.text(paymentWorkName(change.work->kind)).time(change.work->at);
  } else {
    parameters.null(SqlType::text).null(SqlType::timestamptz);
  }
  parameters.int8(change.finished.id)
      .int4(static_cast<std::int32_t>(change.finished.attempts))
      .text(event.detail)
      .boolean(change.answersKey)
      .jsonbOrNull(formatAuditJson(change.audit))
      .text(after.gatewayRef)
      .int8(after.refundingMinor);
  addRefund(parameters, change.refund);
  addNotice(parameters, change.notice);
  return {once(kSql),
          std::move(parameters),
          [](const SqlRows& rows) -> Result<ChangedPayment> {
            if (rows.empty()) {
              return ErrorCode::paymentNotFound;
            }
            const auto row = rows.row(0);
            const auto outcome = row.text(0);
            return ChangedPayment{outcome == "changed"  ? ChangePaymentOutcome::changed
                                  : outcome == "booked" ? ChangePaymentOutcome::booked
                                                        : ChangePaymentOutcome::moved,
                                  readPayment(row, 1)};
          },
          {"bank_notices_service_dedup_key_key", knownNotice, "bank_notices_external_id_key"}};
}

SqlCall<AnswerCreation> sqlCall(const AnswerCreation& creation) {
  constexpr const char* kSql =
      R"sql(
WITH answered AS (
  UPDATE payment_idempotency_keys k SET answer = coalesce(k.answer, (SELECT to_jsonb(p) FROM payments p WHERE p.id = $1))
  WHERE k.payment_id = $1 RETURNING answer
)
SELECT )sql" KS_PAYMENT_COLUMNS
      " FROM answered CROSS JOIN LATERAL jsonb_populate_record(NULL::payments, answered.answer) p";
  return {repeatable(kSql), std::move(SqlParameters().uuid(creation.paymentId)), [](const SqlRows& rows) {
            return readFirst<PaymentRecord>(rows, [](const SqlRow& row) { return readPayment(row, 0); });
          }};
}

}  // namespace ks
