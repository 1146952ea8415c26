#include "http/authSchemas.hpp"

#include "core/emailAddress.hpp"

namespace ks {
namespace {

bool isEmail(std::string_view text) { return normalizeEmail(text).has_value(); }

bool isUsername(std::string_view text) {
  if (text.size() < 3 || text.size() > 32) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool inner = i > 0 && i + 1 < text.size() && (c == '.' || c == '_' || c == '-');
    if (!letterOrDigit && !inner) {
      return false;
    }
  }
  return true;
}

FieldRules emailRules() {
  return rules()
      .length(3, 254)
      .format(TextFormat::email)
      .accept(&isEmail, "^[^@\\s]+@[^@\\s]+$", ErrorCode::invalidEmail)
      .example("\"ann@example.org\"");
}

// Longer than any password may be, so that the policy itself can say "too long".
FieldRules passwordRules() { return rules().length(1, 1024).example("\"correct horse battery staple\""); }

}  // namespace

const ObjectSchema<RegisterInput>& registerInputSchema() {
  static const auto schema =
      ObjectSchema<RegisterInput>("RegisterInput", "A new account")
          .field("email", &RegisterInput::email, emailRules())
          .field("password", &RegisterInput::password, passwordRules().describe("15 to 256 characters, any"))
          .field("username", &RegisterInput::username,
                 rules().optional().length(3, 32).accept(&isUsername,
                                                         "^[A-Za-z0-9][A-Za-z0-9._-]{1,30}[A-Za-z0-9]$"))
          .field("display_name", &RegisterInput::displayName, rules().optional().length(1, 100))
          .field("locale", &RegisterInput::locale, rules().optional().oneOf({"en", "id"}));
  return schema;
}

const ObjectSchema<TokenInput>& tokenInputSchema() {
  static const auto schema = ObjectSchema<TokenInput>("TokenInput", "A token out of a mail")
                                 .field("token", &TokenInput::token, rules().length(1, 256));
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
                                 .field("name", &DeviceInput::name, rules().optional().length(0, 100));
  static const auto schema =
      ObjectSchema<LoginInput>("LoginInput", "A sign-in with a password")
          .field("identifier", &LoginInput::identifier,
                 rules().length(1, 254).describe("e-mail address or user name"))
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
          .field("identifier", &ChangePasswordInput::identifier, rules().length(1, 254))
          .field("current_password", &ChangePasswordInput::currentPassword, passwordRules())
          .field("new_password", &ChangePasswordInput::newPassword, passwordRules());
  return schema;
}

const ObjectSchema<RefreshInput>& refreshInputSchema() {
  static const auto schema =
      ObjectSchema<RefreshInput>("RefreshInput", "Empty where the token is in the cookie")
          .field("refresh_token", &RefreshInput::refreshToken, rules().length(1, 512));
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
                                 .field("created_at", &UserOutput::createdAt)
                                 .field("updated_at", &UserOutput::updatedAt);
  return schema;
}

const ObjectSchema<LoginOutput>& loginOutputSchema() {
  static const auto schema =
      ObjectSchema<LoginOutput>("LoginOutput", "A session and, with transport bearer, its tokens")
          .field("status", &LoginOutput::status)
          .field("session_id", &LoginOutput::sessionId)
          .field("token_type", &LoginOutput::tokenType)
          .field("expires_in", &LoginOutput::expiresIn,
                 rules().describe("seconds until the access token expires"))
          .field("access_token", &LoginOutput::accessToken)
          .field("refresh_token", &LoginOutput::refreshToken)
          .field("refresh_expires_in", &LoginOutput::refreshExpiresIn, rules().describe("seconds"))
          .field("csrf_token", &LoginOutput::csrfToken,
                 rules().describe("with transport cookie: for the X-CSRF-Token header"))
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
