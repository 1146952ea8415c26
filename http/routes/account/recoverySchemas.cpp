#include "http/routes/account/recoverySchemas.hpp"

#include "http/routes/account/accountFields.hpp"

namespace ks {

const ObjectSchema<ResetPasswordInput>& resetPasswordInputSchema() {
  static const auto schema = ObjectSchema<ResetPasswordInput>("ResetPasswordInput")
                                 .field("token", &ResetPasswordInput::token, linkTokenRules())
                                 .field("password", &ResetPasswordInput::password, passwordRules())
                                 .field("keep_keys", &ResetPasswordInput::keepKeys, keepKeysRules());
  return schema;
}

const ObjectSchema<DeviceLinkInput>& deviceLinkInputSchema() {
  static const auto schema = ObjectSchema<DeviceLinkInput>("DeviceLinkInput")
                                 .field("identifier", &DeviceLinkInput::identifier, identifierRules());
  return schema;
}

const ObjectSchema<TrustDeviceInput>& trustDeviceInputSchema() {
  static const auto schema =
      ObjectSchema<TrustDeviceInput>("TrustDeviceInput")
          .field("token", &TrustDeviceInput::token, linkTokenRules())
          .field("transport", &TrustDeviceInput::transport,
                 EnumNames<TokenTransport>{{TokenTransport::bearer, "bearer"},
                                           {TokenTransport::cookie, "cookie"}},
                 rules().optional().describe("cookie: for browsers; the device token comes in one"));
  return schema;
}

const ObjectSchema<TrustDeviceOutput>& trustDeviceOutputSchema() {
  static const auto schema =
      ObjectSchema<TrustDeviceOutput>("TrustDeviceOutput")
          .field("status", &TrustDeviceOutput::status)
          .field("device_token", &TrustDeviceOutput::deviceToken,
                 rules().describe("with transport bearer: send it as device.id with the sign-in"));
  return schema;
}

const ObjectSchema<OwnPasswordInput>& ownPasswordInputSchema() {
  static const auto schema =
      ObjectSchema<OwnPasswordInput>("OwnPasswordInput")
          .field("current_password", &OwnPasswordInput::currentPassword, passwordRules())
          .field("new_password", &OwnPasswordInput::newPassword, passwordRules())
          .field("revoke_other_sessions", &OwnPasswordInput::revokeOtherSessions, rules().optional())
          .field("keep_keys", &OwnPasswordInput::keepKeys, keepKeysRules());
  return schema;
}

const ObjectSchema<ChangeEmailInput>& changeEmailInputSchema() {
  static const auto schema = ObjectSchema<ChangeEmailInput>("ChangeEmailInput")
                                 .field("new_email", &ChangeEmailInput::newEmail, emailRules())
                                 .field("password", &ChangeEmailInput::password, passwordRules());
  return schema;
}

const ObjectSchema<ProfileInput>& profileInputSchema() {
  static const auto schema =
      ObjectSchema<ProfileInput>("ProfileInput", "What is left out stays as it is")
          .field("display_name", &ProfileInput::displayName, displayNameRules())
          .field("locale", &ProfileInput::locale, localeRules())
          .field("username", &ProfileInput::username, usernameRules())
          .field("metadata", &ProfileInput::metadata,
                 rules().length(0, 8192).describe("replaces the whole object; at most 8192 bytes as JSON"));
  return schema;
}

const ObjectSchema<ConfigOutput>& configOutputSchema() {
  static const auto schema =
      ObjectSchema<ConfigOutput>("AuthConfig", "What a client has to know before anybody is signed in")
          .field("signup_open", &ConfigOutput::signupOpen)
          .field("email_verification", &ConfigOutput::emailVerification,
                 rules().describe("an account has to be confirmed by mail before its first sign-in"))
          .field("password_policy", &ConfigOutput::passwordPolicy,
                 rules().describe("path of the password policy"))
          .field("mfa_methods", &ConfigOutput::mfaMethods)
          .field("locales", &ConfigOutput::locales);
  return schema;
}

}  // namespace ks
