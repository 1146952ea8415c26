#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ks {

/// Well-formed by Unicode table 3-7: no overlong forms, no surrogates, nothing past U+10FFFF.
[[nodiscard]] bool isUtf8(std::string_view text) noexcept;

/// Code points of a well-formed text; of any other each bad byte counts as one.
[[nodiscard]] std::size_t countCodePoints(std::string_view text) noexcept;

/// The text with each maximal ill-formed piece replaced by U+FFFD.
[[nodiscard]] std::string replaceBadUtf8(std::string_view text);

/// The longest beginning of `text` that is at most `maxBytes` long and ends between code points.
[[nodiscard]] std::string_view cutUtf8(std::string_view text, std::size_t maxBytes) noexcept;

/// Normalisation form C; nothing when the text is not well-formed.
[[nodiscard]] std::optional<std::string> normalizeNfc(std::string_view text);

[[nodiscard]] bool isAscii(std::string_view text) noexcept;

/// ASCII letters in lower case, all else as it is.
[[nodiscard]] std::string lowerAscii(std::string_view text);

/// A control character (C0, DEL, C1) occurs in the well-formed text.
[[nodiscard]] bool hasControlCharacter(std::string_view text) noexcept;

}  // namespace ks
