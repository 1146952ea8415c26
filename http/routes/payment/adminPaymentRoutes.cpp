#include "http/routes/payment/adminPaymentRoutes.hpp"

#include <utility>

#include "http/routes/payment/adminPaymentSchemas.hpp"
#include "http/routing/controlSpec.hpp"

// There is nothing to decide: the storage is asked, as for the monitoring.
namespace ks {
namespace {

RouteSpec adminPaymentRoute(const std::string& path, std::string operationId, std::string summary,
                            std::vector<ErrorCode> errors = {}) {
  return adminRoute(HttpMethod::get, "/payments" + path, std::move(operationId), std::move(summary),
                    "payments", RouteAccess::needs("payments:read"), std::move(errors));
}

template <class Shown, class Row>
std::vector<Shown> shownAs(std::vector<Row> rows) {
  std::vector<Shown> shown;
  shown.reserve(rows.size());
  for (auto& row : rows) {
    shown.push_back({std::move(row)});
  }
  return shown;
}

template <class Call>
PaymentPage listedPayments(const MonitoringRoutesConfig& config, const Call& call) {
  return call.askStorage(config.storage(), ListPayments{call.query});
}

template <class Call>
AdminPayment onePayment(const MonitoringRoutesConfig& config, const Call& call) {
  return {foundOr(call.askStorage(config.storage(), FindPayment{.id = call.path.id}),
                  ErrorCode::paymentNotFound)};
}

template <class Call>
ListAnswer<PaymentEventRecord> eventsOfPayment(const MonitoringRoutesConfig& config, const Call& call) {
  return wholeList(foundOr(call.askStorage(config.storage(), ListPaymentEvents{.id = call.path.id}),
                           ErrorCode::paymentNotFound));
}

ListAnswer<AdminPayment> paymentListOf(PaymentPage page, std::uint32_t limit) {
  return pageOf(shownAs<AdminPayment>(std::move(page.rows)), limit, std::move(page.nextCursor));
}

AuditFields exportedPayments(const AdminPaymentQuery& query, std::size_t count) {
  const auto idText = [](const std::optional<Uuid>& id) { return id ? id->toString() : std::string{}; };
  auto what = ExportFilters{}
                  .text("status", query.status ? paymentStatusName(*query.status) : "")
                  .text("method", query.method ? paymentMethodName(*query.method) : "")
                  .text("user_id", idText(query.userId))
                  .text("created_by", idText(query.createdBy))
                  .text("merchant_ref", query.merchantRef)
                  .time("from", query.from)
                  .time("to", query.to);
  return std::move(what).with(count, query.cursor);
}

AuditFields exportedEntries(const ListLedgerEntries& query, std::size_t count) {
  auto what = ExportFilters{}
                  .text("account", query.account)
                  .text("payment_id", query.paymentId ? query.paymentId->toString() : std::string{});
  return std::move(what).with(count, query.cursor);
}

/// JSON, or a file with one line for each row.
template <class Row>
std::vector<RouteOutput> listOrFile(const std::string& description) {
  RouteOutput csv{200, description, nullptr, "text/csv"};
  csv.hasNextCursor = true;
  return {output<ListAnswer<Row>>(200, description), std::move(csv)};
}

void addPaymentLists(RouteTable& routes, const MonitoringRoutesConfig& config, const ExportNote& note) {
  routes.add(
      described(adminPaymentRoute("", "adminPayments", "Everybody's payments, newest first",
                                  {ErrorCode::cursorInvalid}),
                "As CSV a payment is one line, in which amounts are columns of their own. Each page of "
                "it is recorded in the audit trail (payments.export)."),
      listOrFile<AdminPayment>("A page of payments"),
      [config, note](const QueryCall<AdminPaymentQuery>& call) -> HttpResponse {
        auto page = listedPayments(config, call);
        const auto limit = call.query.limit;
        if (!prefersCsv(call.request.header("Accept"))) {
          return listAnswer(call.request, paymentListOf(std::move(page), limit));
        }
        noteExport(note, call.context, "payments.export", exportedPayments(call.query, page.rows.size()));
        return listAnswer(call.request, pageOf(shownAs<PaymentLine>(std::move(page.rows)), limit,
                                               std::move(page.nextCursor)));
      });
  routes.add(adminPaymentRoute("/{id}", "adminPayment", "One payment", {ErrorCode::paymentNotFound}),
             ok("The payment; ETag is its version"),
             [config](const IdCall<>& call) { return onePayment(config, call); });
  routes.add(
      adminPaymentRoute("/{id}/events", "adminPaymentEvents",
                        "The history of a payment, oldest first, at most 500", {ErrorCode::paymentNotFound}),
      ok("The history"), [config](const IdCall<>& call) { return eventsOfPayment(config, call); });
}

void addLedger(RouteTable& routes, const MonitoringRoutesConfig& config, const ExportNote& note) {
  routes.add(described(adminPaymentRoute("/ledger/accounts", "ledgerAccounts",
                                         "The accounts of the ledger, and whether it is balanced"),
                       "The ledger has two sides. What customers pay is a debit of `bank:bri:clearing` and a "
                       "credit of `merchant:payable`; what does not fit a payment is a credit of "
                       "`suspense:unmatched` until somebody decides."),
             ok("The ledger"), [config](const RequestCall<>& call) {
               return call.askStorage(config.storage(), ListLedgerAccounts{});
             });
  routes.add(
      described(
          adminPaymentRoute("/ledger/entries", "ledgerEntries", "The entries of the ledger, newest first",
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
        return listAnswer(call.request, pageOf(shownAs<LedgerLine>(std::move(page.rows)), call.query.limit,
                                               std::move(page.nextCursor)));
      });
}

RouteSpec paymentControl(const std::string& path, std::string operationId, std::string summary,
                         std::vector<ErrorCode> errors = {}) {
  auto spec =
      controlSpec(HttpMethod::get, "/control/payments" + path, std::move(operationId), std::move(summary));
  spec.errors = std::move(errors);
  return spec;
}

}  // namespace

void addAdminPaymentRoutes(RouteTable& routes, const MonitoringRoutesConfig& config, const ExportNote& note) {
  addPaymentLists(routes, config, note);
  addLedger(routes, config, note);
}

void addPaymentControlRoutes(RouteTable& routes, const MonitoringRoutesConfig& config) {
  routes.add(paymentControl("", "controlPayments", "Payments, newest first", {ErrorCode::cursorInvalid}),
             ok("A page of payments"), [config](const QueryCall<AdminPaymentQuery>& call) {
               return paymentListOf(listedPayments(config, call), call.query.limit);
             });
  routes.add(paymentControl("/{id}", "controlPayment", "One payment", {ErrorCode::paymentNotFound}),
             ok("The payment"), [config](const IdCall<>& call) { return onePayment(config, call); });
  routes.add(
      paymentControl("/{id}/events", "controlPaymentEvents", "Its history", {ErrorCode::paymentNotFound}),
      ok("The history"), [config](const IdCall<>& call) { return eventsOfPayment(config, call); });
  routes.add(paymentControl("/ledger/accounts", "controlLedgerAccounts", "The ledger"), ok("The ledger"),
             [config](const RequestCall<>& call) {
               return call.askStorage(config.storage(), ListLedgerAccounts{});
             });
  routes.add(paymentControl("/ledger/entries", "controlLedgerEntries", "Its entries, newest first",
                            {ErrorCode::cursorInvalid}),
             ok("A page of entries"), asksStorage<ListLedgerEntries, QueryCall<ListLedgerEntries>>(config));
}

}  // namespace ks
