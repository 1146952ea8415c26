#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/routing/routeTable.hpp"
#include "http/schema/objectSchema.hpp"

namespace ks {

struct PageOutput {
  std::optional<std::string> nextCursor;
  bool hasMore = false;
  std::uint32_t limit = 0;
  std::optional<std::uint64_t> total;  ///< where the caller asked for a count
};
const ObjectSchema<PageOutput>& pageOutputSchema();

inline constexpr const char* kNextCursorHeader = "X-Next-Cursor";
inline constexpr const char* kCsvContentType = "text/csv; charset=utf-8; header=present";

/// Whether `Accept` prefers text/csv to application/json (RFC 9110, 12.5.1); what it does not say is JSON.
[[nodiscard]] bool prefersCsv(std::string_view accept);

/// A list that is answered page by page: `{"data": [row...], "page": {...}}`, or as CSV when the caller
/// prefers that. Like an ObjectSchema it is built once, in a function with a local static.
template <class Row>
class ListSchema {
 public:
  /// `row` must live as long as this schema.
  ListSchema(std::string name, const ObjectSchema<Row>& row) : row_(row), page_(std::move(name)) {
    page_.field("data", &Page::data, row).field("page", &Page::page, pageOutputSchema());
  }

  /// What a route's table entry says of its answers.
  [[nodiscard]] std::vector<RouteOutput> outputs(const std::string& description) const {
    auto json = output(200, description, page_);
    RouteOutput csv{200, description, nullptr, "text/csv"};
    csv.hasNextCursor = true;
    return {std::move(json), std::move(csv)};
  }

  /// `nextCursor` is empty on the last page.
  [[nodiscard]] HttpResponse answer(const HttpRequest& request, std::vector<Row> rows, std::uint32_t limit,
                                    std::string nextCursor,
                                    std::optional<std::uint64_t> total = std::nullopt) const {
    HttpResponse answer;
    if (prefersCsv(request.header("Accept"))) {
      answer = HttpResponse::text(200, kCsvContentType, csvOf(rows));
      if (!nextCursor.empty()) {
        answer.setHeader(kNextCursorHeader, std::move(nextCursor));
      }
    } else {
      Page page{std::move(rows), {std::nullopt, !nextCursor.empty(), limit, total}};
      if (!nextCursor.empty()) {
        page.page.nextCursor = std::move(nextCursor);
      }
      answer = HttpResponse::json(200, page_, page);
    }
    answer.setHeader("Vary", "Accept");
    return answer;
  }

 private:
  struct Page {
    std::vector<Row> data;
    PageOutput page;
  };

  [[nodiscard]] std::string csvOf(const std::vector<Row>& rows) const {
    std::string text;
    row_.writeCsvHeader(text);
    for (const auto& row : rows) {
      row_.writeCsvRow(text, row);
    }
    return text;
  }

  const ObjectSchema<Row>& row_;
  ObjectSchema<Page> page_;
};

}  // namespace ks
