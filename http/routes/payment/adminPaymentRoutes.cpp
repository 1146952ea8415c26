#include "http/routes/payment/adminPaymentRoutes.hpp"

#include <utility>

#include "http/routes/payment/adminPaymentSchemas.hpp"
#include "http/routes/payment/reconciliationSchemas.hpp"

namespace ks {
namespace {

AuditFields exportedPayments(const AdminPaymentQuery& query, std::size_t count) {
  auto what = ExportFilters{}
                  .text("status", filterText(query.status, &paymentStatusName))
                  .text("method", filterText(query.method, &paymentMethodName))
                  .text("user_id", filterText(query.userId))
                  .text("created_by", filterText(query.createdBy))
                  .text("merchant_ref", query.merchantRef)
                  .time("from", query.from)
                  .time("to", query.to);
  return std::move(what).with(count, query.cursor);
}

AuditFields exportedEntries(const ListLedgerEntries& query, std::size_t count) {
  auto what = ExportFilters{}.text("account", query.account).text("payment_id", filterText(query.paymentId));
  return std::move(what).with(count, query.cursor);
}

void addPaymentLists(RouteTable& routes, const MonitoringRoutesConfig& config, const ExportNote& note) {
  routes.add(
      described(adminPaymentRead("", "adminPayments", "Everybody's payments, newest first",
                                 {ErrorCode::cursorInvalid}),
                "As CSV a payment is one line, in which amounts are columns of their own. Each page of "
                "it is recorded in the audit trail (payments.export)."),
      listOrFile<AdminPayment>("A page of payments"),
      [config, note](const QueryCall<AdminPaymentQuery>& call) -> HttpResponse {
        auto page = call.askStorage(config.storage(), ListPayments{call.query});
        if (!prefersCsv(call.request.header("Accept"))) {
          return listAnswer(call.request, pageAs<AdminPayment>(std::move(page), call.query.limit));
        }
        noteExport(note, call.context, "payments.export", exportedPayments(call.query, page.rows.size()));
        return listAnswer(call.request, pageAs<PaymentLine>(std::move(page), call.query.limit));
      });
  routes.add(adminPaymentRead("/{id}", "adminPayment", "One payment", {ErrorCode::paymentNotFound}),
             ok("The payment; ETag is its version"), [config](const IdCall<>& call) {
               return AdminPayment{foundOr(call.askStorage(config.storage(), FindPayment{.id = call.path.id}),
                                           ErrorCode::paymentNotFound)};
             });
  routes.add(
      adminPaymentRead("/{id}/events", "adminPaymentEvents",
                       "The history of a payment, oldest first, at most 500", {ErrorCode::paymentNotFound}),
      ok("The history"), [config](const IdCall<>& call) {
        return wholeList(
            adminEventsOf(foundOr(call.askStorage(config.storage(), ListPaymentEvents{.id = call.path.id}),
                                  ErrorCode::paymentNotFound)));
      });
}

void addLedger(RouteTable& routes, const MonitoringRoutesConfig& config, const ExportNote& note) {
  routes.add(described(adminPaymentRead("/ledger/accounts", "ledgerAccounts",
                                        "The accounts of the ledger, and whether it is balanced"),
                       "The ledger has two sides. What customers pay is a debit of `bank:bri:clearing` and a "
                       "credit of `merchant:payable`; what does not fit a payment is a credit of "
                       "`suspense:unmatched` until somebody decides; what is being paid back is a credit of "
                       "`refunds:in_transit`."),
             ok("The ledger"), [config](const RequestCall<>& call) {
               return call.askStorage(config.storage(), ListLedgerAccounts{});
             });
  routes.add(
      described(
          adminPaymentRead("/ledger/entries", "ledgerEntries", "The entries of the ledger, newest first",
                           {ErrorCode::cursorInvalid}),
          "The entries of a transaction follow each other, in the order of their accounts. Each page as "
          "CSV is recorded in the audit trail (ledger.export)."),
      listOrFile<LedgerEntryRecord>("A page of entries"),
      [config, note](const QueryCall<ListLedgerEntries>& call) -> HttpResponse {
        auto page = call.askStorage(config.storage(), call.query);
        if (!prefersCsv(call.request.header("Accept"))) {
          return listAnswer(call.request, shown(std::move(page), call.query.limit));
        }
        noteExport(note, call.context, "ledger.export", exportedEntries(call.query, page.rows.size()));
        return listAnswer(call.request, pageAs<LedgerLine>(std::move(page), call.query.limit));
      });
}

void requirePayout(const DecidePaymentRequest& decision) {
  if (decision.verdict == PaymentVerdict::returnMoney && decision.bankReference.empty()) {
    throw FaultAnswer{fieldFault(ErrorCode::required, "bank_reference",
                                 "is required where money was returned: the bank's reference of the payout")};
  }
}

void addPaymentDecisions(RouteTable& routes, const AdminPaymentRoutesConfig& config) {
  auto decide = reconcilingPost("/{id}/decide", "decidePayment", "Decide about money that does not fit",
                                {ErrorCode::paymentNotFound, ErrorCode::conflict});
  decide.access = std::move(decide.access).recent();
  decide.ifMatch = IfMatchRule::required;
  decide.description =
      "Of a payment in `review`: `accept` makes what waits the merchant's, and the payment `paid`; `return` "
      "says that it was paid back to the customer with this reference of the bank, and the payment is "
      "`refunded`. Of what waits of a payment that is paid (somebody paid twice) likewise, and its status "
      "stays. `reverse` says that the bank took the money of a paid payment back: it is `reversed`. If-Match "
      "carries the version that was looked at: more money may have come since.";
  routes.add(std::move(decide), ok("The payment afterwards; ETag is its version"),
             [config](const IdCall<DecidePaymentRequest>& call) {
               requirePayout(call.body);
               return AdminPayment{call.ask(config.administration(), messageOf(call))};
             });
  routes.add(
      described(reconcilingPost("/{id}/sync", "askAboutPayment",
                                "Have the bank asked now what has become of a payment",
                                {ErrorCode::paymentNotFound}),
                "The answer does not wait for the bank: read the payment again."),
      accepted("The payment as it is; the question is planned"), [config](const IdCall<>& call) {
        return AdminPayment{call.ask(config.administration(), messageOf<AskAboutPaymentRequest>(call))};
      });
}

}  // namespace

void addAdminPaymentRoutes(RouteTable& routes, const AdminPaymentRoutesConfig& config,
                           const ExportNote& note) {
  addPaymentLists(routes, config.questions, note);
  addLedger(routes, config.questions, note);
  addPaymentDecisions(routes, config);
  addAdminRefundRoutes(routes, config, note);
  addReconciliationRoutes(routes, config, note);
  addInboxRoutes(routes, config);
}

}  // namespace ks
