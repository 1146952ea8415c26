#pragma once
#include <string>
#include <string_view>

#include "http/fieldRules.hpp"

// What the fields of an account accept, wherever they are given.
namespace ks {

[[nodiscard]] bool isUsername(std::string_view text);
[[nodiscard]] FieldRules emailRules();
[[nodiscard]] FieldRules usernameRules();
[[nodiscard]] FieldRules displayNameRules();
[[nodiscard]] FieldRules localeRules();
/// Longer than any password may be, so that the policy itself can say "too long".
[[nodiscard]] FieldRules passwordRules();
/// A one-time token out of a mail.
[[nodiscard]] FieldRules linkTokenRules();

/// Addresses are compared in their normal form; anything else is a user name and taken as it is.
[[nodiscard]] std::string normalIdentifier(const std::string& identifier);

/// An address, as text.
[[nodiscard]] FieldRules addressRules();

}  // namespace ks
