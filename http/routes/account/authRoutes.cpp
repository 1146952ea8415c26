#include "http/routes/account/authRoutes.hpp"

#include <algorithm>
#include <utility>

#include "http/routes/account/accountFields.hpp"
#include "http/routes/account/authSchemas.hpp"
#include "http/routes/account/loginAnswer.hpp"
#include "http/routing/asks.hpp"
#include "http/routing/authentication.hpp"

namespace ks {
namespace {

constexpr std::chrono::seconds kHashingDeadline{15};
constexpr std::uint32_t kMostSessions = 100;

RouteOutput signedIn(const char* what) { return output<LoginOutput>(200, what); }

void addRegistrationRoutes(RouteTable& routes, const AuthRoutesConfig& config) {
  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/register",
              .operationId = "register",
              .summary = "Register an account",
              .description = "The answer is the same whether the address is free or taken; its owner gets a "
                             "mail in either case.",
              .tag = "registration",
              .errors = {ErrorCode::signupDisabled, ErrorCode::tooManyAttempts, ErrorCode::usernameTaken,
                         ErrorCode::passwordTooShort, ErrorCode::passwordTooLong,
                         ErrorCode::passwordContextWord, ErrorCode::passwordBreached},
              .deadline = kHashingDeadline},
             accepted("A mail will be sent"),
             asks<RequestCall<RegisterRequest>>(config.auth, StatusOutput{"verification_required"}));

  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/verify-email",
              .operationId = "verifyEmail",
              .summary = "Confirm an e-mail address with the token of the mail",
              .tag = "registration",
              .errors = {ErrorCode::linkInvalid, ErrorCode::linkExpired}},
             ok("Confirmed"),
             asks<RequestCall<TokenRequest>, VerifyEmailRequest>(config.auth, StatusOutput{"verified"}));

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/verify-email/resend",
       .operationId = "resendVerification",
       .summary = "Ask for another confirmation mail",
       .description = "Always accepted; a mail is sent only to an address that is not confirmed.",
       .tag = "registration",
       .errors = {ErrorCode::tooManyAttempts}},
      accepted("Accepted"),
      asks<RequestCall<EmailRequest>, ResendVerificationRequest>(config.auth, StatusOutput{"accepted"}));
}

void addSignInRoutes(RouteTable& routes, const AuthRoutesConfig& config) {
  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/login",
       .operationId = "login",
       .summary = "Sign in with a password",
       .description =
           "For an account with a second factor the answer has the status mfa_required and a token for POST "
           "/api/auth/mfa/verify; there is no session yet.",
       .tag = "session",
       .errors = {ErrorCode::invalidCredentials, ErrorCode::emailNotVerified, ErrorCode::accountSuspended,
                  ErrorCode::passwordChangeRequired, ErrorCode::tooManyAttempts, ErrorCode::overloaded},
       .deadline = kHashingDeadline},
      {signedIn("Signed in")}, [config](const RequestCall<LoginInput>& call) -> HttpResponse {
        LoginRequest request = messageOf<LoginRequest>(call);
        if (call.body.device) {
          if (request.context.client.deviceId.empty()) {
            request.context.client.deviceId = call.body.device->id;
          }
          request.context.client.deviceName = call.body.device->name;
        }
        return loginAnswer(call.ask(config.auth(), std::move(request)));
      });

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/password/change",
       .operationId = "changePassword",
       .summary = "Change the password with the current password as proof",
       .description =
           "Requires no session, so it resolves PASSWORD_CHANGE_REQUIRED. An account with a second factor "
           "also needs a code (MFA_REQUIRED). Ends every session and, without keep_keys, every key of the "
           "account.",
       .tag = "session",
       .errors = {ErrorCode::invalidCredentials, ErrorCode::mfaRequired, ErrorCode::mfaCodeInvalid,
                  ErrorCode::mfaCodeReused, ErrorCode::accountSuspended, ErrorCode::passwordTooShort,
                  ErrorCode::passwordTooLong, ErrorCode::passwordUnchanged, ErrorCode::passwordContextWord,
                  ErrorCode::passwordBreached, ErrorCode::conflict, ErrorCode::tooManyAttempts,
                  ErrorCode::overloaded},
       .deadline = kHashingDeadline},
      ok("Changed"), asks<RequestCall<ChangePasswordRequest>>(config.auth, StatusOutput{"password_changed"}));

  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/token/refresh",
              .operationId = "refreshTokens",
              .summary = "Exchange a refresh token for a new pair",
              .description = "The token comes in the body or in the cookie. Repeating the call within 10 "
                             "seconds gives the same refresh token again; using an old one later ends the "
                             "session.",
              .tag = "session",
              .csrf = CsrfRule::sameOrigin,
              .errors = {ErrorCode::refreshTokenInvalid, ErrorCode::refreshTokenReused,
                         ErrorCode::sessionExpired, ErrorCode::sessionRevoked, ErrorCode::accountSuspended}},
             {signedIn("New tokens")}, [config](const RequestCall<RefreshInput>& call) -> HttpResponse {
               auto token = call.body.refreshToken.value_or(
                   SecretText{std::string{call.request.cookie(kRefreshCookie)}});
               if (token.empty()) {
                 return ErrorCode::refreshTokenInvalid;
               }
               return loginAnswer(call.ask(config.auth(), RefreshRequest{call.context, std::move(token)}));
             });
}

void addDelegatedRefreshRoute(RouteTable& routes, const AuthRoutesConfig& config) {
  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/token/refresh/delegated",
              .operationId = "refreshTokensForBrowser",
              .summary = "Exchange a refresh token on behalf of a browser",
              .description = "For servers that render pages, with a key whose scope is sessions:refresh: the "
                             "session is bound to the browser's traits, not to the server's. Otherwise as "
                             "POST /api/auth/token/refresh.",
              .tag = "session",
              .access = RouteAccess::needs("sessions:refresh"),
              .errors = {ErrorCode::refreshTokenInvalid, ErrorCode::refreshTokenReused,
                         ErrorCode::sessionExpired, ErrorCode::sessionRevoked, ErrorCode::accountSuspended}},
             {signedIn("New tokens")},
             [config](const RequestCall<DelegatedRefreshInput>& call) -> HttpResponse {
               auto request = messageOf<RefreshRequest>(call);
               request.context.client = call.body.browser;
               return loginAnswer(call.ask(config.auth(), std::move(request)));
             });
}

HttpResponse signedOut(HttpResponse answer) {
  answer.clearCookie(kAccessCookie);
  answer.clearCookie(kRefreshCookie);
  return answer;
}

template <class Call>
SessionsRevoked endSessions(const AuthRoutesConfig& config, const Call& call, LogoutAllRequest request) {
  if (request.keepKeys) {
    valueOf(requireRecent(call.caller, config.clock.now()));
  }
  return call.ask(config.auth(), std::move(request));
}

void addSignOutRoutes(RouteTable& routes, const AuthRoutesConfig& config) {
  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/logout",
              .operationId = "logout",
              .summary = "End this session",
              .tag = "session",
              .access = RouteAccess::signedIn(),
              .impersonation = ImpersonationRule::open},
             {noBody(204, "Signed out")}, [config](const RequestCall<>& call) {
               call.ask(config.auth(), LogoutRequest{call.context});
               return signedOut(HttpResponse::empty());
             });

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/logout-all",
       .operationId = "logoutAll",
       .summary = "End every own session",
       .description = "The own API keys end too; keep_keys requires a sign-in within the last 10 minutes.",
       .tag = "session",
       .access = RouteAccess::signedIn(),
       .errors = {ErrorCode::reauthRequired, ErrorCode::stepUpRequired}},
      {output<SessionsRevoked>(200, "The number of ended sessions")},
      [config](const RequestCall<LogoutAllRequest>& call) {
        auto answer = HttpResponse::json(200, endSessions(config, call, messageOf(call)));
        return call.body.keepCurrent ? std::move(answer) : signedOut(std::move(answer));
      });

  routes.add(
      {.method = HttpMethod::del,
       .path = "/api/auth/sessions",
       .operationId = "revokeOtherSessions",
       .summary = "End all other own sessions",
       .description = "The own API keys end too; keep_keys requires a sign-in within the last 10 minutes.",
       .tag = "session",
       .access = RouteAccess::signedIn(),
       .errors = {ErrorCode::reauthRequired, ErrorCode::stepUpRequired}},
      noContent("Ended"), [config](const QueryCall<SessionScopeQuery>& call) {
        auto request = messageOf<LogoutAllRequest>(call);
        request.keepCurrent = true;
        return endSessions(config, call, std::move(request));
      });
}

void addOwnRoutes(RouteTable& routes, const AuthRoutesConfig& config) {
  routes.add({.path = "/api/auth/me",
              .operationId = "me",
              .summary = "The signed-in user",
              .tag = "session",
              .access = RouteAccess::signedIn(),
              .quick = true,
              .keysMayCall = true},
             ok("The user"),
             [](const RequestCall<>& call) -> const UserRecord& { return *call.caller.user; });

  routes.add({.path = "/api/auth/csrf",
              .operationId = "csrf",
              .summary = "The token that cookie callers send as X-CSRF-Token",
              .tag = "session",
              .access = RouteAccess::signedIn(),
              .quick = true},
             ok("The token"), [config](const RequestCall<>& call) {
               return CsrfOutput{config.csrfToken(*call.context.principal)};
             });

  routes.add(
      {.path = "/api/auth/sessions",
       .operationId = "listSessions",
       .summary = "Own sessions, newest first, at most 100",
       .tag = "session",
       .access = RouteAccess::signedIn(),
       .keysMayCall = true},
      ok("The sessions"), [config](const RequestCall<>& call) {
        std::vector<SessionOutput> sessions;
        for (auto& record : call.ask(config.auth(), ListSessionsRequest{call.context})) {
          auto& session = record.session;
          sessions.push_back({session.id, session.id == call.context.principal->sessionId, session.createdAt,
                              record.lastSeenAt, std::move(session.ip), std::move(session.userAgent),
                              std::move(session.deviceName), session.assuranceLevel,
                              std::min(session.idleExpiresAt, session.absoluteExpiresAt)});
        }
        return pageOf(std::move(sessions), kMostSessions);
      });

  routes.add({.method = HttpMethod::del,
              .path = "/api/auth/sessions/{id}",
              .operationId = "revokeSession",
              .summary = "End one of the own sessions",
              .tag = "session",
              .access = RouteAccess::signedIn(),
              .errors = {ErrorCode::sessionNotFound}},
             noContent("Ended"), asks<IdCall<>, RevokeSessionRequest>(config.auth));

  routes.add({.path = "/api/auth/.well-known/jwks.json",
              .operationId = "jwks",
              .summary = "Public keys of the access tokens (RFC 7517)",
              .tag = "session",
              .quick = true},
             {{.status = 200, .description = "The key set", .contentType = "application/jwk-set+json"}},
             [config](const RequestCall<>&) -> HttpResponse {
               auto answer = HttpResponse::text(200, "application/jwk-set+json", config.jwks());
               answer.setHeader("Cache-Control", "public, max-age=300");
               return answer;
             });
}

}  // namespace

void addAuthRoutes(RouteTable& routes, const AuthRoutesConfig& config) {
  addRegistrationRoutes(routes, config);
  addSignInRoutes(routes, config);
  addDelegatedRefreshRoute(routes, config);
  addSignOutRoutes(routes, config);
  addOwnRoutes(routes, config);
}

}  // namespace ks
