#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/clockInterface.hpp"

namespace ks {

/// The last row of a page of a list that is ordered by time and then by a key of its own.
struct PageCursor {
  TimePoint at;
  std::string key;
};

/// Opaque text that a caller sends back for the next page. `list` names the list and all parameters that
/// select its rows: a cursor of another list or other filters, or a changed one, is invalid. This catches
/// mistakes, not attackers: the contents of a cursor are checked like any other input.
[[nodiscard]] std::string writePageCursor(std::string_view list, const PageCursor& cursor);
[[nodiscard]] std::optional<PageCursor> readPageCursor(std::string_view list, std::string_view text);

inline constexpr std::size_t kPageCursorCharacters = 512;

}  // namespace ks
