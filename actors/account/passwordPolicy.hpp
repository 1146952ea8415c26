#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/secretText.hpp"
#include "messages/account/accountRecords.hpp"

namespace ks {

/// NIST SP 800-63B-4: length in code points, no composition rules, nothing truncated.
struct PasswordPolicy {
  std::size_t minLength = 15;
  std::size_t minLengthWithSecondFactor = 8;
  std::size_t maxLength = 256;
};

inline constexpr std::string_view kServiceName = "k-services";

/// The names of an account; views into `user`.
std::vector<std::string_view> contextWordsOf(const UserRecord& user);

/// The password in the form that is hashed (Unicode NFC), or why it is refused. `contextWords` are
/// the names of the account (address, user name): a password that consists of little else than one of
/// them, or than a part of an address, is refused. So are common passwords, in whatever case their ASCII
/// letters are. Faults name `field`.
Result<SecretText> checkNewPassword(const SecretText& password, std::string_view field,
                                    const std::vector<std::string_view>& contextWords, bool hasSecondFactor,
                                    const PasswordPolicy& policy);

/// The password in the form that is hashed, for comparing with a stored hash. Nothing when it could never
/// have been chosen.
Result<SecretText> normalizePassword(const SecretText& password, const PasswordPolicy& policy);

/// The password as it was typed where that is not its normal form, else nothing.
SecretText otherThanNormal(const SecretText& typed, const SecretText& normal);

}  // namespace ks
