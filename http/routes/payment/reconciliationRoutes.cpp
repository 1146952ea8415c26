#include "http/routes/payment/reconciliationSchemas.hpp"

#include <utility>

#include "http/routes/payment/adminPaymentRoutes.hpp"

namespace ks {
namespace {

AuditFields exportedItems(const ListReconciliationItems& query, std::size_t count) {
  auto what = ExportFilters{}
                  .text("run_id", filterText(query.runId))
                  .text("status", filterText(query.status, &reconciliationItemStatusName))
                  .text("class", filterText(query.what, &reconciliationClassName));
  return std::move(what).with(count, query.cursor);
}

void addRuns(RouteTable& routes, const AdminPaymentRoutesConfig& config) {
  routes.add(adminPaymentRead("/reconciliation/runs", "reconciliationRuns",
                              "Comparisons with the bank's report, newest first", {ErrorCode::cursorInvalid}),
             ok("A page of runs"),
             asksStorage<ListReconciliationRuns, QueryCall<ListReconciliationRuns>>(config.questions));
  routes.add(adminPaymentRead("/reconciliation/runs/{id}", "reconciliationRun", "One comparison",
                              {ErrorCode::notFound}),
             ok("The run"), [config](const IdCall<>& call) {
               return foundOr(
                   call.askStorage(config.questions.storage(), FindReconciliationRun{call.path.id}),
                   ErrorCode::notFound);
             });
  routes.add(
      described(reconcilingPost("/reconciliation/runs", "reconcilePayments",
                                "Compare a day with the bank's report", {ErrorCode::outOfRange}),
                "Each day is compared in the night after it, without being asked. The run waits for a "
                "process that talks to the bank: read it again. A second run over a day changes nothing "
                "more."),
      accepted("The run, which waits"), asks<RequestCall<ReconcileRequest>>(config.administration));
}

void addItems(RouteTable& routes, const AdminPaymentRoutesConfig& config, const ExportNote& note) {
  routes.add(described(adminPaymentRead("/reconciliation/items", "reconciliationItems",
                                        "Differences between the bank's books and ours, newest first",
                                        {ErrorCode::cursorInvalid}),
                       "What is `open` is for a person. Each page as CSV is recorded in the audit trail "
                       "(reconciliation.export)."),
             listOrFile<ReconciliationItem>("A page of differences"),
             [config, note](const QueryCall<ListReconciliationItems>& call) -> HttpResponse {
               auto page = call.askStorage(config.questions.storage(), call.query);
               if (!prefersCsv(call.request.header("Accept"))) {
                 return listAnswer(call.request, shown(std::move(page), call.query.limit));
               }
               noteExport(note, call.context, "reconciliation.export",
                          exportedItems(call.query, page.rows.size()));
               return listAnswer(call.request, pageAs<ReconciliationLine>(std::move(page), call.query.limit));
             });
  auto resolve = reconcilingPost("/reconciliation/items/{id}/resolve", "resolveReconciliationItem",
                                 "Note how a difference was settled",
                                 {ErrorCode::notFound, ErrorCode::conflict, ErrorCode::required});
  resolve.access = std::move(resolve.access).recent();
  resolve.description =
      "Of an orphan_credit it books that the money was given back. Nothing else is booked: what waits of a "
      "payment is decided there.";
  routes.add(std::move(resolve), ok("The difference afterwards"),
             asks<IdCall<ResolveItemRequest>>(config.administration));
}

}  // namespace

void addReconciliationRoutes(RouteTable& routes, const AdminPaymentRoutesConfig& config,
                             const ExportNote& note) {
  addRuns(routes, config);
  addItems(routes, config, note);
}

}  // namespace ks
