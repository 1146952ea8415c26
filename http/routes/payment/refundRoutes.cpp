#include "http/routes/payment/refundRoutes.hpp"

#include <utility>

#include "http/routes/payment/paymentRoute.hpp"
#include "http/routes/payment/refundSchemas.hpp"
#include "http/routing/asks.hpp"

namespace ks {
namespace {

using RefundActorOf = std::function<RefundActor()>;

void addRefundCreation(RouteTable& routes, const RefundActorOf& refunds) {
  RouteSpec create{.method = HttpMethod::post,
                   .path = "/api/payment/payments/{id}/refunds",
                   .operationId = "createRefund",
                   .summary = "Refund a payment, whole or in part",
                   .tag = "payments",
                   .access = RouteAccess::needs("payments:refund").byMachines(),
                   .errors = {ErrorCode::paymentNotFound, ErrorCode::notRefundable,
                              ErrorCode::refundExceedsBalance, ErrorCode::amountNotWhole,
                              ErrorCode::outOfRange, ErrorCode::idempotencyMismatch, ErrorCode::paymentsOff},
                   .needsIdempotencyKey = true};
  create.description =
      "The amount is set aside before the answer, which is always `requested`; who pays it out does it "
      "later: the bank (`api`), or a person (`manual`: every virtual account, and QR codes where the bank "
      "offers no refunds). Read it again, or wait for the webhook. After a timeout send the same request "
      "with the same Idempotency-Key: it answers the same, and nothing is refunded twice. The same key with "
      "another request is IDEMPOTENCY_MISMATCH. A person who wants money back asks the shop.";
  routes.add(std::move(create), {output<RefundRecord>(201, "The refund as it was made")},
             [refunds](const IdCall<CreateRefundRequest>& call) {
               return refundCreated<RefundRecord>(call.ask(refunds(), messageOf(call)));
             });
}

void addRefundReading(RouteTable& routes, const RefundActorOf& refunds) {
  routes.add(paymentRoute(HttpMethod::get, "/payments/{id}/refunds", "paymentRefunds",
                          "The refunds of a payment, newest first",
                          {ErrorCode::paymentNotFound, ErrorCode::cursorInvalid}),
             ok("A page of refunds"), [refunds](const QueryCall<RefundsOfPayment, IdPath>& call) {
               ListRefundsRequest list;
               list.context = call.context;
               list.paymentId = call.path.id;
               list.limit = call.query.limit;
               list.cursor = call.query.cursor;
               return shown(call.ask(refunds(), std::move(list)), call.query.limit);
             });
  routes.add(paymentRoute(HttpMethod::get, "/refunds/{id}", "refund", "One refund", {ErrorCode::notFound}),
             ok("The refund"), asks<IdCall<>, FindRefundRequest>(refunds));
}

}  // namespace

void addRefundRoutes(RouteTable& routes, const PaymentRoutesConfig& config) {
  const auto refunds = wherePaymentsEnabled(config.enabled, config.refunds);
  addRefundCreation(routes, refunds);
  addRefundReading(routes, refunds);
}

}  // namespace ks
