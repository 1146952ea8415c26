#include <algorithm>
#include <utility>

#include "persistence/postgres/monitoringCalls.hpp"
#include "persistence/postgres/payment/reconciliationRows.hpp"
#include "persistence/sql/keysetPage.hpp"

// The reconciliation as administrators read it.
namespace ks {
namespace {

constexpr std::uint32_t kMostListedReconciliations = 200;

// A cursor belongs to the filters that it was given out for.

std::string runListName(const ListReconciliationRuns& list) {
  return std::string{"reconciliationRuns|"} + (list.kind ? reconciliationKindName(*list.kind) : "") + "|" +
         (list.status ? reconciliationStatusName(*list.status) : "");
}

std::string itemListName(const ListReconciliationItems& list) {
  return "reconciliationItems|" + (list.runId ? list.runId->toString() : std::string{}) + "|" +
         (list.status ? reconciliationItemStatusName(*list.status) : "") + "|" +
         (list.what ? reconciliationClassName(*list.what) : "");
}

// A run's and the open ones have statements of their own: one plan for all would walk through every item.
#define KS_LIST_ITEMS(which)                                                           \
  "SELECT " KS_RECONCILIATION_ITEM_COLUMNS " FROM reconciliation_items i WHERE " which \
  " AND ($2::text IS NULL OR i.status = $2) "                                          \
  "AND ($3::text IS NULL OR i.class = $3) "                                            \
  "AND (i.created_at, i.id) < ($4, $5) ORDER BY i.created_at DESC, i.id DESC LIMIT $6"

SqlText itemListText(const ListReconciliationItems& list) {
  if (list.runId) {
    return repeatable(KS_LIST_ITEMS("i.run_id = $1"), "reconciliation.itemsOfRun");
  }
  if (list.status == ReconciliationItemStatus::open) {
    return repeatable(KS_LIST_ITEMS("$1::uuid IS NULL AND i.status = 'open'"), "reconciliation.itemsOpen");
  }
  return repeatable(KS_LIST_ITEMS("$1::uuid IS NULL"));
}

}  // namespace

SqlCall<ListReconciliationRuns> sqlCall(const ListReconciliationRuns& list) {
  constexpr const char* kSql = "SELECT " KS_RECONCILIATION_RUN_COLUMNS
                               " FROM reconciliation_runs r WHERE ($1::text IS NULL OR r.kind = $1) "
                               "AND ($2::text IS NULL OR r.status = $2) AND (r.created_at, r.id) < ($3, $4) "
                               "ORDER BY r.created_at DESC, r.id DESC LIMIT $5";
  const auto name = runListName(list);
  auto place = keysetPlace(name, list.cursor);
  if (!place.ok()) {
    return std::move(place.fault());
  }
  const auto limit = std::clamp<std::uint32_t>(list.limit, 1, kMostListedReconciliations);
  SqlParameters parameters;
  parameters.textOrNull(list.kind ? reconciliationKindName(*list.kind) : "")
      .textOrNull(list.status ? reconciliationStatusName(*list.status) : "")
      .time(place.value().before)
      .uuid(place.value().beforeId)
      .int8(limit + 1);
  return {repeatable(kSql), std::move(parameters), [name, limit](const SqlRows& rows) {
            ReconciliationRunPage page;
            page.rows = readAll<ReconciliationRun>(rows, readReconciliationRun);
            endKeysetPage(page, name, limit);
            return page;
          }};
}

SqlCall<FindReconciliationRun> sqlCall(const FindReconciliationRun& which) {
  constexpr const char* kSql =
      "SELECT " KS_RECONCILIATION_RUN_COLUMNS " FROM reconciliation_runs r WHERE r.id = $1";
  return {repeatable(kSql), std::move(SqlParameters().uuid(which.id)),
          [](const SqlRows& rows) { return readFirst<ReconciliationRun>(rows, readReconciliationRun); }};
}

SqlCall<ListReconciliationItems> sqlCall(const ListReconciliationItems& list) {
  const auto name = itemListName(list);
  auto place = keysetPlace(name, list.cursor);
  if (!place.ok()) {
    return std::move(place.fault());
  }
  const auto limit = std::clamp<std::uint32_t>(list.limit, 1, kMostListedReconciliations);
  SqlParameters parameters;
  parameters.optionalUuid(list.runId)
      .textOrNull(list.status ? reconciliationItemStatusName(*list.status) : "")
      .textOrNull(list.what ? reconciliationClassName(*list.what) : "")
      .time(place.value().before)
      .uuid(place.value().beforeId)
      .int8(limit + 1);
  return {itemListText(list), std::move(parameters), [name, limit](const SqlRows& rows) {
            ReconciliationItemPage page;
            page.rows = readAll<ReconciliationItem>(
                rows, [](const SqlRow& row) { return readReconciliationItem(row, 0); });
            endKeysetPage(page, name, limit);
            return page;
          }};
}

}  // namespace ks
