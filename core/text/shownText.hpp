#pragma once
#include <optional>
#include <string>
#include <string_view>

// Text that people see and compare visually.
namespace ks {

/// The name of a person or a thing: NFC, without white space around it. Nothing when it is blank, or holds a
/// control character, an invisible one, or one that turns the direction of what follows. Joiners are kept
/// inside the words of scripts that need them, and in emoji.
[[nodiscard]] std::optional<std::string> normalizeShownText(std::string_view text);

/// Every character can be seen: no white space either, and no joiners.
[[nodiscard]] bool isVisible(std::string_view text);

/// Letters, marks and digits only, with `.`, `_` and `-`.
[[nodiscard]] bool isLettersAndDigits(std::string_view text);

/// Well-formed text of identifier characters of one script (or of those that are written together, UTS 39
/// "highly restrictive") with digits of one system, and nothing invisible.
[[nodiscard]] bool isUnambiguous(std::string_view text);

}  // namespace ks
