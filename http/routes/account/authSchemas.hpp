#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/routing/listAnswer.hpp"
#include "http/schema/jsonTextCodec.hpp"
#include "http/schema/objectSchema.hpp"
#include "http/server/httpMessage.hpp"
#include "messages/account/accountMessages.hpp"
#include "messages/account/keyMessages.hpp"

// The bodies of the account routes.
namespace ks {

struct RegisterInput {
  std::string email;
  SecretText password;
  std::string username;
  std::string displayName;
  std::string locale = "en";
};
ObjectSchema<RegisterInput> schemaFor(Of<RegisterInput> of);

struct TokenInput {
  SecretText token;
};
ObjectSchema<TokenInput> schemaFor(Of<TokenInput> of);

struct EmailInput {
  std::string email;
};
ObjectSchema<EmailInput> schemaFor(Of<EmailInput> of);

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
ObjectSchema<LoginInput> schemaFor(Of<LoginInput> of);

struct ChangePasswordInput {
  std::string identifier;
  SecretText currentPassword;
  SecretText newPassword;
  bool keepKeys = false;
  std::optional<SecretText> totp;
  std::optional<SecretText> recoveryCode;
};
ObjectSchema<ChangePasswordInput> schemaFor(Of<ChangePasswordInput> of);

struct RefreshInput {
  std::optional<SecretText> refreshToken;
};
ObjectSchema<RefreshInput> schemaFor(Of<RefreshInput> of);

/// The browser on whose behalf a server calls.
struct BrowserInput {
  std::string ip;
  std::string userAgent;
  std::string deviceId;
};
struct DelegatedRefreshInput {
  SecretText refreshToken;
  BrowserInput browser;
};
ObjectSchema<DelegatedRefreshInput> schemaFor(Of<DelegatedRefreshInput> of);

struct LogoutAllInput {
  bool keepCurrent = false;
  bool keepKeys = false;
};
ObjectSchema<LogoutAllInput> schemaFor(Of<LogoutAllInput> of);

ObjectSchema<SessionsRevoked> schemaFor(Of<SessionsRevoked> of);

struct SessionScopeQuery {
  std::string scope;
  bool keepKeys = false;
};
ObjectSchema<SessionScopeQuery> schemaFor(Of<SessionScopeQuery> of);

struct StatusOutput {
  std::string status;
};
ObjectSchema<StatusOutput> schemaFor(Of<StatusOutput> of);

ObjectSchema<UserRecord> schemaFor(Of<UserRecord> of);

/// Tokens are present with transport "bearer" only; with "cookie" they are only in cookies. Nobody is
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
  std::optional<UserRecord> user;
};
ObjectSchema<LoginOutput> schemaFor(Of<LoginOutput> of);

struct CsrfOutput {
  std::string csrfToken;
};
ObjectSchema<CsrfOutput> schemaFor(Of<CsrfOutput> of);

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
ObjectSchema<SessionOutput> schemaFor(Of<SessionOutput> of);

EnumNames<UserStatus> namesFor(Of<UserStatus> of);

}  // namespace ks
