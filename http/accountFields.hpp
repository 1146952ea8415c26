#pragma once
#include <string>
#include <string_view>

#include "http/fieldRules.hpp"

// Rules of the fields that several account schemas have.
namespace ks {

FieldRules emailRules();
FieldRules usernameRules();
FieldRules localeRules();
/// Longer than any password may be, so that the policy itself can say "too long".
FieldRules passwordRules();
/// A one-time token out of a mail.
FieldRules linkTokenRules();

/// Addresses are compared in their normal form; anything else is a user name and taken as it is.
std::string normalIdentifier(const std::string& identifier);

}  // namespace ks
