#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/payment/paymentRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/mergedInput.hpp"

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
  answer.outcome = creationOutcome(row.text(1));
  if (answer.outcome == CreatePaymentOutcome::created && row.int64(2) != 0) {
    answer.work = {row.int64(2), 1};
  }
  if (answer.outcome == CreatePaymentOutcome::created || answer.outcome == CreatePaymentOutcome::replayed) {
    answer.payment = readPayment(row, 3);
  }
  return answer;
}

/// refund_id to refund_updated_at
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

/// notice_id to notice_body
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

/// The payment as the request with a key was answered. An answer that was the payment as made is stored as what could not
/// be said later.
#define KS_AS_ANSWERED(key)                                                                                \
  "(SELECT shown.* FROM payments stored, jsonb_populate_record(stored, "                                   \
  "'{\"status\": \"created\", \"gateway_state\": \"asked\", \"bank_ref\": null, \"qr_content\": null, "    \
  "\"paid_at\": null, \"paid_reference\": null, \"paid_minor\": 0, \"suspense_minor\": 0, "                \
  "\"refunded_minor\": 0, \"refunding_minor\": 0, \"late\": false, \"version\": 1}'::jsonb "               \
  "|| jsonb_build_object('updated_at', stored.created_at) || " key ".answer) shown WHERE stored.id = " key \
  ".payment_id AND " key ".answer IS NOT NULL)"

// A key is claimed before the payment is made: of two requests with the same one the second waits here. The last
// digits of an account are counted up and scattered over all numbers of ten digits, each once.
SqlCall<CreatePayment> sqlCall(const CreatePayment& creation) {
  static const std::string kSql =
      "WITH " +
      mergedInput(
          "scope text, key text, fingerprint bytea, locked_until timestamptz, id uuid, user_id uuid, created_by uuid, "
          "merchant_ref text, method text, amount_minor int8, currency text, description text, customer_name text, "
          "gateway_ref text, va_partner text, expires_at timestamptz, now timestamptz, lease_until timestamptz, "
          "actor text, cause text, audit jsonb, most_open int8, answered boolean") +
      R"sql(, claimed AS (
  INSERT INTO payment_idempotency_keys AS k (scope, key, fingerprint, payment_id, answer, locked_until, created_at)
  SELECT i.scope, i.key, i.fingerprint, i.id, CASE WHEN i.answered THEN jsonb_build_object('gateway_ref', i.gateway_ref) END,
    i.locked_until, i.now
  FROM input i
  WHERE i.most_open = 0
    OR (SELECT true FROM payment_idempotency_keys known WHERE known.scope = i.scope AND known.key = i.key)
    OR i.most_open > (SELECT count(*) FROM payments WHERE user_id = i.user_id AND status IN ('created', 'pending'))
  ORDER BY i.scope, i.key
  ON CONFLICT (scope, key) DO UPDATE SET answer = coalesce(k.answer,
    CASE WHEN k.locked_until <= excluded.created_at AND k.fingerprint = excluded.fingerprint
    THEN (SELECT to_jsonb(p) FROM payments p WHERE p.id = k.payment_id) END)
  RETURNING *
), made AS (
  INSERT INTO payments (id, user_id, created_by, merchant_ref, method, amount_minor, currency, description, customer_name, status,
    gateway_state, gateway_ref, va_number, expires_at, created_at, updated_at)
  SELECT i.id, i.user_id, i.created_by, i.merchant_ref, i.method, i.amount_minor, i.currency, i.description, i.customer_name, 'created',
    'asked', i.gateway_ref,
    i.va_partner || lpad(((nextval('payment_customer_numbers')::numeric * 7368787811 + 1234567891) % 10000000000)::text, 10, '0'),
    i.expires_at, i.now, i.now
  FROM input i JOIN claimed ON claimed.payment_id = i.id
  RETURNING *
), event AS (
  INSERT INTO payment_events SELECT i.id, 1, 'created', 'created', 'created', i.actor, i.cause, '', i.now
  FROM input i JOIN made ON made.id = i.id
), work AS (
  INSERT INTO payment_work (payment_id, kind, attempts, next_at, created_at)
  SELECT i.id, 'create', CASE WHEN i.lease_until IS NULL THEN 0 ELSE 1 END, coalesce(i.lease_until, i.now), i.now
  FROM input i JOIN made ON made.id = i.id
  RETURNING id, payment_id, attempts
), audit AS ()sql" KS_AUDIT_CTE("i.audit", "input i JOIN made ON made.id = i.id") R"sql()
SELECT i.place, 'created', CASE work.attempts WHEN 0 THEN 0 ELSE work.id END, )sql" KS_PAYMENT_COLUMNS R"sql(
FROM input i JOIN made p ON p.id = i.id JOIN work ON work.payment_id = i.id
UNION ALL
SELECT i.place, CASE WHEN c.fingerprint <> i.fingerprint THEN 'other' WHEN p.id IS NULL THEN 'busy' ELSE 'replayed' END, 0, )sql" KS_PAYMENT_COLUMNS
                                                                                  R"sql(
FROM input i JOIN claimed c ON c.scope = i.scope AND c.key = i.key AND c.payment_id <> i.id
LEFT JOIN LATERAL )sql" KS_AS_ANSWERED("c") " p ON true";
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
      .optionalTime(creation.leaseUntil)
      .text(creation.actor)
      .text(creation.cause)
      .jsonbOrNull(formatAuditJson(creation.audit))
      .int8(static_cast<std::int64_t>(creation.mostOpen))
      .boolean(creation.answered);
  return {once(kSql.c_str()),
          std::move(parameters),
          readCreatedPayment,
          {"payments_created_by_merchant_ref_key", takenMerchantRef}};
}

SqlCall<ChangePayment> sqlCall(const ChangePayment& change) {
  static const std::string kSql =
      "WITH " +
      mergedInput(
          "id uuid, version int8, status text, gateway_state text, bank_ref text, va_number text, qr_content text, "
          "expires_at timestamptz, paid_at timestamptz, paid_reference text, paid_minor int8, suspense_minor int8, "
          "refunded_minor int8, late boolean, now timestamptz, event text, from_status text, actor text, cause text, "
          "movement text, movement_kind text, debit text, credit text, movement_minor int8, work_kind text, "
          "work_at timestamptz, finished int8, finished_attempts int4, detail text, answers_key boolean, audit jsonb, "
          "gateway_ref text, refunding_minor int8, refund_id uuid, refund_minor int8, refund_currency text, "
          "refund_reason text, refund_mode text, refund_status text, refund_reference text, refund_bank_reference text, "
          "refund_error text, refund_created_by uuid, refund_scope text, refund_key text, refund_fingerprint bytea, "
          "refund_created_at timestamptz, refund_updated_at timestamptz, notice_id uuid, notice_service text, "
          "notice_dedup_key text, notice_external_id text, notice_day text, notice_body bytea, notice_subject text, "
          "notice_status int4, notice_answer text") +
      R"sql(, changed AS (
  UPDATE payments p SET status = i.status, gateway_state = i.gateway_state, bank_ref = i.bank_ref, va_number = i.va_number,
    qr_content = i.qr_content, expires_at = i.expires_at, paid_at = i.paid_at, paid_reference = i.paid_reference,
    paid_minor = i.paid_minor, suspense_minor = i.suspense_minor, refunded_minor = i.refunded_minor, late = i.late,
    gateway_ref = i.gateway_ref, refunding_minor = i.refunding_minor, version = p.version + 1, updated_at = i.now
  FROM input i
  WHERE p.id = i.id AND p.version = i.version
    AND (i.movement IS NULL OR (SELECT true FROM ledger_transactions t WHERE t.idem_key = i.movement) IS NULL)
  RETURNING p.*
), event AS (
  INSERT INTO payment_events SELECT c.id, c.version, i.event, i.from_status, c.status, i.actor, i.cause, i.detail, i.now
  FROM input i JOIN changed c ON c.id = i.id
), movement AS (
  INSERT INTO ledger_transactions (idem_key, payment_id, kind, at)
  SELECT i.movement, i.id, i.movement_kind, i.now FROM input i JOIN changed c ON c.id = i.id WHERE i.movement IS NOT NULL
  RETURNING id, payment_id
), entries AS (
  INSERT INTO ledger_entries SELECT m.id, e.account, e.amount
  FROM input i JOIN movement m ON m.payment_id = i.id
    CROSS JOIN LATERAL (VALUES (i.debit, i.movement_minor), (i.credit, -i.movement_minor)) e (account, amount)
), refund AS (
  INSERT INTO payment_refunds (id, payment_id, amount_minor, currency, reason, mode, status, reference, bank_reference, error, created_by,
    idempotency_scope, idempotency_key, fingerprint, created_at, updated_at)
  SELECT i.refund_id, i.id, i.refund_minor, i.refund_currency, i.refund_reason, i.refund_mode, i.refund_status, i.refund_reference,
    i.refund_bank_reference, i.refund_error, i.refund_created_by, i.refund_scope, i.refund_key, i.refund_fingerprint, i.refund_created_at,
    i.refund_updated_at
  FROM input i JOIN changed c ON c.id = i.id WHERE i.refund_id IS NOT NULL
  ON CONFLICT (id) DO UPDATE SET status = excluded.status, bank_reference = excluded.bank_reference, error = excluded.error,
    updated_at = excluded.updated_at
), notice AS (
  INSERT INTO bank_notices (id, service, dedup_key, external_id, day, raw_body, payment_id, received_at, held_by, held_until, subject,
    answer_status, answer_body, processed_at)
  SELECT i.notice_id, i.notice_service, i.notice_dedup_key, i.notice_external_id, i.notice_day::date, i.notice_body, i.id, i.now,
    i.notice_id, i.now, i.notice_subject, i.notice_status, i.notice_answer, i.now
  FROM input i JOIN changed c ON c.id = i.id WHERE i.notice_id IS NOT NULL
), planned AS (
  INSERT INTO payment_work (payment_id, kind, next_at, created_at)
  SELECT i.id, i.work_kind, i.work_at, i.now FROM input i JOIN changed c ON c.id = i.id WHERE i.work_kind IS NOT NULL
  ON CONFLICT (payment_id, kind) DO UPDATE SET id = DEFAULT, attempts = 0, error = '', next_at = CASE
    WHEN excluded.kind = 'refund' AND payment_work.attempts > 0 THEN payment_work.next_at
    ELSE least(payment_work.next_at, excluded.next_at) END
), finished AS (
  DELETE FROM payment_work w USING input i JOIN changed c ON c.id = i.id
  WHERE w.id = i.finished AND w.attempts = i.finished_attempts AND w.payment_id = i.id AND w.kind IS DISTINCT FROM i.work_kind
), answered AS (
  UPDATE payment_idempotency_keys k SET answer = to_jsonb(c) FROM input i JOIN changed c ON c.id = i.id
  WHERE i.answers_key AND k.payment_id = i.id AND k.answer IS NULL
), audit AS ()sql" KS_AUDIT_CTE("i.audit", "input i JOIN changed c ON c.id = i.id") R"sql()
SELECT i.place, 'changed', )sql" KS_PAYMENT_COLUMNS R"sql( FROM input i JOIN changed p ON p.id = i.id
UNION ALL
SELECT i.place, CASE WHEN (SELECT true FROM ledger_transactions t WHERE t.idem_key = i.movement) THEN 'booked' ELSE 'moved' END, )sql" KS_PAYMENT_COLUMNS
                                                                                    R"sql(
FROM input i JOIN payments p ON p.id = i.id WHERE NOT EXISTS (SELECT FROM changed c WHERE c.id = i.id))sql";
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
  return {once(kSql.c_str()),
          std::move(parameters),
          [](const SqlRows& rows) -> Result<ChangedPayment> {
            if (rows.empty()) {
              return ErrorCode::paymentNotFound;
            }
            const auto row = rows.row(0);
            const auto outcome = row.text(1);
            return ChangedPayment{outcome == "changed"  ? ChangePaymentOutcome::changed
                                  : outcome == "booked" ? ChangePaymentOutcome::booked
                                                        : ChangePaymentOutcome::moved,
                                  readPayment(row, 2)};
          },
          {"bank_notices_service_dedup_key_key", knownNotice, "bank_notices_external_id_key"}};
}

SqlCall<AnswerCreation> sqlCall(const AnswerCreation& creation) {
  constexpr const char* kSql =
      R"sql(
WITH answered AS (
  UPDATE payment_idempotency_keys k SET answer = coalesce(k.answer, (SELECT to_jsonb(p) FROM payments p WHERE p.id = $1))
  WHERE k.payment_id = $1 RETURNING payment_id, answer
)
SELECT )sql" KS_PAYMENT_COLUMNS " FROM answered CROSS JOIN LATERAL " KS_AS_ANSWERED("answered") " p";
  return {repeatable(kSql), std::move(SqlParameters().uuid(creation.paymentId)), [](const SqlRows& rows) {
            return readFirst<PaymentRecord>(rows, [](const SqlRow& row) { return readPayment(row, 0); });
          }};
}

}  // namespace ks
