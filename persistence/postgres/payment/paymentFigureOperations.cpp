#include <utility>

#include "persistence/postgres/payment/paymentRows.hpp"
#include "persistence/postgres/storageCalls.hpp"

namespace ks {
namespace {

PaymentFigures readPaymentFigures(const SqlRows& rows) {
  PaymentFigures figures;
  const auto first = rows.row(0);
  figures.oldestUnknown = first.optionalTime(0);
  figures.oldestDue = first.optionalTime(1);
  figures.openItems = first.int64(2);
  figures.openRefunds = first.int64(3);
  for (const auto row : rows) {
    if (row.isNull(4)) {
      break;  // nothing is unsettled
    }
    figures.unsettled.push_back({knownName(paymentMethodFrom(row.text(4)), "unknown method of payments"),
                                 knownName(paymentStatusFrom(row.text(5)), "unknown status of payments"),
                                 row.int64(6)});
  }
  return figures;
}

}  // namespace

SqlCall<ReadPaymentFigures> sqlCall(const ReadPaymentFigures& question) {
  constexpr const char* kSql = R"sql(
SELECT (SELECT min(created_at) FROM payments WHERE status = 'created' AND gateway_state = 'unknown'),
  (SELECT min(next_at) FROM payment_work WHERE next_at <= $1),
  (SELECT count(*) FROM reconciliation_items WHERE status = 'open'),
  (SELECT count(*) FROM payment_refunds WHERE status IN ('requested', 'unknown')),
  unsettled.*
FROM (SELECT) once LEFT JOIN (
  SELECT method, status, count(*) FROM payments WHERE status IN ('created', 'pending', 'review') GROUP BY method, status
) unsettled ON true)sql";
  return {repeatable(kSql), std::move(SqlParameters().time(question.now)), readPaymentFigures};
}

}  // namespace ks
