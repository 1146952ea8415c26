#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/account/accountRecords.hpp"
#include "messages/platform/requestContext.hpp"

// Requests of HTTP to the account actors, and their answers. The form of inputs is already validated.
namespace ks {

enum class TokenTransport : std::uint8_t { bearer, cookie };

struct RegisterRequest {
  RequestContext context;
  std::string email;
  SecretText password;
  std::string username;
  std::string displayName;
  std::string locale = "en";
};

/// With the token of a mail.
struct TokenRequest {
  RequestContext context;
  SecretText token;
};
struct VerifyEmailRequest : TokenRequest {};

struct EmailRequest {
  RequestContext context;
  std::string email;
};
struct ResendVerificationRequest : EmailRequest {};

struct LoginRequest {
  RequestContext context;
  std::string identifier;
  SecretText password;
  TokenTransport transport = TokenTransport::bearer;
  bool remember = true;
};

struct SessionTokens {
  Uuid sessionId;
  SecretText accessToken;
  std::uint32_t accessExpiresInS = 0;
  SecretText refreshToken;
  std::uint32_t refreshExpiresInS = 0;
  TokenTransport transport = TokenTransport::bearer;
  std::string csrfToken;
  SecretText deviceToken;  ///< after a sign-in: the token of the device; empty after a refresh
};

/// The password was right; what is still required.
struct FactorDemand {
  SecretText token;  ///< goes with the code
  std::uint32_t expiresInS = 0;
  std::vector<std::string> methods;  ///< totp, recovery_code
};

struct LoginAnswer {
  SessionTokens tokens;
  std::shared_ptr<const UserRecord> user;
  std::shared_ptr<const FactorDemand> demand;  ///< set: there is no session yet, and nothing above
  std::optional<int> recoveryCodesLeft = {};   ///< after a sign-in with one
  std::vector<SecretText> recoveryCodes = {};  ///< new ones, shown only once
};

/// Changes the password with the old one as proof; needs no session, so it resolves
/// PASSWORD_CHANGE_REQUIRED.
struct ChangePasswordRequest {
  RequestContext context;
  std::string identifier;
  SecretText currentPassword;
  SecretText newPassword;
  bool keepKeys = false;
  std::optional<SecretText> totp;  ///< one of them if the account has a second factor
  std::optional<SecretText> recoveryCode;
};

struct RefreshRequest {
  RequestContext context;
  SecretText refreshToken;
};

/// Ends the session that the context's principal is signed in with.
struct LogoutRequest : PlainRequest {};

struct ListSessionsRequest : PlainRequest {};

struct RevokeSessionRequest : IdRequest {};

/// Makes an active superadmin whose one-time password must be changed at the first sign-in.
struct CreateAdministratorRequest {
  RequestContext context;
  std::string email;
  bool onlyIfNone = false;
};
struct CreateAdministratorAnswer {
  CreateAdministratorOutcome outcome = CreateAdministratorOutcome::exists;
  std::string email;
  SecretText oneTimePassword;  ///< empty unless created
};

/// Resolves an access token: checks signature, time and that the session is live.
struct AuthenticateRequest {
  RequestContext context;
  SecretText accessToken;
};
struct Authenticated {
  std::shared_ptr<const Principal> principal;
  std::shared_ptr<const UserRecord> user;
  TokenTransport transport = TokenTransport::bearer;
  /// The request comes from another device than the session's. Checked where required: see
  /// admitCaller().
  bool otherDevice = false;
};

/// Tells the gateway the owner of an access token, by which it counts requests.
struct CacheSession {
  RequestContext context;
  SessionRecord session;
  std::string accessTokenSha256;  ///< hex
  std::uint32_t accessTokenTtlS = 0;
};
/// Tells every process that these sessions have ended.
struct ForgetSessions {
  RequestContext context;
  Uuid userId;
  std::vector<Uuid> sessionIds;
};

}  // namespace ks
