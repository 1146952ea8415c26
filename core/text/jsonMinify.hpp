#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace ks {

/// The JSON text without its white space outside strings (space, tab, LF, CR); every other byte stays: `1.50`,
/// `1E+2` and escapes are not touched. Nothing if a string has no end. Checks nothing else: what is no JSON
/// also gives a text. "" gives "".
[[nodiscard]] std::optional<std::string> minifyJson(std::string_view json);

}  // namespace ks
