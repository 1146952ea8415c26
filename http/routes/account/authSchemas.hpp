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

ObjectSchema<RegisterRequest> schemaFor(Of<RegisterRequest> of);

ObjectSchema<TokenRequest> schemaFor(Of<TokenRequest> of);

ObjectSchema<EmailRequest> schemaFor(Of<EmailRequest> of);

struct DeviceInput {
  std::string id;
  std::string name;
};
struct LoginInput : LoginRequest {
  std::optional<DeviceInput> device;
};
ObjectSchema<LoginInput> schemaFor(Of<LoginInput> of);

ObjectSchema<ChangePasswordRequest> schemaFor(Of<ChangePasswordRequest> of);

struct RefreshInput {
  std::optional<SecretText> refreshToken;
};
ObjectSchema<RefreshInput> schemaFor(Of<RefreshInput> of);

/// With the browser on whose behalf a server calls.
struct DelegatedRefreshInput : RefreshRequest {
  ClientInfo browser;
};
ObjectSchema<DelegatedRefreshInput> schemaFor(Of<DelegatedRefreshInput> of);

ObjectSchema<LogoutAllRequest> schemaFor(Of<LogoutAllRequest> of);

ObjectSchema<SessionsRevoked> schemaFor(Of<SessionsRevoked> of);

struct SessionScopeQuery : LogoutAllRequest {
  std::string scope;
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
