#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace ks {

/// The normal form of what a block names: one address (`ann@example.org`), every address of a domain
/// (`@example.org`), or of a domain and all below it (`@*.example.org`). Nothing when it is none of these.
[[nodiscard]] std::optional<std::string> normalizeIdentifierPattern(std::string_view text);

}  // namespace ks
