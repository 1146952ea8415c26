#include <algorithm>
#include <utility>

#include "persistence/postgres/payment/paymentRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/keysetPage.hpp"

// Refunds as they are read. Who writes them is paymentChangeOperations.cpp.
namespace ks {
namespace {

constexpr std::uint32_t kMostListedRefunds = 200;

#define KS_REFUND_COLUMNS                                                                           \
  "r.id, r.payment_id, r.amount_minor, r.reason, r.mode, r.status, r.reference, r.bank_reference, " \
  "r.error, r.created_by, r.idempotency_scope, r.idempotency_key, r.fingerprint, r.created_at, r.updated_at"

RefundRecord readRefund(const SqlRow& row) {
  RefundRecord refund;
  int column = 0;
  refund.id = row.uuid(column++);
  refund.paymentId = row.uuid(column++);
  refund.amount.minor = row.int64(column++);
  refund.reason = row.text(column++);
  refund.mode = knownName(refundModeFrom(row.text(column++)), "unknown mode of a refund");
  refund.status = knownName(refundStatusFrom(row.text(column++)), "unknown status of a refund");
  refund.reference = row.text(column++);
  refund.bankReference = row.text(column++);
  refund.error = row.text(column++);
  refund.createdBy = row.uuid(column++);
  refund.idempotency.scope = row.text(column++);
  refund.idempotency.key = row.text(column++);
  refund.idempotency.fingerprint = row.bytea(column++);
  refund.createdAt = row.time(column++);
  refund.updatedAt = row.time(column++);
  return refund;
}

std::optional<RefundRecord> readFoundRefund(const SqlRows& rows) {
  return readFirst<RefundRecord>(rows, readRefund);
}

bool isOpenStatus(const std::optional<RefundStatus>& status) {
  return status == RefundStatus::requested || status == RefundStatus::unknown;
}

/// A cursor belongs to the filters that it was given out for.
std::string refundListName(const RefundQuery& query) {
  return "refunds|" + (query.paymentId ? query.paymentId->toString() : std::string{}) + "|" +
         (query.status ? refundStatusName(*query.status) : "") + "|" +
         (query.mode ? refundModeName(*query.mode) : "");
}

// A payment's and the open ones have statements of their own: one plan for all would walk through every refund.
#define KS_LIST_REFUNDS(which)                                       \
  "SELECT " KS_REFUND_COLUMNS " FROM payment_refunds r WHERE " which \
  " AND ($2::text IS NULL OR r.status = $2) "                        \
  "AND ($3::text IS NULL OR r.mode = $3) "                           \
  "AND (r.created_at, r.id) < ($4, $5) ORDER BY r.created_at DESC, r.id DESC LIMIT $6"

SqlText refundListText(const RefundQuery& query) {
  if (query.paymentId) {
    return repeatable(KS_LIST_REFUNDS("r.payment_id = $1"), "refund.listOfPayment");
  }
  if (isOpenStatus(query.status)) {
    return repeatable(KS_LIST_REFUNDS("$1::uuid IS NULL AND r.status IN ('requested', 'unknown')"),
                      "refund.listOpen");
  }
  return repeatable(KS_LIST_REFUNDS("$1::uuid IS NULL"));
}

}  // namespace

SqlCall<FindRefund> sqlCall(const FindRefund& which) {
  constexpr const char* kSql = "SELECT " KS_REFUND_COLUMNS
                               " FROM payment_refunds r JOIN payments p ON p.id = r.payment_id "
                               "WHERE r.id = $1 AND ($2::uuid IS NULL OR p.user_id = $2)";
  SqlParameters parameters;
  parameters.uuid(which.id).optionalUuid(which.userId);
  return {repeatable(kSql), std::move(parameters), readFoundRefund};
}

SqlCall<FindRefundByKey> sqlCall(const FindRefundByKey& which) {
  constexpr const char* kSql =
      "SELECT " KS_REFUND_COLUMNS
      " FROM payment_refunds r WHERE r.idempotency_scope = $1 AND r.idempotency_key = $2";
  return {repeatable(kSql), std::move(SqlParameters().text(which.scope).text(which.key)), readFoundRefund};
}

SqlCall<FindOpenRefund> sqlCall(const FindOpenRefund& which) {
  constexpr const char* kSql = "SELECT " KS_REFUND_COLUMNS
                               " FROM payment_refunds r WHERE r.payment_id = $1 AND r.mode = 'api' "
                               "AND r.status IN ('requested', 'unknown') ORDER BY r.created_at, r.id LIMIT 1";
  return {repeatable(kSql), std::move(SqlParameters().uuid(which.paymentId)), readFoundRefund};
}

SqlCall<ListRefunds> sqlCall(const ListRefunds& list) {
  const auto& query = list.query;
  const auto name = refundListName(query);
  auto place = keysetPlace(name, query.cursor);
  if (!place.ok()) {
    return std::move(place.fault());
  }
  const auto limit = std::clamp<std::uint32_t>(query.limit, 1, kMostListedRefunds);
  SqlParameters parameters;
  parameters.optionalUuid(query.paymentId)
      .textOrNull(query.status ? refundStatusName(*query.status) : "")
      .textOrNull(query.mode ? refundModeName(*query.mode) : "")
      .time(place.value().before)
      .uuid(place.value().beforeId)
      .int8(limit + 1);
  return {refundListText(query), std::move(parameters), [name, limit](const SqlRows& rows) {
            RefundPage page;
            page.rows = readAll<RefundRecord>(rows, readRefund);
            endKeysetPage(page, name, limit);
            return page;
          }};
}

}  // namespace ks
