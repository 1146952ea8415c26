#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/text/pageCursor.hpp"
#include "core/uuid.hpp"

// Pages of lists in the order of their rows' `createdAt`, the newest first, and then of their `id`.
namespace ks {

/// A page's rows are those with (createdAt, id) below this.
struct KeysetPlace {
  TimePoint before{std::chrono::days{365 * 1000}};
  Uuid beforeId;
};

/// The position after `cursor`; the newest row if it is empty. cursorInvalid.
inline Result<KeysetPlace> keysetPlace(std::string_view list, std::string_view cursor) {
  KeysetPlace place;
  if (cursor.empty()) {
    return place;
  }
  const auto read = readPageCursor(list, cursor);
  const auto id = read ? Uuid::parse(read->key) : std::nullopt;
  if (!id) {
    return fieldFault(ErrorCode::cursorInvalid, "cursor",
                      "the cursor is not one that this list gave out for these filters");
  }
  place.before = read->at;
  place.beforeId = *id;
  return place;
}

/// Cuts a page that was read with one row more than `limit`, and sets its next cursor.
template <class Page>
void endKeysetPage(Page& page, std::string_view list, std::size_t limit) {
  if (page.rows.size() > limit) {
    page.rows.resize(limit);
    page.nextCursor = writePageCursor(list, {page.rows.back().createdAt, page.rows.back().id.toString()});
  }
}

}  // namespace ks
