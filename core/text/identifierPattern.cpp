#include "core/text/identifierPattern.hpp"

#include "core/text/identifierFold.hpp"

namespace ks {

std::optional<std::string> normalizeIdentifierPattern(std::string_view text) {
  if (!text.starts_with('@')) {
    // A star may stand in an address; here it is meant for "any", which is not said so.
    return text.find('*') == std::string_view::npos ? normalizeEmail(text) : std::nullopt;
  }
  constexpr std::string_view kBelow = "@*.";
  const bool below = text.starts_with(kBelow);
  // Anybody's address there: a domain is what may stand in one.
  const auto address = normalizeEmail("a@" + std::string{text.substr(below ? kBelow.size() : 1)});
  if (!address) {
    return std::nullopt;
  }
  return std::string{below ? kBelow : "@"} + address->substr(2);
}

}  // namespace ks
