#include "http/routes/account/recoverySchemas.hpp"

#include "http/routes/account/accountFields.hpp"

namespace ks {

ObjectSchema<ResetPasswordInput> schemaFor(Of<ResetPasswordInput> /*of*/) {
  return ObjectSchema<ResetPasswordInput>("ResetPasswordInput", "The token of the mail and the new password")
      .field("token", &ResetPasswordInput::token, linkTokenRules())
      .field("password", &ResetPasswordInput::password, passwordRules())
      .field("keep_keys", &ResetPasswordInput::keepKeys, keepKeysRules());
}

ObjectSchema<DeviceLinkInput> schemaFor(Of<DeviceLinkInput> /*of*/) {
  return ObjectSchema<DeviceLinkInput>("DeviceLinkInput", "Whose device is to be made known")
      .field("identifier", &DeviceLinkInput::identifier, identifierRules());
}

ObjectSchema<TrustDeviceInput> schemaFor(Of<TrustDeviceInput> /*of*/) {
  return ObjectSchema<TrustDeviceInput>("TrustDeviceInput", "The token of the mail")
      .field("token", &TrustDeviceInput::token, linkTokenRules())
      .field(
          "transport", &TrustDeviceInput::transport,
          EnumNames<TokenTransport>{{TokenTransport::bearer, "bearer"}, {TokenTransport::cookie, "cookie"}},
          rules().optional().describe("cookie: for browsers; the device token is in a cookie"));
}

ObjectSchema<TrustDeviceOutput> schemaFor(Of<TrustDeviceOutput> /*of*/) {
  return ObjectSchema<TrustDeviceOutput>("TrustDeviceOutput", "The device is known")
      .field("status", &TrustDeviceOutput::status)
      .field("device_token", &TrustDeviceOutput::deviceToken,
             rules().describe("with transport bearer: send it as device.id at sign-in"));
}

ObjectSchema<OwnPasswordInput> schemaFor(Of<OwnPasswordInput> /*of*/) {
  return ObjectSchema<OwnPasswordInput>("OwnPasswordInput", "The current and the new password")
      .field("current_password", &OwnPasswordInput::currentPassword, passwordRules())
      .field("new_password", &OwnPasswordInput::newPassword, passwordRules())
      .field("revoke_other_sessions", &OwnPasswordInput::revokeOtherSessions, rules().optional())
      .field("keep_keys", &OwnPasswordInput::keepKeys, keepKeysRules());
}

ObjectSchema<ChangeEmailInput> schemaFor(Of<ChangeEmailInput> /*of*/) {
  return ObjectSchema<ChangeEmailInput>("ChangeEmailInput", "The new address, and the password as proof")
      .field("new_email", &ChangeEmailInput::newEmail, emailRules())
      .field("password", &ChangeEmailInput::password, passwordRules());
}

ObjectSchema<ProfileInput> schemaFor(Of<ProfileInput> /*of*/) {
  return ObjectSchema<ProfileInput>("ProfileInput", "Absent fields are not changed")
      .field("display_name", &ProfileInput::displayName, displayNameRules())
      .field("locale", &ProfileInput::locale, localeRules())
      .field("username", &ProfileInput::username, usernameRules())
      .field("metadata", &ProfileInput::metadata,
             rules().length(0, 8192).describe("replaces the whole object; at most 8192 bytes as JSON"));
}

ObjectSchema<ConfigOutput> schemaFor(Of<ConfigOutput> /*of*/) {
  return ObjectSchema<ConfigOutput>("AuthConfig", "Configuration of clients before sign-in")
      .field("signup_open", &ConfigOutput::signupOpen)
      .field("email_verification", &ConfigOutput::emailVerification,
             rules().describe("an account must be confirmed by mail before its first sign-in"))
      .field("password_policy", &ConfigOutput::passwordPolicy,
             rules().describe("path of the password policy"))
      .field("mfa_methods", &ConfigOutput::mfaMethods)
      .field("locales", &ConfigOutput::locales);
}

}  // namespace ks
