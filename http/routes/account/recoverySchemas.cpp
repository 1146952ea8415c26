#include "http/routes/account/recoverySchemas.hpp"

#include "http/routes/account/accountFields.hpp"

namespace ks {

ObjectSchema<ResetPasswordRequest> schemaFor(Of<ResetPasswordRequest> /*of*/) {
  return ObjectSchema<ResetPasswordRequest>("ResetPasswordInput",
                                            "The token of the mail and the new password")
      .field("token", &ResetPasswordRequest::token, linkTokenRules())
      .field("password", &ResetPasswordRequest::password, passwordRules())
      .field("keep_keys", &ResetPasswordRequest::keepKeys, keepKeysRules());
}

ObjectSchema<DeviceLinkRequest> schemaFor(Of<DeviceLinkRequest> /*of*/) {
  return ObjectSchema<DeviceLinkRequest>("DeviceLinkInput", "Whose device is to be made known")
      .field("identifier", &DeviceLinkRequest::identifier, identifierRules());
}

ObjectSchema<TrustDeviceRequest> schemaFor(Of<TrustDeviceRequest> /*of*/) {
  return ObjectSchema<TrustDeviceRequest>("TrustDeviceInput", "The token of the mail")
      .field("token", &TrustDeviceRequest::token, linkTokenRules())
      .field(
          "transport", &TrustDeviceRequest::transport,
          EnumNames<TokenTransport>{{TokenTransport::bearer, "bearer"}, {TokenTransport::cookie, "cookie"}},
          rules().optional().describe("cookie: for browsers; the device token is in a cookie"));
}

ObjectSchema<TrustDeviceOutput> schemaFor(Of<TrustDeviceOutput> /*of*/) {
  return ObjectSchema<TrustDeviceOutput>("TrustDeviceOutput", "The device is known")
      .field("status", &TrustDeviceOutput::status)
      .field("device_token", &TrustDeviceOutput::deviceToken,
             rules().describe("with transport bearer: send it as device.id at sign-in"));
}

ObjectSchema<OwnPasswordRequest> schemaFor(Of<OwnPasswordRequest> /*of*/) {
  return ObjectSchema<OwnPasswordRequest>("OwnPasswordInput", "The current and the new password")
      .field("current_password", &OwnPasswordRequest::currentPassword, passwordRules())
      .field("new_password", &OwnPasswordRequest::newPassword, passwordRules())
      .field("revoke_other_sessions", &OwnPasswordRequest::endOtherSessions, rules().optional())
      .field("keep_keys", &OwnPasswordRequest::keepKeys, keepKeysRules());
}

ObjectSchema<ChangeEmailRequest> schemaFor(Of<ChangeEmailRequest> /*of*/) {
  return ObjectSchema<ChangeEmailRequest>("ChangeEmailInput", "The new address, and the password as proof")
      .field("new_email", &ChangeEmailRequest::newEmail, emailRules())
      .field("password", &ChangeEmailRequest::password, passwordRules());
}

ObjectSchema<UpdateProfileRequest> schemaFor(Of<UpdateProfileRequest> /*of*/) {
  return ObjectSchema<UpdateProfileRequest>("ProfileInput", "Absent fields are not changed")
      .field("display_name", &UpdateProfileRequest::displayName, displayNameRules())
      .field("locale", &UpdateProfileRequest::locale, localeRules())
      .field("username", &UpdateProfileRequest::username, usernameRules())
      .field("metadata", &UpdateProfileRequest::metadata,
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
