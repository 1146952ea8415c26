#include "http/routes/payment/paymentRoutes.hpp"

#include <algorithm>
#include <utility>

#include "http/routes/payment/paymentRoute.hpp"
#include "http/routes/payment/refundRoutes.hpp"
#include "http/routing/asks.hpp"
#include "messages/platform/callerKind.hpp"

namespace ks {
namespace {

using PaymentActorOf = std::function<PaymentActor()>;

/// Without a bank nothing is offered; wherePaymentsEnabled() says so then.
void requireOffered(const PaymentRoutesConfig& config, PaymentMethod method) {
  if (!config.enabled()) {
    return;
  }
  const auto offered = config.methods();
  if (std::none_of(offered.begin(), offered.end(),
                   [method](const OfferedMethod& one) { return one.method == method; })) {
    throw FaultAnswer{fieldFault(ErrorCode::validationFailed, "method",
                                 "is not offered here; GET /api/payment/methods says what is")};
  }
}

HttpResponse createPayment(const PaymentRoutesConfig& config, const PaymentActorOf& payments,
                           const RequestCall<CreatePaymentRequest>& call) {
  if (call.body.userId && !isMachine(*call.context.principal)) {
    throw FaultAnswer{fieldFault(ErrorCode::validationFailed, "user_id",
                                 "only a machine says who is to pay; leave it out: the payment is your own")};
  }
  requireOffered(config, call.body.method);
  const auto answer = call.ask(payments(), messageOf(call));
  auto response = recordAnswer(201, answer.payment);
  if (answer.replayed) {
    response.setHeader(kReplayedHeader, "true");
  }
  return response;
}

void addPaymentCreation(RouteTable& routes, const PaymentRoutesConfig& config,
                        const PaymentActorOf& payments) {
  auto create = paymentRoute(
      HttpMethod::post, "/payments", "createPayment", "Ask for a payment",
      {ErrorCode::idempotencyInProgress, ErrorCode::idempotencyMismatch, ErrorCode::duplicateMerchantRef,
       ErrorCode::amountNotWhole, ErrorCode::outOfRange, ErrorCode::conflict});
  create.description =
      "It is stored before it is answered, and the bank is given a few seconds. What it has confirmed by "
      "then is `pending`, with `va` or `qr`; else the payment is `created`, the service goes on asking, and "
      "you read it again. It is never lost or made twice: after a timeout or a broken connection send the "
      "same request with the same Idempotency-Key, which answers the same status and body. The same key "
      "with another request is IDEMPOTENCY_MISMATCH.";
  create.needsIdempotencyKey = true;
  routes.add(std::move(create), {output<PaymentRecord>(201, "The payment; ETag is its version")},
             [config, payments](const RequestCall<CreatePaymentRequest>& call) {
               return createPayment(config, payments, call);
             });
}

void addPaymentReading(RouteTable& routes, const PaymentActorOf& payments) {
  routes.add(paymentRoute(HttpMethod::get, "/payments", "listPayments", "Payments, newest first",
                          {ErrorCode::cursorInvalid}),
             ok("A page of payments"), asks<QueryCall<ListPaymentsRequest>>(payments));
  routes.add(
      paymentRoute(HttpMethod::get, "/payments/{id}", "payment", "One payment", {ErrorCode::paymentNotFound}),
      ok("The payment; ETag is its version"), asks<IdCall<>, FindPaymentRequest>(payments));
  routes.add(
      paymentRoute(HttpMethod::get, "/payments/{id}/events", "paymentEvents",
                   "The history of a payment, oldest first, at most 500", {ErrorCode::paymentNotFound}),
      ok("The history"), asks<IdCall<>, ListPaymentEventsRequest>(payments));
}

void addPaymentChanges(RouteTable& routes, const PaymentActorOf& payments) {
  routes.add(
      described(
          paymentRoute(HttpMethod::post, "/payments/{id}/cancel", "cancelPayment", "Cancel a payment",
                       {ErrorCode::paymentNotFound, ErrorCode::notCancellable}),
          "While the bank removes the account the payment stays as it was, and is `cancelled` after that. "
          "Money that arrives all the same is booked, and the payment is `paid` and `late`."),
      ok("The payment afterwards"), asks<IdCall<>, CancelPaymentRequest>(payments));
  routes.add(
      described(
          paymentRoute(HttpMethod::post, "/payments/{id}/sync", "syncPayment",
                       "Ask the bank now whether it was paid",
                       {ErrorCode::paymentNotFound, ErrorCode::gatewayTimeout}),
          "Not necessary: the service asks by itself, and the bank reports. For whoever does not want to "
          "wait for either."),
      ok("The payment afterwards"), asks<IdCall<>, SyncPaymentRequest>(payments));
}

void addPaymentMethods(RouteTable& routes, const PaymentRoutesConfig& config) {
  routes.add({.path = "/api/payment/methods",
              .operationId = "paymentMethods",
              .summary = "How payments can be made here, and of which amounts",
              .description = "None where payments are not set up.",
              .tag = "payments",
              .access = RouteAccess::signedIn(),
              .keysNeed = "payments:read"},
             ok("The methods"), [config](const RequestCall<>&) {
               return wholeList(config.enabled() ? config.methods() : std::vector<OfferedMethod>{});
             });
}

}  // namespace

void addPaymentRoutes(RouteTable& routes, const PaymentRoutesConfig& config) {
  const auto payments = wherePaymentsEnabled(config.enabled, config.payments);
  addPaymentCreation(routes, config, payments);
  addPaymentReading(routes, payments);
  addPaymentChanges(routes, payments);
  addPaymentMethods(routes, config);
  addRefundRoutes(routes, config);
}

}  // namespace ks
