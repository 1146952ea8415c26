#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/text/pageCursor.hpp"
#include "http/schema/objectSchema.hpp"
#include "http/server/httpMessage.hpp"

namespace ks {

struct PageOutput {
  std::optional<std::string> nextCursor;
  bool hasMore = false;
  std::uint32_t limit = 0;
  std::optional<std::uint64_t> total;  ///< if the caller requested a count
};
ObjectSchema<PageOutput> schemaFor(Of<PageOutput> of);

inline constexpr const char* kNextCursorHeader = "X-Next-Cursor";
inline constexpr const char* kCsvContentType = "text/csv; charset=utf-8; header=present";

/// Whether `Accept` prefers text/csv to application/json (RFC 9110, 12.5.1); what it does not say is JSON.
[[nodiscard]] bool prefersCsv(std::string_view accept);

/// Every list is answered so: `{"data": [row...], "page": {...}}`, or as CSV when the caller prefers that.
/// Not everything is there unless `page` says so.
template <class Row>
struct ListAnswer {
  std::vector<Row> data;
  PageOutput page;
};
template <class Row>
ObjectSchema<ListAnswer<Row>> schemaFor(Of<ListAnswer<Row>> /*of*/) {
  using List = ListAnswer<Row>;
  const auto& row = schemaOf<Row>();
  return ObjectSchema<List>(row.name() + "List", "A page of a list")
      .field("data", &List::data)
      .field("page", &List::page);
}

/// `nextCursor` is empty on the last page.
template <class Row>
[[nodiscard]] ListAnswer<Row> pageOf(std::vector<Row> rows, std::uint32_t limit, std::string nextCursor = {},
                                     std::optional<std::uint64_t> total = std::nullopt) {
  const bool hasMore = !nextCursor.empty();
  return {std::move(rows),
          {hasMore ? std::optional(std::move(nextCursor)) : std::nullopt, hasMore, limit, total}};
}
/// A list that has one page.
template <class Row>
[[nodiscard]] ListAnswer<Row> wholeList(std::vector<Row> rows) {
  const auto count = static_cast<std::uint32_t>(rows.size());
  return pageOf(std::move(rows), count);
}

template <class Row>
[[nodiscard]] HttpResponse listAnswer(const HttpRequest& request, const ListAnswer<Row>& list) {
  HttpResponse answer;
  if (prefersCsv(request.header("Accept"))) {
    answer = HttpResponse::text(200, kCsvContentType, {});
    schemaOf<Row>().writeCsvHeader(answer.body);
    for (const auto& row : list.data) {
      schemaOf<Row>().writeCsvRow(answer.body, row);
    }
    if (list.page.nextCursor) {
      answer.setHeader(kNextCursorHeader, *list.page.nextCursor);
    }
  } else {
    answer = HttpResponse::json(200, list);
  }
  answer.setHeader("Vary", "Accept");
  return answer;
}

/// What a query for a page has: `struct BansQuery : PageQuery { … };` with pageFields() in its schema.
struct PageQuery {
  std::uint32_t limit = 50;
  std::string cursor;
};
[[nodiscard]] inline FieldRules cursorRules() {
  return rules().optional().length(1, kPageCursorCharacters).describe("next_cursor of the previous page");
}
template <class T>
ObjectSchema<T> pageFields(ObjectSchema<T> schema, double most = 500) {
  return schema.field("limit", &T::limit, rules().optional().range(1, most))
      .field("cursor", &T::cursor, cursorRules());
}

}  // namespace ks
