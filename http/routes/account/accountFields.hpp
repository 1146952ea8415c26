#pragma once
#include "http/schema/fieldRules.hpp"

// What the fields of an account accept, wherever they are given, and the form in which they arrive behind
// (core/text/identifierFold.hpp, core/text/shownText.hpp).
namespace ks {

[[nodiscard]] FieldRules emailRules();
/// An e-mail address or a user name; what is neither names nobody.
[[nodiscard]] FieldRules identifierRules();
[[nodiscard]] FieldRules usernameRules();
/// Empty: none.
[[nodiscard]] FieldRules usernameOrNoneRules();
[[nodiscard]] FieldRules displayNameRules();
/// Empty: none.
[[nodiscard]] FieldRules displayNameOrNoneRules();
/// A name that its owner gives to a thing: a device, a key.
[[nodiscard]] FieldRules shownNameRules(std::size_t least, std::size_t most);
/// What accounts are searched by: text that may stand anywhere in an address, a user name or a display name.
[[nodiscard]] FieldRules userTextRules();
[[nodiscard]] FieldRules localeRules();
/// Longer than any password may be, so that the policy itself can say "too long".
[[nodiscard]] FieldRules passwordRules();
/// Whether the own keys outlive what ends the sessions.
[[nodiscard]] FieldRules keepKeysRules();
/// A one-time token out of a mail.
[[nodiscard]] FieldRules linkTokenRules();

}  // namespace ks
