#include <utility>

#include "messages/payment/bankNoticeOperations.hpp"
#include "persistence/postgres/storageCalls.hpp"

// The inbox of the bank's calls.
namespace ks {
namespace {

ReceivedBankNotice readReceivedNotice(const SqlRows& rows) {
  ReceivedBankNotice received;
  if (rows.empty()) {
    received.standing = BankNoticeStanding::externalIdOfAnother;
    return received;
  }
  const auto row = rows.row(0);
  received.id = row.uuid(0);
  if (!row.isNull(2)) {
    received.standing = BankNoticeStanding::answered;
    received.status = static_cast<int>(row.int64(2));
    received.body = row.text(3);
  } else {
    received.standing = row.boolean(1) ? BankNoticeStanding::taken : BankNoticeStanding::busy;
  }
  return received;
}

/// Another statement of this moment has the external id; which notice it stored, the next attempt sees.
ReceivedBankNotice noticeOfThisMoment() { return {}; }

}  // namespace

SqlCall<StoreBankToken> sqlCall(const StoreBankToken& token) {
  constexpr const char* kSql =
      "INSERT INTO bank_tokens VALUES ($1, $2, $3) ON CONFLICT (token_hash) DO NOTHING";
  return {repeatable(kSql),
          std::move(SqlParameters().text(token.tokenHash).text(token.clientId).time(token.expiresAt)),
          readDone};
}

SqlCall<FindBankToken> sqlCall(const FindBankToken& token) {
  constexpr const char* kSql =
      "SELECT 1 FROM bank_tokens WHERE token_hash = $1 AND client_id = $2 AND expires_at > $3";
  return {repeatable(kSql),
          std::move(SqlParameters().text(token.tokenHash).text(token.clientId).time(token.now)), readAnyRow};
}

// An attempt that is repeated still holds what it took. A row that was there is written too, so that two attempts at
// the same moment come one after the other.
SqlCall<ReceiveBankNotice> sqlCall(const ReceiveBankNotice& notice) {
  constexpr const char* kSql = R"sql(
INSERT INTO bank_notices AS n (id, service, dedup_key, external_id, day, raw_body, payment_id, received_at, held_by, held_until)
SELECT $1, $2, $3, $4, $5::date, $6, $7, $8, $1, $9
WHERE NOT EXISTS (SELECT FROM bank_notices o WHERE o.day = $5::date AND o.external_id = $4 AND (o.service, o.dedup_key) <> ($2, $3))
ON CONFLICT (service, dedup_key) DO UPDATE SET
  payment_id = coalesce(excluded.payment_id, n.payment_id),
  held_by = CASE WHEN n.answer_status IS NULL AND n.held_until <= $8 THEN $1 ELSE n.held_by END,
  held_until = CASE WHEN n.answer_status IS NULL AND n.held_until <= $8 THEN $9 ELSE n.held_until END
RETURNING n.id, n.held_by = $1, n.answer_status, n.answer_body)sql";
  return {repeatable(kSql),
          std::move(SqlParameters()
                        .uuid(notice.id)
                        .text(notice.service)
                        .text(notice.dedupKey)
                        .text(notice.externalId)
                        .text(notice.day)
                        .bytea(asBytes(notice.rawBody))
                        .optionalUuid(notice.paymentId)
                        .time(notice.now)
                        .time(notice.heldUntil)),
          readReceivedNotice,
          {"bank_notices_day_external_id_key", noticeOfThisMoment}};
}

SqlCall<AnswerBankNotice> sqlCall(const AnswerBankNotice& answered) {
  constexpr const char* kSql = R"sql(
UPDATE bank_notices SET answer_status = coalesce(answer_status, $2), answer_body = coalesce(answer_body, $3),
  processed_at = coalesce(processed_at, $4)
WHERE id = $1 RETURNING answer_status, answer_body)sql";
  return {repeatable(kSql),
          std::move(SqlParameters()
                        .uuid(answered.id)
                        .int4(answered.answer.status)
                        .text(answered.answer.body)
                        .time(answered.now)),
          [](const SqlRows& rows) -> Result<BankNoticeAnswer> {
            if (rows.empty()) {
              return makeFault(ErrorCode::internal, "the notice to answer is not there");
            }
            const auto row = rows.row(0);
            return BankNoticeAnswer{static_cast<int>(row.int64(0)), std::string(row.text(1))};
          }};
}

}  // namespace ks
