#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "http/schema/objectSchema.hpp"

namespace ks {

/// Percent-decoding; nothing if it is malformed, contains a NUL, or is not UTF-8. `plusIsSpace` for query
/// strings.
[[nodiscard]] std::optional<std::string> decodePercent(std::string_view text, bool plusIsSpace);

/// `a=1&b=2` as pairs; at most 64.
[[nodiscard]] Result<TextPairs> parseQuery(std::string_view query);

}  // namespace ks
