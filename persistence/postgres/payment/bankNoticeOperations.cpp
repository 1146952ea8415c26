#include <algorithm>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "messages/payment/bankNoticeOperations.hpp"
#include "persistence/postgres/monitoringCalls.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/auditStatements.hpp"
#include "persistence/sql/keysetPage.hpp"

// The inbox of the bank's calls.
namespace ks {
namespace {

constexpr std::uint32_t kMostListedNotices = 200;

#define KS_NOTICE_COLUMNS                                                                  \
  "n.id, n.service, n.dedup_key, n.external_id, n.raw_body, n.payment_id, n.received_at, " \
  "n.answer_status, n.answer_body, n.processed_at"

BankNoticeRecord readNotice(const SqlRow& row) {
  BankNoticeRecord notice;
  int column = 0;
  notice.id = row.uuid(column++);
  notice.service = row.text(column++);
  notice.dedupKey = row.text(column++);
  notice.externalId = row.text(column++);
  notice.body = row.byteaView(column++);
  notice.paymentId = row.optionalUuid(column++).value_or(Uuid{});
  notice.receivedAt = row.time(column++);
  if (const auto status = row.optionalInt64(column++)) {
    notice.answerStatus = static_cast<int>(*status);
  }
  notice.answerBody = row.textOrEmpty(column++);
  notice.processedAt = row.optionalTime(column++);
  return notice;
}

/// A cursor belongs to the filters that it was given out for.
std::string noticeListName(const ListBankNotices& list) {
  const auto flag = [](const std::optional<bool>& value) { return !value ? "" : *value ? "yes" : "no"; };
  return std::string{"notices|"} + flag(list.answered) + "|" + flag(list.matched) + "|" + list.service + "|" +
         (list.paymentId ? list.paymentId->toString() : std::string{});
}

// A payment's have a statement of their own: one plan for both would walk through every notice.
#define KS_LIST_NOTICES(which)                                     \
  "SELECT " KS_NOTICE_COLUMNS " FROM bank_notices n WHERE " which  \
  " AND ($2::bool IS NULL OR (n.answer_status IS NOT NULL) = $2) " \
  "AND ($3::bool IS NULL OR (n.payment_id IS NOT NULL) = $3) "     \
  "AND ($4::text IS NULL OR n.service = $4) "                      \
  "AND (n.received_at, n.id) < ($5, $6) ORDER BY n.received_at DESC, n.id DESC LIMIT $7"

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
      "SELECT expires_at FROM bank_tokens WHERE token_hash = $1 AND client_id = $2 AND expires_at > $3";
  return {repeatable(kSql),
          std::move(SqlParameters().text(token.tokenHash).text(token.clientId).time(token.now)),
          [](const SqlRows& rows) {
            return readFirst<TimePoint>(rows, [](const SqlRow& row) { return row.time(0); });
          }};
}

// An attempt that is repeated still holds what it took. A row that was there is written too, so that two attempts at
// the same moment come one after the other.
SqlCall<ReceiveBankNotice> sqlCall(const ReceiveBankNotice& notice) {
  constexpr const char* kSql = R"sql(
INSERT INTO bank_notices AS n (id, service, dedup_key, external_id, day, raw_body, payment_id, received_at, held_by, held_until, subject)
SELECT $1, $2, $3, $4, $5::date, $6, $7, $8, $1, $9, $10
WHERE NOT EXISTS (SELECT FROM bank_notices o WHERE o.service = $2 AND o.day = $5::date AND o.external_id = $4 AND o.dedup_key <> $3)
ON CONFLICT (service, dedup_key) DO UPDATE SET
  payment_id = coalesce(excluded.payment_id, n.payment_id), subject = coalesce(nullif(n.subject, ''), excluded.subject),
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
                        .time(notice.heldUntil)
                        .text(notice.subject)),
          readReceivedNotice,
          {"bank_notices_external_id_key", noticeOfThisMoment}};
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

SqlCall<ListBankNotices> sqlCall(const ListBankNotices& list) {
  const auto name = noticeListName(list);
  auto place = keysetPlace(name, list.cursor);
  if (!place.ok()) {
    return std::move(place.fault());
  }
  const auto limit = std::clamp<std::uint32_t>(list.limit, 1, kMostListedNotices);
  SqlParameters parameters;
  parameters.optionalUuid(list.paymentId)
      .optionalBoolean(list.answered)
      .optionalBoolean(list.matched)
      .textOrNull(list.service)
      .time(place.value().before)
      .uuid(place.value().beforeId)
      .int8(limit + 1);
  const auto text = list.paymentId ? repeatable(KS_LIST_NOTICES("n.payment_id = $1"), "notice.listOfPayment")
                                   : repeatable(KS_LIST_NOTICES("$1::uuid IS NULL"));
  return {text, std::move(parameters), [name, limit](const SqlRows& rows) {
            BankNoticePage page;
            page.rows = readAll<BankNoticeRecord>(rows, readNotice);
            if (page.rows.size() > limit) {
              page.rows.resize(limit);
              const auto& last = page.rows.back();
              page.nextCursor = writePageCursor(name, {last.receivedAt, last.id.toString()});
            }
            return page;
          }};
}

SqlCall<ReplayBankNotice> sqlCall(const ReplayBankNotice& replay) {
  constexpr const char* kSql = R"sql(
WITH matched AS (
  UPDATE bank_notices n SET payment_id = coalesce((SELECT p.id FROM payments p
    WHERE n.subject <> '' AND (p.va_number = n.subject OR p.gateway_ref = n.subject OR p.bank_ref = n.subject)
    ORDER BY p.created_at DESC LIMIT 1), n.payment_id)
  WHERE n.id = $1 RETURNING n.*
), planned AS (
  INSERT INTO payment_work (payment_id, kind, next_at, created_at)
  SELECT m.payment_id, 'ask', $2, $2 FROM matched m WHERE m.payment_id IS NOT NULL
  ON CONFLICT (payment_id, kind) DO UPDATE SET id = DEFAULT, next_at = least(payment_work.next_at, excluded.next_at), attempts = 0,
    error = ''
), audit AS ()sql" KS_AUDIT_CTE("$3", "matched") R"sql()
SELECT )sql" KS_NOTICE_COLUMNS " FROM matched n";
  return {
      repeatable(kSql),
      std::move(SqlParameters().uuid(replay.id).time(replay.now).jsonbOrNull(formatAuditJson(replay.audit))),
      [](const SqlRows& rows) { return readFirst<BankNoticeRecord>(rows, readNotice); }};
}

}  // namespace ks
