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
ObjectSchema<ResetPasswordInput> schemaFor(Of<ResetPasswordInput> of);

struct DeviceLinkInput {
  std::string identifier;
};
ObjectSchema<DeviceLinkInput> schemaFor(Of<DeviceLinkInput> of);

struct TrustDeviceInput {
  SecretText token;
  TokenTransport transport = TokenTransport::bearer;
};
ObjectSchema<TrustDeviceInput> schemaFor(Of<TrustDeviceInput> of);

struct TrustDeviceOutput {
  std::string status;
  std::optional<SecretText> deviceToken;
};
ObjectSchema<TrustDeviceOutput> schemaFor(Of<TrustDeviceOutput> of);

struct OwnPasswordInput {
  SecretText currentPassword;
  SecretText newPassword;
  bool revokeOtherSessions = true;
  bool keepKeys = false;
};
ObjectSchema<OwnPasswordInput> schemaFor(Of<OwnPasswordInput> of);

struct ChangeEmailInput {
  std::string newEmail;
  SecretText password;
};
ObjectSchema<ChangeEmailInput> schemaFor(Of<ChangeEmailInput> of);

struct ProfileInput {
  std::optional<std::string> displayName;
  std::optional<std::string> locale;
  std::optional<std::string> username;
  std::optional<JsonText> metadata;
};
ObjectSchema<ProfileInput> schemaFor(Of<ProfileInput> of);

struct ConfigOutput {
  bool signupOpen = true;
  bool emailVerification = true;
  std::string passwordPolicy;
  std::vector<std::string> mfaMethods;
  std::vector<std::string> locales;
};
ObjectSchema<ConfigOutput> schemaFor(Of<ConfigOutput> of);

}  // namespace ks
