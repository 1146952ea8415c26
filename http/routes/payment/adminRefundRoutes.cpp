#include <utility>

#include "http/routes/payment/adminPaymentRoutes.hpp"
#include "http/routes/payment/paymentRoute.hpp"
#include "http/routes/payment/refundSchemas.hpp"

namespace ks {
namespace {

RouteSpec refundingPost(const std::string& path, std::string operationId, std::string summary,
                        std::vector<ErrorCode> errors) {
  return adminRoute(HttpMethod::post, "/payments" + path, std::move(operationId), std::move(summary),
                    "payments", RouteAccess::needs("payments:refund").recent(), std::move(errors));
}

AuditFields exportedRefunds(const AdminRefundQuery& query, std::size_t count) {
  auto what = ExportFilters{}
                  .text("payment_id", filterText(query.paymentId))
                  .text("status", filterText(query.status, &refundStatusName))
                  .text("mode", filterText(query.mode, &refundModeName));
  return std::move(what).with(count, query.cursor);
}

void addRefundLists(RouteTable& routes, const AdminPaymentRoutesConfig& config, const ExportNote& note) {
  routes.add(described(adminPaymentRead("/refunds", "adminRefunds", "Everybody's refunds, newest first",
                                        {ErrorCode::paymentNotFound, ErrorCode::cursorInvalid}),
                       "Each page as CSV is recorded in the audit trail (refunds.export)."),
             listOrFile<AdminRefund>("A page of refunds"),
             [config, note](const QueryCall<AdminRefundQuery>& call) -> HttpResponse {
               auto page = call.ask(config.refunds(), messageOf<ListRefundsRequest>(call));
               if (!prefersCsv(call.request.header("Accept"))) {
                 return listAnswer(call.request, pageAs<AdminRefund>(std::move(page), call.query.limit));
               }
               noteExport(note, call.context, "refunds.export",
                          exportedRefunds(call.query, page.rows.size()));
               return listAnswer(call.request, pageAs<RefundLine>(std::move(page), call.query.limit));
             });
  routes.add(adminPaymentRead("/refunds/{id}", "adminRefund", "One refund", {ErrorCode::notFound}),
             ok("The refund"), [config](const IdCall<>& call) {
               return AdminRefund{call.ask(config.refunds(), messageOf<FindRefundRequest>(call))};
             });
}

void addRefundChanges(RouteTable& routes, const AdminPaymentRoutesConfig& config) {
  auto create =
      refundingPost("/{id}/refunds", "refundPayment", "Refund a payment, whole or in part",
                    {ErrorCode::paymentNotFound, ErrorCode::notRefundable, ErrorCode::refundExceedsBalance,
                     ErrorCode::amountNotWhole, ErrorCode::outOfRange, ErrorCode::idempotencyMismatch});
  create.description =
      "The amount is set aside before the answer, which is always `requested`. The bank is asked to pay out a "
      "refund of mode `api`. Of mode `manual` somebody pays it out, and records that here as complete.";
  create.needsIdempotencyKey = true;
  routes.add(std::move(create), {output<AdminRefund>(201, "The refund as it was made")},
             [config](const IdCall<CreateRefundRequest>& call) {
               return refundCreated<AdminRefund>(call.ask(config.refunds(), messageOf(call)));
             });
  routes.add(
      described(refundingPost("/refunds/{id}/complete", "completeRefund", "Record that a refund was paid out",
                              {ErrorCode::notFound, ErrorCode::conflict}),
                "Of a refund of mode `manual`, and of one whose outcome at the bank is unknown."),
      ok("The refund afterwards"), [config](const IdCall<CompleteRefundRequest>& call) {
        return AdminRefund{call.ask(config.administration(), messageOf(call))};
      });
  routes.add(
      described(refundingPost("/refunds/{id}/cancel", "cancelRefund", "Give a refund up",
                              {ErrorCode::notFound, ErrorCode::conflict}),
                "It is `failed` afterwards, and its amount can be refunded again. One that the bank may "
                "have cannot be given up."),
      ok("The refund afterwards"), [config](const IdCall<CancelRefundRequest>& call) {
        return AdminRefund{call.ask(config.administration(), messageOf(call))};
      });
}

}  // namespace

void addAdminRefundRoutes(RouteTable& routes, const AdminPaymentRoutesConfig& config,
                          const ExportNote& note) {
  addRefundLists(routes, config, note);
  addRefundChanges(routes, config);
}

}  // namespace ks
