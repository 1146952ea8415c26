#include "core/text/identifierPattern.hpp"

#include "core/text/identifierFold.hpp"

namespace ks {

std::optional<std::string> normalizeIdentifierPattern(std::string_view text) {
  if (!text.starts_with('@')) {
    // A star is valid in an address; here it is probably meant as "any", which has another form.
    return text.find('*') == std::string_view::npos ? normalizeEmail(text) : std::nullopt;
  }
  constexpr std::string_view kBelow = "@*.";
  const bool below = text.starts_with(kBelow);
  // Any address of the domain: the domain must be valid in an address.
  const auto address = normalizeEmail("a@" + std::string{text.substr(below ? kBelow.size() : 1)});
  if (!address) {
    return std::nullopt;
  }
  return std::string{below ? kBelow : "@"} + address->substr(2);
}

}  // namespace ks
