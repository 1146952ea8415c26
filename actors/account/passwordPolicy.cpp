#include "actors/account/passwordPolicy.hpp"

#include <algorithm>
#include <string>

#include "actors/account/commonPasswords.hpp"
#include "core/text/utf8.hpp"

namespace ks {
namespace {

Fault passwordFault(ErrorCode code, std::string_view field, std::string message) {
  return fieldFault(code, std::string{field}, std::move(message));
}

/// A context word counts if the rest of the password is shorter than half of it.
bool isMadeOf(const std::string& password, std::string_view word) {
  const auto lowered = lowerAscii(word);
  return lowered.size() >= 4 && password.find(lowered) != std::string::npos &&
         lowered.size() * 2 > password.size();
}

}  // namespace

std::vector<std::string_view> contextWordsOf(const UserRecord& user) {
  return {user.email, user.username, user.displayName, kServiceName};
}

Result<SecretText> normalizePassword(const SecretText& password, const PasswordPolicy& policy) {
  const auto text = password.reveal();
  // A code point takes at most four bytes; anything longer cannot be within the limit.
  if (text.empty() || text.size() > policy.maxLength * 4 || !isUtf8(text)) {
    return ErrorCode::invalidCredentials;
  }
  auto normal = normalizeNfc(text);
  if (!normal) {
    return ErrorCode::invalidCredentials;
  }
  return SecretText{std::move(*normal)};
}

SecretText otherThanNormal(const SecretText& typed, const SecretText& normal) {
  return typed.reveal() == normal.reveal() ? SecretText{} : typed;
}

Result<SecretText> checkNewPassword(const SecretText& password, std::string_view field,
                                    const std::vector<std::string_view>& contextWords, bool hasSecondFactor,
                                    const PasswordPolicy& policy) {
  const auto text = password.reveal();
  if (!isUtf8(text)) {
    return passwordFault(ErrorCode::invalidFormat, field, "The password is not valid UTF-8");
  }
  if (text.size() > policy.maxLength * 4 || countCodePoints(text) > policy.maxLength) {
    return passwordFault(ErrorCode::passwordTooLong, field,
                         "The password may have at most " + std::to_string(policy.maxLength) + " characters");
  }
  auto normal = normalizeNfc(text);
  if (!normal) {
    return passwordFault(ErrorCode::invalidFormat, field, "The password cannot be normalised");
  }
  const auto minLength = hasSecondFactor ? policy.minLengthWithSecondFactor : policy.minLength;
  if (countCodePoints(*normal) < minLength) {
    return passwordFault(ErrorCode::passwordTooShort, field,
                         "The password must have at least " + std::to_string(minLength) + " characters");
  }
  const auto lowered = lowerAscii(*normal);
  for (const auto word : contextWords) {
    const auto at = std::min(word.find('@'), word.size());
    const auto domain = word.substr(std::min(at + 1, word.size()));
    if (isMadeOf(lowered, word) || isMadeOf(lowered, word.substr(0, at)) || isMadeOf(lowered, domain) ||
        isMadeOf(lowered, domain.substr(0, domain.rfind('.')))) {
      return passwordFault(ErrorCode::passwordContextWord, field, {});
    }
  }
  if (commonPasswords().mayContain(lowered)) {
    return passwordFault(ErrorCode::passwordBreached, field, {});
  }
  return SecretText{std::move(*normal)};
}

}  // namespace ks
