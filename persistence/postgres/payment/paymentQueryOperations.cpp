#include <algorithm>
#include <utility>

#include "persistence/postgres/payment/paymentRows.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/keysetPage.hpp"
#include "persistence/sql/mergedInput.hpp"

namespace ks {
namespace {

constexpr std::uint32_t kMostListedPayments = 500;

std::optional<PaymentRecord> readFoundPayment(const SqlRows& rows) {
  return readFirst<PaymentRecord>(rows, [](const SqlRow& row) { return readPayment(row, 0); });
}

PaymentEventRecord readPaymentEvent(const SqlRow& row) {
  PaymentEventRecord event;
  event.seq = row.int64(0);
  event.type = row.text(1);
  event.from = paymentStatusFrom(row.text(2)).value_or(PaymentStatus::created);
  event.to = paymentStatusFrom(row.text(3)).value_or(PaymentStatus::created);
  event.actor = row.text(4);
  event.cause = row.text(5);
  event.detail = row.text(6);
  event.at = row.time(7);
  return event;
}

/// A cursor belongs to the filters that it was given out for.
std::string paymentListName(const PaymentQuery& query) {
  std::string name = "payments";
  const auto add = [&name](std::string_view part) { name.append("|").append(part); };
  add(query.userId ? query.userId->toString() : std::string{});
  add(query.createdBy ? query.createdBy->toString() : std::string{});
  add(query.status ? paymentStatusName(*query.status) : "");
  add(query.method ? paymentMethodName(*query.method) : "");
  add(query.merchantRef);
  add(query.from ? std::to_string(query.from->time_since_epoch().count()) : std::string{});
  add(query.to ? std::to_string(query.to->time_since_epoch().count()) : std::string{});
  return name;
}

}  // namespace

SqlCall<FindPayment> sqlCall(const FindPayment& which) {
  constexpr const char* kSql = "SELECT " KS_PAYMENT_COLUMNS
                               " FROM payments p WHERE p.id = $1 AND ($2::uuid IS NULL OR p.user_id = $2)";
  return {repeatable(kSql), std::move(SqlParameters().uuid(which.id).optionalUuid(which.userId)),
          readFoundPayment};
}

SqlCall<FindPaymentAtBank> sqlCall(const FindPaymentAtBank& which) {
  static const std::string kSql = "WITH " + mergedInput("va_number text, gateway_ref text, bank_ref text") +
                                  " SELECT i.place, " KS_PAYMENT_COLUMNS
                                  R"sql( FROM input i CROSS JOIN LATERAL (
  SELECT * FROM payments WHERE va_number = i.va_number OR gateway_ref = i.gateway_ref OR bank_ref = i.bank_ref
  ORDER BY created_at DESC LIMIT 1) p)sql";
  return {
      repeatable(kSql.c_str()),
      std::move(
          SqlParameters().textOrNull(which.vaNumber).textOrNull(which.gatewayRef).textOrNull(which.bankRef)),
      [](const SqlRows& rows) {
        return readFirst<PaymentRecord>(rows, [](const SqlRow& row) { return readPayment(row, 1); });
      }};
}

// A user's have a statement of their own: one plan for both would walk through everybody's.
#define KS_LIST_PAYMENTS(owner)                                                            \
  "SELECT " KS_PAYMENT_COLUMNS " FROM payments p WHERE " owner                             \
  " AND ($2::uuid IS NULL OR p.created_by = $2) AND ($3::text IS NULL OR p.status = $3) "  \
  "AND ($4::text IS NULL OR p.method = $4) AND ($5::text IS NULL OR p.merchant_ref = $5) " \
  "AND ($6::timestamptz IS NULL OR p.created_at >= $6) "                                   \
  "AND ($7::timestamptz IS NULL OR p.created_at < $7) "                                    \
  "AND (p.created_at, p.id) < ($8, $9) ORDER BY p.created_at DESC, p.id DESC LIMIT $10"

SqlCall<ListPayments> sqlCall(const ListPayments& list) {
  constexpr const char* kEverybodys = KS_LIST_PAYMENTS("$1::uuid IS NULL");
  constexpr const char* kOfUser = KS_LIST_PAYMENTS("p.user_id = $1");
  const auto& query = list.query;
  const auto name = paymentListName(query);
  auto place = keysetPlace(name, query.cursor);
  if (!place.ok()) {
    return std::move(place.fault());
  }
  const auto limit = std::clamp<std::uint32_t>(query.limit, 1, kMostListedPayments);
  SqlParameters parameters;
  parameters.optionalUuid(query.userId).optionalUuid(query.createdBy);
  parameters.textOrNull(query.status ? paymentStatusName(*query.status) : "")
      .textOrNull(query.method ? paymentMethodName(*query.method) : "")
      .textOrNull(query.merchantRef)
      .optionalTime(query.from)
      .optionalTime(query.to)
      .time(place.value().before)
      .uuid(place.value().beforeId)
      .int8(limit + 1);
  const auto text = query.userId ? repeatable(kOfUser, "payment.listOfUser") : repeatable(kEverybodys);
  return {text, std::move(parameters), [name, limit](const SqlRows& rows) {
            PaymentPage page;
            page.rows = readAll<PaymentRecord>(rows, [](const SqlRow& row) { return readPayment(row, 0); });
            endKeysetPage(page, name, limit);
            return page;
          }};
}

SqlCall<ListPaymentEvents> sqlCall(const ListPaymentEvents& which) {
  constexpr const char* kSql = R"sql(
SELECT * FROM (
  SELECT e.seq, e.type, e.from_status, e.to_status, e.actor, e.cause, e.detail, e.at
  FROM payments p JOIN payment_events e ON e.payment_id = p.id
  WHERE p.id = $1 AND ($2::uuid IS NULL OR p.user_id = $2) ORDER BY e.seq DESC LIMIT 500) newest ORDER BY seq)sql";
  return {repeatable(kSql), std::move(SqlParameters().uuid(which.id).optionalUuid(which.userId)),
          [](const SqlRows& rows) -> std::optional<std::vector<PaymentEventRecord>> {
            if (rows.empty()) {
              return std::nullopt;  // every payment has its first event
            }
            return readAll<PaymentEventRecord>(rows, readPaymentEvent);
          }};
}

SqlCall<IsMoneyBooked> sqlCall(const IsMoneyBooked& which) {
  constexpr const char* kSql = "SELECT 1 FROM ledger_transactions WHERE idem_key = $1";
  return {repeatable(kSql), std::move(SqlParameters().text(which.key)), readAnyRow};
}

}  // namespace ks
