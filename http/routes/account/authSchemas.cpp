#include "http/routes/account/authSchemas.hpp"

#include "core/limits.hpp"
#include "http/routes/account/accountFields.hpp"

namespace ks {
const ObjectSchema<RegisterInput>& registerInputSchema() {
  static const auto schema =
      ObjectSchema<RegisterInput>("RegisterInput", "A new account")
          .field("email", &RegisterInput::email, emailRules())
          .field("password", &RegisterInput::password, passwordRules().describe("15 to 256 characters, any"))
          .field("username", &RegisterInput::username, usernameRules().optional())
          .field("display_name", &RegisterInput::displayName, displayNameRules().optional())
          .field("locale", &RegisterInput::locale, localeRules().optional());
  return schema;
}

const ObjectSchema<TokenInput>& tokenInputSchema() {
  static const auto schema = ObjectSchema<TokenInput>("TokenInput", "A token out of a mail")
                                 .field("token", &TokenInput::token, linkTokenRules());
  return schema;
}

const ObjectSchema<EmailInput>& emailInputSchema() {
  static const auto schema =
      ObjectSchema<EmailInput>("EmailInput").field("email", &EmailInput::email, emailRules());
  return schema;
}

const ObjectSchema<LoginInput>& loginInputSchema() {
  static const auto device = ObjectSchema<DeviceInput>("DeviceInput", "What the caller says of its device")
                                 .field("id", &DeviceInput::id, rules().length(1, 128))
                                 .field("name", &DeviceInput::name, shownNameRules(0, 100).optional());
  static const auto schema =
      ObjectSchema<LoginInput>("LoginInput", "A sign-in with a password")
          .field("identifier", &LoginInput::identifier, identifierRules())
          .field("password", &LoginInput::password, passwordRules())
          .field("transport", &LoginInput::transport,
                 EnumNames<TokenTransport>{{TokenTransport::bearer, "bearer"},
                                           {TokenTransport::cookie, "cookie"}},
                 rules().optional().describe(
                     "cookie: for browsers; the tokens come in cookies and never in the body"))
          .field("remember", &LoginInput::remember, rules().optional())
          .field("device", &LoginInput::device, device);
  return schema;
}

const ObjectSchema<ChangePasswordInput>& changePasswordInputSchema() {
  static const auto schema =
      ObjectSchema<ChangePasswordInput>("ChangePasswordInput")
          .field("identifier", &ChangePasswordInput::identifier, identifierRules())
          .field("current_password", &ChangePasswordInput::currentPassword, passwordRules())
          .field("new_password", &ChangePasswordInput::newPassword, passwordRules())
          .field("keep_keys", &ChangePasswordInput::keepKeys, keepKeysRules())
          .field("totp", &ChangePasswordInput::totp,
                 rules().length(1, 64).describe(
                     "needed where the account has a second factor, or recovery_code"))
          .field("recovery_code", &ChangePasswordInput::recoveryCode, rules().length(1, 64));
  return schema;
}

const ObjectSchema<RefreshInput>& refreshInputSchema() {
  static const auto schema =
      ObjectSchema<RefreshInput>("RefreshInput", "Empty where the token is in the cookie")
          .field("refresh_token", &RefreshInput::refreshToken, rules().length(1, 512));
  return schema;
}

const ObjectSchema<LogoutAllInput>& logoutAllInputSchema() {
  static const auto schema = ObjectSchema<LogoutAllInput>("LogoutAllInput")
                                 .field("keep_current", &LogoutAllInput::keepCurrent,
                                        rules().optional().describe("true: this session lives on"))
                                 .field("keep_keys", &LogoutAllInput::keepKeys, keepKeysRules());
  return schema;
}

const ObjectSchema<RevokedOutput>& revokedOutputSchema() {
  static const auto schema = ObjectSchema<RevokedOutput>("Revoked").field("revoked", &RevokedOutput::revoked);
  return schema;
}

const ObjectSchema<SessionScopeQuery>& sessionScopeQuerySchema() {
  static const auto schema = ObjectSchema<SessionScopeQuery>("SessionScopeQuery")
                                 .field("scope", &SessionScopeQuery::scope, rules().oneOf({"others"}))
                                 .field("keep_keys", &SessionScopeQuery::keepKeys, keepKeysRules());
  return schema;
}

const ObjectSchema<DelegatedRefreshInput>& delegatedRefreshInputSchema() {
  static const auto browser =
      ObjectSchema<BrowserInput>("BrowserInput", "The browser that asked the server")
          .field("ip", &BrowserInput::ip, addressRules())
          .field("user_agent", &BrowserInput::userAgent, rules().length(0, 256))
          .field("device_id", &BrowserInput::deviceId,
                 rules().optional().length(0, 128).describe("value of its cookie __Host-ks_dv"));
  static const auto schema =
      ObjectSchema<DelegatedRefreshInput>("DelegatedRefreshInput")
          .field("refresh_token", &DelegatedRefreshInput::refreshToken, rules().length(1, 512))
          .field("browser", &DelegatedRefreshInput::browser, browser);
  return schema;
}

const ObjectSchema<SessionPath>& sessionPathSchema() {
  static const auto schema = ObjectSchema<SessionPath>("SessionPath").field("id", &SessionPath::id);
  return schema;
}

const ObjectSchema<StatusOutput>& statusOutputSchema() {
  static const auto schema =
      ObjectSchema<StatusOutput>("StatusOutput").field("status", &StatusOutput::status);
  return schema;
}

UserOutput userOutput(const UserRecord& user) {
  UserOutput out;
  out.id = user.id;
  out.email = user.email;
  out.emailVerified = user.emailVerifiedAt.has_value();
  out.username = user.username;
  out.displayName = user.displayName;
  out.locale = user.locale;
  out.status = user.status;
  out.roles = user.roles;
  out.permissions = user.permissions;
  out.passwordChangeRequired = user.passwordChangeRequired;
  out.mfaEnabled = user.mfaEnabled;
  out.pendingEmail = user.pendingEmail;
  out.metadata = {user.metadata};
  out.createdAt = user.createdAt;
  out.updatedAt = user.updatedAt;
  return out;
}

const ObjectSchema<UserOutput>& userOutputSchema() {
  static const EnumNames<UserStatus> statusNames{{UserStatus::pending, "pending"},
                                                 {UserStatus::active, "active"},
                                                 {UserStatus::suspended, "suspended"},
                                                 {UserStatus::deleted, "deleted"}};
  static const auto schema = ObjectSchema<UserOutput>("User", "An account as its owner sees it")
                                 .field("id", &UserOutput::id)
                                 .field("email", &UserOutput::email)
                                 .field("email_verified", &UserOutput::emailVerified)
                                 .field("username", &UserOutput::username, rules().orNull())
                                 .field("display_name", &UserOutput::displayName, rules().orNull())
                                 .field("locale", &UserOutput::locale)
                                 .field("status", &UserOutput::status, statusNames)
                                 .field("roles", &UserOutput::roles)
                                 .field("permissions", &UserOutput::permissions)
                                 .field("mfa_enabled", &UserOutput::mfaEnabled)
                                 .field("password_change_required", &UserOutput::passwordChangeRequired)
                                 .field("pending_email", &UserOutput::pendingEmail,
                                        rules().orNull().describe("waits for its confirmation"))
                                 .field("metadata", &UserOutput::metadata)
                                 .field("created_at", &UserOutput::createdAt)
                                 .field("updated_at", &UserOutput::updatedAt);
  return schema;
}

HttpResponse ownUserAnswer(const UserRecord& user) {
  auto answer = HttpResponse::json(200, userOutputSchema(), userOutput(user));
  answer.setHeader("ETag", "\"" + std::to_string(user.version) + "\"");
  return answer;
}

const ObjectSchema<LoginOutput>& loginOutputSchema() {
  static const auto schema =
      ObjectSchema<LoginOutput>("LoginOutput",
                                "A session and, with transport bearer, its tokens; or mfa_required")
          .field("status", &LoginOutput::status,
                 rules()
                     .oneOf({"authenticated", "mfa_required"})
                     .describe("mfa_required: there is no session "
                               "yet, and only mfa_token, methods and expires_in come with it"))
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
                 rules().describe(
                     "after a sign-in with transport bearer: send it as device.id with the next one, "
                     "and others' failures do not lock it out"))
          .field("mfa_token", &LoginOutput::mfaToken, rules().describe("for POST /api/auth/mfa/verify"))
          .field("methods", &LoginOutput::methods, rules().describe("totp, recovery_code: what would do"))
          .field("recovery_codes_left", &LoginOutput::recoveryCodesLeft,
                 rules().describe("after a sign-in with one"))
          .field("recovery_codes", &LoginOutput::recoveryCodes,
                 rules().describe("after the confirmation of a factor; shown this once"))
          .field("user", &LoginOutput::user, userOutputSchema());
  return schema;
}

const ObjectSchema<CsrfOutput>& csrfOutputSchema() {
  static const auto schema =
      ObjectSchema<CsrfOutput>("CsrfOutput").field("csrf_token", &CsrfOutput::csrfToken);
  return schema;
}

const ObjectSchema<SessionListOutput>& sessionListOutputSchema() {
  static const auto session =
      ObjectSchema<SessionOutput>("Session")
          .field("id", &SessionOutput::id)
          .field("current", &SessionOutput::current, rules().describe("the session of this very call"))
          .field("created_at", &SessionOutput::createdAt)
          .field("last_seen_at", &SessionOutput::lastSeenAt)
          .field("ip", &SessionOutput::ip)
          .field("user_agent", &SessionOutput::userAgent)
          .field("device_name", &SessionOutput::deviceName)
          .field("aal", &SessionOutput::aal, rules().describe("1: one factor, 2: two"))
          .field("expires_at", &SessionOutput::expiresAt);
  static const auto schema = ObjectSchema<SessionListOutput>("SessionList")
                                 .field("data", &SessionListOutput::data, session)
                                 .field("page", &SessionListOutput::page, pageOutputSchema());
  return schema;
}

}  // namespace ks
