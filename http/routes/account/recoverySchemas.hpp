#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/secretText.hpp"
#include "http/schema/jsonTextCodec.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/account/accountMessages.hpp"

// The bodies of the recovery routes.
namespace ks {

struct ResetPasswordInput {
  SecretText token;
  SecretText password;
  bool keepKeys = false;
};
const ObjectSchema<ResetPasswordInput>& resetPasswordInputSchema();

struct DeviceLinkInput {
  std::string identifier;
};
const ObjectSchema<DeviceLinkInput>& deviceLinkInputSchema();

struct TrustDeviceInput {
  SecretText token;
  TokenTransport transport = TokenTransport::bearer;
};
const ObjectSchema<TrustDeviceInput>& trustDeviceInputSchema();

struct TrustDeviceOutput {
  std::string status;
  std::optional<SecretText> deviceToken;
};
const ObjectSchema<TrustDeviceOutput>& trustDeviceOutputSchema();

struct OwnPasswordInput {
  SecretText currentPassword;
  SecretText newPassword;
  bool revokeOtherSessions = true;
  bool keepKeys = false;
};
const ObjectSchema<OwnPasswordInput>& ownPasswordInputSchema();

struct ChangeEmailInput {
  std::string newEmail;
  SecretText password;
};
const ObjectSchema<ChangeEmailInput>& changeEmailInputSchema();

struct ProfileInput {
  std::optional<std::string> displayName;
  std::optional<std::string> locale;
  std::optional<std::string> username;
  std::optional<JsonText> metadata;
};
const ObjectSchema<ProfileInput>& profileInputSchema();

struct ConfigOutput {
  bool signupOpen = true;
  bool emailVerification = true;
  std::string passwordPolicy;
  std::vector<std::string> mfaMethods;
  std::vector<std::string> locales;
};
const ObjectSchema<ConfigOutput>& configOutputSchema();

}  // namespace ks
