#pragma once
#include "http/schema/fieldRules.hpp"

// Rules for the fields of an account wherever they occur, and the form in which the values arrive
// (core/text/identifierFold.hpp, core/text/shownText.hpp).
namespace ks {

[[nodiscard]] FieldRules emailRules();
/// An e-mail address or a user name; other texts match no account.
[[nodiscard]] FieldRules identifierRules();
[[nodiscard]] FieldRules usernameRules();
/// Empty: none.
[[nodiscard]] FieldRules usernameOrNoneRules();
[[nodiscard]] FieldRules displayNameRules();
/// Empty: none.
[[nodiscard]] FieldRules displayNameOrNoneRules();
/// A name that its owner gives to a thing: a device, a key.
[[nodiscard]] FieldRules shownNameRules(std::size_t least, std::size_t most);
/// Search text for accounts, matched anywhere in an address, a user name or a display name.
[[nodiscard]] FieldRules userTextRules();
[[nodiscard]] FieldRules localeRules();
/// Longer than any valid password, so the policy itself can answer "too long".
[[nodiscard]] FieldRules passwordRules();
/// Whether the own keys stay valid when the sessions end.
[[nodiscard]] FieldRules keepKeysRules();
/// A one-time token out of a mail.
[[nodiscard]] FieldRules linkTokenRules();

}  // namespace ks
