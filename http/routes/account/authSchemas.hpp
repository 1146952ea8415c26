#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/routing/listSchema.hpp"
#include "http/schema/jsonTextCodec.hpp"
#include "http/schema/objectSchema.hpp"
#include "http/server/httpMessage.hpp"
#include "messages/account/accountMessages.hpp"

// The bodies of the account routes.
namespace ks {

struct RegisterInput {
  std::string email;
  SecretText password;
  std::string username;
  std::string displayName;
  std::string locale = "en";
};
const ObjectSchema<RegisterInput>& registerInputSchema();

struct TokenInput {
  SecretText token;
};
const ObjectSchema<TokenInput>& tokenInputSchema();

struct EmailInput {
  std::string email;
};
const ObjectSchema<EmailInput>& emailInputSchema();

struct DeviceInput {
  std::string id;
  std::string name;
};
struct LoginInput {
  std::string identifier;
  SecretText password;
  TokenTransport transport = TokenTransport::bearer;
  bool remember = true;
  std::optional<DeviceInput> device;
};
const ObjectSchema<LoginInput>& loginInputSchema();

struct ChangePasswordInput {
  std::string identifier;
  SecretText currentPassword;
  SecretText newPassword;
  bool keepKeys = false;
  std::optional<SecretText> totp;
  std::optional<SecretText> recoveryCode;
};
const ObjectSchema<ChangePasswordInput>& changePasswordInputSchema();

struct RefreshInput {
  std::optional<SecretText> refreshToken;
};
const ObjectSchema<RefreshInput>& refreshInputSchema();

/// The browser in whose name a server asks.
struct BrowserInput {
  std::string ip;
  std::string userAgent;
  std::string deviceId;
};
struct DelegatedRefreshInput {
  SecretText refreshToken;
  BrowserInput browser;
};
const ObjectSchema<DelegatedRefreshInput>& delegatedRefreshInputSchema();

struct LogoutAllInput {
  bool keepCurrent = false;
  bool keepKeys = false;
};
const ObjectSchema<LogoutAllInput>& logoutAllInputSchema();

struct RevokedOutput {
  std::uint64_t revoked = 0;
};
const ObjectSchema<RevokedOutput>& revokedOutputSchema();

struct SessionScopeQuery {
  std::string scope;
  bool keepKeys = false;
};
const ObjectSchema<SessionScopeQuery>& sessionScopeQuerySchema();

struct SessionPath {
  Uuid id;
};
const ObjectSchema<SessionPath>& sessionPathSchema();

struct StatusOutput {
  std::string status;
};
const ObjectSchema<StatusOutput>& statusOutputSchema();

struct UserOutput {
  Uuid id;
  std::string email;
  bool emailVerified = false;
  std::string username;
  std::string displayName;
  std::string locale;
  UserStatus status = UserStatus::pending;
  std::vector<std::string> roles;
  std::vector<std::string> permissions;
  bool mfaEnabled = false;
  bool passwordChangeRequired = false;
  std::string pendingEmail;
  JsonText metadata;
  TimePoint createdAt;
  TimePoint updatedAt;
};
UserOutput userOutput(const UserRecord& user);
const ObjectSchema<UserOutput>& userOutputSchema();
/// With the version as ETag.
HttpResponse ownUserAnswer(const UserRecord& user);

/// Tokens are there with transport "bearer" only; with "cookie" they travel in cookies alone. Nobody is
/// signed in yet where the status is mfa_required.
struct LoginOutput {
  std::string status = "authenticated";
  std::optional<Uuid> sessionId;
  std::optional<std::string> tokenType;
  std::uint32_t expiresIn = 0;
  std::optional<SecretText> accessToken;
  std::optional<SecretText> refreshToken;
  std::optional<std::uint32_t> refreshExpiresIn;
  std::optional<std::string> csrfToken;
  std::optional<SecretText> deviceToken;
  std::optional<SecretText> mfaToken;
  std::optional<std::vector<std::string>> methods;
  std::optional<int> recoveryCodesLeft;
  std::optional<std::vector<SecretText>> recoveryCodes;
  std::optional<UserOutput> user;
};
const ObjectSchema<LoginOutput>& loginOutputSchema();

struct CsrfOutput {
  std::string csrfToken;
};
const ObjectSchema<CsrfOutput>& csrfOutputSchema();

struct SessionOutput {
  Uuid id;
  bool current = false;
  TimePoint createdAt;
  TimePoint lastSeenAt;
  std::string ip;
  std::string userAgent;
  std::string deviceName;
  int aal = 1;
  TimePoint expiresAt;
};
struct SessionListOutput {
  std::vector<SessionOutput> data;
  PageOutput page;
};
const ObjectSchema<SessionListOutput>& sessionListOutputSchema();

}  // namespace ks
