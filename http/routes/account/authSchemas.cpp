#include "http/routes/account/authSchemas.hpp"

#include "core/limits.hpp"
#include "http/routes/account/accountFields.hpp"
#include "http/schema/networkRules.hpp"

namespace ks {
ObjectSchema<RegisterRequest> schemaFor(Of<RegisterRequest> /*of*/) {
  return ObjectSchema<RegisterRequest>("RegisterInput", "A new account")
      .field("email", &RegisterRequest::email, emailRules())
      .field("password", &RegisterRequest::password,
             passwordRules().describe("15 to 256 characters of any kind"))
      .field("username", &RegisterRequest::username, usernameRules().optional())
      .field("display_name", &RegisterRequest::displayName, displayNameRules().optional())
      .field("locale", &RegisterRequest::locale, localeRules().optional());
}

ObjectSchema<TokenRequest> schemaFor(Of<TokenRequest> /*of*/) {
  return ObjectSchema<TokenRequest>("TokenInput", "A token from a mail")
      .field("token", &TokenRequest::token, linkTokenRules());
}

ObjectSchema<EmailRequest> schemaFor(Of<EmailRequest> /*of*/) {
  return ObjectSchema<EmailRequest>("EmailInput", "An e-mail address")
      .field("email", &EmailRequest::email, emailRules());
}

ObjectSchema<DeviceInput> schemaFor(Of<DeviceInput> /*of*/) {
  return ObjectSchema<DeviceInput>("DeviceInput", "The caller's device")
      .field("id", &DeviceInput::id, rules().length(1, 128))
      .field("name", &DeviceInput::name, shownNameRules(0, 100).optional());
}

ObjectSchema<LoginInput> schemaFor(Of<LoginInput> /*of*/) {
  return ObjectSchema<LoginInput>("LoginInput", "A sign-in with a password")
      .field("identifier", &LoginInput::identifier, identifierRules())
      .field("password", &LoginInput::password, passwordRules())
      .field(
          "transport", &LoginInput::transport,
          EnumNames<TokenTransport>{{TokenTransport::bearer, "bearer"}, {TokenTransport::cookie, "cookie"}},
          rules().optional().describe(
              "cookie: for browsers; the tokens are in cookies and never in the body"))
      .field("remember", &LoginInput::remember, rules().optional())
      .field("device", &LoginInput::device);
}

ObjectSchema<ChangePasswordRequest> schemaFor(Of<ChangePasswordRequest> /*of*/) {
  return ObjectSchema<ChangePasswordRequest>(
             "ChangePasswordInput",
             "The current and the new password, and a code where there is a second factor")
      .field("identifier", &ChangePasswordRequest::identifier, identifierRules())
      .field("current_password", &ChangePasswordRequest::currentPassword, passwordRules())
      .field("new_password", &ChangePasswordRequest::newPassword, passwordRules())
      .field("keep_keys", &ChangePasswordRequest::keepKeys, keepKeysRules())
      .field("totp", &ChangePasswordRequest::totp,
             rules().length(1, 64).describe(
                 "required if the account has a second factor, or recovery_code instead"))
      .field("recovery_code", &ChangePasswordRequest::recoveryCode, rules().length(1, 64));
}

ObjectSchema<RefreshInput> schemaFor(Of<RefreshInput> /*of*/) {
  return ObjectSchema<RefreshInput>("RefreshInput", "Empty if the token is in the cookie")
      .field("refresh_token", &RefreshInput::refreshToken, rules().length(1, 512));
}

ObjectSchema<LogoutAllRequest> schemaFor(Of<LogoutAllRequest> /*of*/) {
  return ObjectSchema<LogoutAllRequest>("LogoutAllInput", "What of the account stays")
      .field("keep_current", &LogoutAllRequest::keepCurrent,
             rules().optional().describe("true: this session continues"))
      .field("keep_keys", &LogoutAllRequest::keepKeys, keepKeysRules());
}

ObjectSchema<SessionsRevoked> schemaFor(Of<SessionsRevoked> /*of*/) {
  return ObjectSchema<SessionsRevoked>("Revoked", "How many sessions ended")
      .field("revoked", &SessionsRevoked::count);
}

ObjectSchema<SessionScopeQuery> schemaFor(Of<SessionScopeQuery> /*of*/) {
  return ObjectSchema<SessionScopeQuery>("SessionScopeQuery")
      .field("scope", &SessionScopeQuery::scope, rules().oneOf({"others"}))
      .field("keep_keys", &SessionScopeQuery::keepKeys, keepKeysRules());
}

ObjectSchema<ClientInfo> schemaFor(Of<ClientInfo> /*of*/) {
  return ObjectSchema<ClientInfo>("BrowserInput", "The browser that asked the server")
      .field("ip", &ClientInfo::ip, addressRules())
      .field("user_agent", &ClientInfo::userAgent, rules().length(0, 256))
      .field("device_id", &ClientInfo::deviceId,
             rules().optional().length(0, 128).describe("value of its cookie __Host-ks_dv"));
}

ObjectSchema<DelegatedRefreshInput> schemaFor(Of<DelegatedRefreshInput> /*of*/) {
  return ObjectSchema<DelegatedRefreshInput>("DelegatedRefreshInput",
                                             "A refresh token and the browser in whose name it is used")
      .field("refresh_token", &DelegatedRefreshInput::refreshToken, rules().length(1, 512))
      .field("browser", &DelegatedRefreshInput::browser);
}

ObjectSchema<StatusOutput> schemaFor(Of<StatusOutput> /*of*/) {
  return ObjectSchema<StatusOutput>("StatusOutput", "What was done, in a word")
      .field("status", &StatusOutput::status);
}

EnumNames<UserStatus> namesFor(Of<UserStatus> /*of*/) {
  return {{UserStatus::pending, "pending"},
          {UserStatus::active, "active"},
          {UserStatus::suspended, "suspended"},
          {UserStatus::deleted, "deleted"}};
}

ObjectSchema<UserRecord> schemaFor(Of<UserRecord> /*of*/) {
  using User = UserRecord;
  return ObjectSchema<User>("User", "An account as its owner sees it")
      .field("id", &User::id)
      .field("email", &User::email)
      .computed("email_verified", [](const User& user) { return user.emailVerifiedAt.has_value(); })
      .field("username", &User::username, rules().orNull())
      .field("display_name", &User::displayName, rules().orNull())
      .field("locale", &User::locale)
      .field("status", &User::status)
      .field("roles", &User::roles)
      .field("permissions", &User::permissions)
      .field("mfa_enabled", &User::mfaEnabled)
      .field("password_change_required", &User::passwordChangeRequired)
      .field("pending_email", &User::pendingEmail, rules().orNull().describe("not yet confirmed"))
      .computed("metadata", [](const User& user) { return JsonText{user.metadata}; })
      .field("created_at", &User::createdAt)
      .field("updated_at", &User::updatedAt);
}

ObjectSchema<LoginOutput> schemaFor(Of<LoginOutput> /*of*/) {
  return ObjectSchema<LoginOutput>("LoginOutput",
                                   "A session and, with transport bearer, its tokens; or mfa_required")
      .field("status", &LoginOutput::status,
             rules()
                 .oneOf({"authenticated", "mfa_required"})
                 .describe("mfa_required: there is no session "
                           "yet, and only mfa_token, methods and expires_in are present"))
      .field("session_id", &LoginOutput::sessionId)
      .field("token_type", &LoginOutput::tokenType)
      .field("expires_in", &LoginOutput::expiresIn,
             rules().describe("seconds until the access token, or mfa_token, expires"))
      .field("access_token", &LoginOutput::accessToken, rules().length(0, limits::kAccessTokenBytes))
      .field("refresh_token", &LoginOutput::refreshToken)
      .field("refresh_expires_in", &LoginOutput::refreshExpiresIn, rules().describe("seconds"))
      .field("csrf_token", &LoginOutput::csrfToken,
             rules().describe("with transport cookie: for the X-CSRF-Token header"))
      .field("device_token", &LoginOutput::deviceToken,
             rules().describe("after a sign-in with transport bearer: send it as device.id at the next one, "
                              "so failed sign-ins of others do not lock it"))
      .field("mfa_token", &LoginOutput::mfaToken, rules().describe("for POST /api/auth/mfa/verify"))
      .field("methods", &LoginOutput::methods, rules().describe("accepted methods: totp, recovery_code"))
      .field("recovery_codes_left", &LoginOutput::recoveryCodesLeft,
             rules().describe("after a sign-in with a recovery code"))
      .field("recovery_codes", &LoginOutput::recoveryCodes,
             rules().describe("after the confirmation of a factor; shown only once"))
      .field("user", &LoginOutput::user);
}

ObjectSchema<CsrfOutput> schemaFor(Of<CsrfOutput> /*of*/) {
  return ObjectSchema<CsrfOutput>("CsrfOutput", "The token for the X-CSRF-Token header")
      .field("csrf_token", &CsrfOutput::csrfToken);
}

ObjectSchema<SessionOutput> schemaFor(Of<SessionOutput> /*of*/) {
  return ObjectSchema<SessionOutput>("Session", "A session of the caller")
      .field("id", &SessionOutput::id)
      .field("current", &SessionOutput::current, rules().describe("the session of this request"))
      .field("created_at", &SessionOutput::createdAt)
      .field("last_seen_at", &SessionOutput::lastSeenAt)
      .field("ip", &SessionOutput::ip)
      .field("user_agent", &SessionOutput::userAgent)
      .field("device_name", &SessionOutput::deviceName)
      .field("aal", &SessionOutput::aal, rules().describe("1: one factor, 2: two"))
      .field("expires_at", &SessionOutput::expiresAt);
}

}  // namespace ks
