#include <utility>

#include "http/routes/payment/adminPaymentRoutes.hpp"
#include "http/routes/payment/adminPaymentSchemas.hpp"
#include "http/routes/payment/reconciliationSchemas.hpp"

// What kctl asks, as the operator.
namespace ks {
namespace {

void addPaymentsForOperator(RouteTable& routes, const AdminPaymentRoutesConfig& config) {
  routes.add(paymentControl(HttpMethod::get, "", "controlPayments", "Payments, newest first",
                            {ErrorCode::cursorInvalid}),
             ok("A page of payments"), [config](const QueryCall<AdminPaymentQuery>& call) {
               return pageAs<AdminPayment>(
                   call.askStorage(config.questions.storage(), ListPayments{call.query}), call.query.limit);
             });
  routes.add(
      paymentControl(HttpMethod::get, "/{id}", "controlPayment", "One payment", {ErrorCode::paymentNotFound}),
      ok("The payment"), [config](const IdCall<>& call) {
        return AdminPayment{
            foundOr(call.askStorage(config.questions.storage(), FindPayment{.id = call.path.id}),
                    ErrorCode::paymentNotFound)};
      });
  routes.add(paymentControl(HttpMethod::get, "/{id}/events", "controlPaymentEvents", "Its history",
                            {ErrorCode::paymentNotFound}),
             ok("The history"), [config](const IdCall<>& call) {
               return wholeList(adminEventsOf(
                   foundOr(call.askStorage(config.questions.storage(), ListPaymentEvents{.id = call.path.id}),
                           ErrorCode::paymentNotFound)));
             });
  routes.add(
      paymentControl(HttpMethod::post, "/{id}/sync", "controlAskAboutPayment", "Have the bank asked about it",
                     {ErrorCode::paymentNotFound}),
      accepted("The payment as it is"), [config](const IdCall<>& call) {
        return AdminPayment{call.ask(config.administration(), messageOf<AskAboutPaymentRequest>(call))};
      });
  routes.add(paymentControl(HttpMethod::get, "/ledger/accounts", "controlLedgerAccounts", "The ledger"),
             ok("The ledger"), [config](const RequestCall<>& call) {
               return call.askStorage(config.questions.storage(), ListLedgerAccounts{});
             });
  routes.add(paymentControl(HttpMethod::get, "/ledger/entries", "controlLedgerEntries",
                            "Its entries, newest first", {ErrorCode::cursorInvalid}),
             ok("A page of entries"),
             asksStorage<ListLedgerEntries, QueryCall<ListLedgerEntries>>(config.questions));
}

void addRefundsForOperator(RouteTable& routes, const AdminPaymentRoutesConfig& config) {
  routes.add(paymentControl(HttpMethod::get, "/refunds", "controlRefunds", "Refunds, newest first",
                            {ErrorCode::paymentNotFound, ErrorCode::cursorInvalid}),
             ok("A page of refunds"), [config](const QueryCall<AdminRefundQuery>& call) {
               return pageAs<AdminRefund>(call.ask(config.refunds(), messageOf<ListRefundsRequest>(call)),
                                          call.query.limit);
             });
  routes.add(paymentControl(HttpMethod::post, "/refunds/{id}/complete", "controlCompleteRefund",
                            "Record that a refund was paid out", {ErrorCode::notFound, ErrorCode::conflict}),
             ok("The refund afterwards"), [config](const IdCall<CompleteRefundRequest>& call) {
               return AdminRefund{call.ask(config.administration(), messageOf(call))};
             });
}

void addReconciliationForOperator(RouteTable& routes, const AdminPaymentRoutesConfig& config) {
  routes.add(paymentControl(HttpMethod::post, "/reconciliation/runs", "controlReconcile",
                            "Compare a day with the bank's report", {ErrorCode::outOfRange}),
             accepted("The run, which waits"), asks<RequestCall<ReconcileRequest>>(config.administration));
  routes.add(paymentControl(HttpMethod::get, "/reconciliation/runs/{id}", "controlReconciliationRun",
                            "One comparison", {ErrorCode::notFound}),
             ok("The run"), [config](const IdCall<>& call) {
               return foundOr(
                   call.askStorage(config.questions.storage(), FindReconciliationRun{call.path.id}),
                   ErrorCode::notFound);
             });
  routes.add(paymentControl(HttpMethod::get, "/reconciliation/items", "controlReconciliationItems",
                            "Differences, newest first", {ErrorCode::cursorInvalid}),
             ok("A page of differences"),
             asksStorage<ListReconciliationItems, QueryCall<ListReconciliationItems>>(config.questions));
}

}  // namespace

void addPaymentControlRoutes(RouteTable& routes, const AdminPaymentRoutesConfig& config) {
  addPaymentsForOperator(routes, config);
  addRefundsForOperator(routes, config);
  addReconciliationForOperator(routes, config);
}

}  // namespace ks
