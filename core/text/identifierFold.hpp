#pragma once
#include <optional>
#include <string>
#include <string_view>

// The one form of identifiers of accounts. It is applied at input; everything behind it (storage, locks,
// blocks, limits, mail) compares bytes. A text that a second application would change has no form: it is not
// an identifier.
namespace ks {

/// NFC, ASCII letters of the local part in lower case, the domain as A-labels (normalizeDomain()). Nothing
/// if it is not an address: RFC 5321 lengths (64 before the `@`, 254 in all), dot-atom before it (letters
/// beyond ASCII of one script, RFC 6531), a host name of two labels or more after it. Quoted local parts,
/// comments, address literals, white space, invisible and bidirectional characters are refused.
[[nodiscard]] std::optional<std::string> normalizeEmail(std::string_view text);

/// A host name of two labels or more by UTS 46 (nontransitional) and IDNA2008, in lower case and A-labels.
/// Nothing when it is none, or when a label mixes scripts.
[[nodiscard]] std::optional<std::string> normalizeDomain(std::string_view text);

/// 3 to 32 letters and digits, in lower case, with `.`, `_` or `-` inside; letters beyond ASCII by their
/// compatible form and case fold, of one script. Never a text that looks like an address.
[[nodiscard]] std::optional<std::string> normalizeUsername(std::string_view text);

/// An address if it has an `@`, else a user name. Other texts are unchanged and match no account.
[[nodiscard]] std::string normalizeIdentifier(std::string_view text);

/// A search text of an administrator, in the form in which it would be stored: if it is an address or a
/// domain, or ends in one, that part is folded.
[[nodiscard]] std::string normalizeSearch(std::string_view text);

}  // namespace ks
