#include "http/routes/account/authRoutes.hpp"

#include <algorithm>
#include <utility>

#include "http/routes/account/accountFields.hpp"
#include "http/routes/account/authSchemas.hpp"
#include "http/routes/account/loginAnswer.hpp"
#include "http/routing/actorBridge.hpp"
#include "http/routing/authentication.hpp"

namespace ks {
namespace {

constexpr std::chrono::seconds kHashingDeadline{15};

HttpResponse status(int code, const char* text) {
  return HttpResponse::json(code, statusOutputSchema(), StatusOutput{text});
}

void addRegistrationRoutes(RouteTable& routes, const AuthRoutesConfig& config) {
  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/register",
              .operationId = "register",
              .summary = "Open an account",
              .description = "The answer is the same whether the address is free or taken; its owner gets a "
                             "mail in either case.",
              .tag = "registration",
              .errors = {ErrorCode::signupDisabled, ErrorCode::tooManyAttempts, ErrorCode::usernameTaken,
                         ErrorCode::passwordTooShort, ErrorCode::passwordTooLong,
                         ErrorCode::passwordContextWord, ErrorCode::passwordBreached},
              .deadline = kHashingDeadline},
             bodyInput(registerInputSchema()), {output(202, "A mail is on its way", statusOutputSchema())},
             [config](const RequestCall<RegisterInput>& call) -> HttpResponse {
               RegisterRequest request{call.context,       call.body.email,       call.body.password,
                                       call.body.username, call.body.displayName, call.body.locale};
               auto done = askActor<Done>(config.system, config.auth(), call.context, std::move(request));
               return done ? status(202, "verification_required") : HttpResponse(done.fault());
             });

  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/verify-email",
              .operationId = "verifyEmail",
              .summary = "Confirm an e-mail address with the token of the mail",
              .tag = "registration",
              .errors = {ErrorCode::linkInvalid, ErrorCode::linkExpired}},
             bodyInput(tokenInputSchema()), {output(200, "Confirmed", statusOutputSchema())},
             [config](const RequestCall<TokenInput>& call) -> HttpResponse {
               auto done = askActor<Done>(config.system, config.auth(), call.context,
                                          VerifyEmailRequest{call.context, call.body.token});
               return done ? status(200, "verified") : HttpResponse(done.fault());
             });

  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/verify-email/resend",
              .operationId = "resendVerification",
              .summary = "Ask for another confirmation mail",
              .description = "Always accepted; a mail goes only to an address that waits for confirmation.",
              .tag = "registration",
              .errors = {ErrorCode::tooManyAttempts}},
             bodyInput(emailInputSchema()), {output(202, "Accepted", statusOutputSchema())},
             [config](const RequestCall<EmailInput>& call) -> HttpResponse {
               auto done = askActor<Done>(config.system, config.auth(), call.context,
                                          ResendVerificationRequest{call.context, call.body.email});
               return done ? status(202, "accepted") : HttpResponse(done.fault());
             });
}

void addSignInRoutes(RouteTable& routes, const AuthRoutesConfig& config) {
  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/login",
       .operationId = "login",
       .summary = "Sign in with a password",
       .description = "Of an account with a second factor the answer has the status mfa_required and a token "
                      "for POST /api/auth/mfa/verify, and there is no session yet.",
       .tag = "session",
       .errors = {ErrorCode::invalidCredentials, ErrorCode::emailNotVerified, ErrorCode::accountSuspended,
                  ErrorCode::passwordChangeRequired, ErrorCode::tooManyAttempts, ErrorCode::overloaded},
       .deadline = kHashingDeadline},
      bodyInput(loginInputSchema()), {output(200, "Signed in", loginOutputSchema())},
      [config](const RequestCall<LoginInput>& call) -> HttpResponse {
        LoginRequest request{call.context, call.body.identifier, call.body.password, call.body.transport,
                             call.body.remember};
        if (call.body.device) {
          if (request.context.client.deviceId.empty()) {
            request.context.client.deviceId = call.body.device->id;
          }
          request.context.client.deviceName = call.body.device->name;
        }
        auto login = askActor<LoginAnswer>(config.system, config.auth(), call.context, std::move(request));
        return login ? loginAnswer(login.value()) : HttpResponse(login.fault());
      });

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/password/change",
       .operationId = "changePassword",
       .summary = "Change the password, with the current one as proof",
       .description =
           "Needs no session, so that it is the way out of PASSWORD_CHANGE_REQUIRED. An account with a "
           "second factor needs a code too (MFA_REQUIRED). Ends every session and, without keep_keys, every "
           "key "
           "of the account.",
       .tag = "session",
       .errors = {ErrorCode::invalidCredentials, ErrorCode::mfaRequired, ErrorCode::mfaCodeInvalid,
                  ErrorCode::mfaCodeReused, ErrorCode::accountSuspended, ErrorCode::passwordTooShort,
                  ErrorCode::passwordTooLong, ErrorCode::passwordUnchanged, ErrorCode::passwordContextWord,
                  ErrorCode::passwordBreached, ErrorCode::conflict, ErrorCode::tooManyAttempts,
                  ErrorCode::overloaded},
       .deadline = kHashingDeadline},
      bodyInput(changePasswordInputSchema()), {output(200, "Changed", statusOutputSchema())},
      [config](const RequestCall<ChangePasswordInput>& call) -> HttpResponse {
        ChangePasswordRequest request{call.context,          call.body.identifier, call.body.currentPassword,
                                      call.body.newPassword, call.body.keepKeys,   call.body.totp,
                                      call.body.recoveryCode};
        auto done = askActor<Done>(config.system, config.auth(), call.context, std::move(request));
        return done ? status(200, "password_changed") : HttpResponse(done.fault());
      });

  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/token/refresh",
              .operationId = "refreshTokens",
              .summary = "Exchange a refresh token for a new pair",
              .description = "The token comes in the body or in the cookie. Repeating the call within 10 "
                             "seconds gives the same refresh "
                             "token again; using an old one later ends the session.",
              .tag = "session",
              .csrf = CsrfRule::sameOrigin,
              .errors = {ErrorCode::refreshTokenInvalid, ErrorCode::refreshTokenReused,
                         ErrorCode::sessionExpired, ErrorCode::sessionRevoked, ErrorCode::accountSuspended}},
             bodyInput(refreshInputSchema()), {output(200, "New tokens", loginOutputSchema())},
             [config](const RequestCall<RefreshInput>& call) -> HttpResponse {
               auto token = call.body.refreshToken.value_or(
                   SecretText{std::string{call.request.cookie(kRefreshCookie)}});
               if (token.empty()) {
                 return HttpResponse(ErrorCode::refreshTokenInvalid);
               }
               auto login = askActor<LoginAnswer>(config.system, config.auth(), call.context,
                                                  RefreshRequest{call.context, std::move(token)});
               return login ? loginAnswer(login.value()) : HttpResponse(login.fault());
             });
}

void addDelegatedRefreshRoute(RouteTable& routes, const AuthRoutesConfig& config) {
  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/token/refresh/delegated",
       .operationId = "refreshTokensForBrowser",
       .summary = "Exchange a refresh token in the name of a browser",
       .description = "For servers that render pages, with a key whose scope is sessions:refresh: the "
                      "session is judged by the browser's traits, not by the server's. All else is as in "
                      "POST /api/auth/token/refresh.",
       .tag = "session",
       .access = RouteAccess::needs("sessions:refresh"),
       .errors = {ErrorCode::refreshTokenInvalid, ErrorCode::refreshTokenReused, ErrorCode::sessionExpired,
                  ErrorCode::sessionRevoked, ErrorCode::accountSuspended}},
      bodyInput(delegatedRefreshInputSchema()), {output(200, "New tokens", loginOutputSchema())},
      [config](const RequestCall<DelegatedRefreshInput>& call) -> HttpResponse {
        RefreshRequest request{call.context, call.body.refreshToken};
        const auto& browser = call.body.browser;
        request.context.client = {browser.ip, browser.userAgent, browser.deviceId, {}};
        auto login = askActor<LoginAnswer>(config.system, config.auth(), call.context, std::move(request));
        return login ? loginAnswer(login.value()) : HttpResponse(login.fault());
      });
}

HttpResponse signedOut(HttpResponse answer) {
  answer.clearCookie(kAccessCookie);
  answer.clearCookie(kRefreshCookie);
  return answer;
}

Result<SessionsRevoked> endSessions(const AuthRoutesConfig& config, const RequestContext& context,
                                    const Authenticated& caller, bool keepCurrent, bool keepKeys) {
  if (keepKeys) {
    if (auto recent = requireRecent(caller, config.clock.now()); !recent) {
      return std::move(recent.fault());
    }
  }
  return askActor<SessionsRevoked>(config.system, config.auth(), context,
                                   LogoutAllRequest{context, keepCurrent, keepKeys});
}

void addSignOutRoutes(RouteTable& routes, const AuthRoutesConfig& config) {
  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/logout",
              .operationId = "logout",
              .summary = "End this session",
              .tag = "session",
              .access = RouteAccess::signedIn(),
              .impersonation = ImpersonationRule::open},
             noInput(), {noContent("Signed out")}, [config](const RequestCall<>& call) -> HttpResponse {
               auto done =
                   askActor<Done>(config.system, config.auth(), call.context, LogoutRequest{call.context});
               return done ? signedOut(HttpResponse::empty()) : HttpResponse(done.fault());
             });

  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/logout-all",
              .operationId = "logoutAll",
              .summary = "End every own session",
              .description = "The own keys end as well; keep_keys needs a sign-in of the last 10 minutes.",
              .tag = "session",
              .access = RouteAccess::signedIn(),
              .errors = {ErrorCode::reauthRequired, ErrorCode::stepUpRequired}},
             bodyInput(logoutAllInputSchema()), {output(200, "How many ended", revokedOutputSchema())},
             [config](const RequestCall<LogoutAllInput>& call) -> HttpResponse {
               auto ended =
                   endSessions(config, call.context, call.caller, call.body.keepCurrent, call.body.keepKeys);
               if (!ended) {
                 return HttpResponse(ended.fault());
               }
               auto answer =
                   HttpResponse::json(200, revokedOutputSchema(), RevokedOutput{ended.value().count});
               return call.body.keepCurrent ? std::move(answer) : signedOut(std::move(answer));
             });

  routes.add({.method = HttpMethod::del,
              .path = "/api/auth/sessions",
              .operationId = "revokeOtherSessions",
              .summary = "End every own session but this one",
              .description = "The own keys end as well; keep_keys needs a sign-in of the last 10 minutes.",
              .tag = "session",
              .access = RouteAccess::signedIn(),
              .errors = {ErrorCode::reauthRequired, ErrorCode::stepUpRequired}},
             queryInput(sessionScopeQuerySchema()), {noContent("Ended")},
             [config](const RequestCall<NoInput, SessionScopeQuery>& call) -> HttpResponse {
               auto ended = endSessions(config, call.context, call.caller, true, call.query.keepKeys);
               return ended ? HttpResponse::empty() : HttpResponse(ended.fault());
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
             noInput(), {output(200, "The user", userOutputSchema())},
             [](const RequestCall<>& call) -> HttpResponse { return ownUserAnswer(*call.caller.user); });

  routes.add({.path = "/api/auth/csrf",
              .operationId = "csrf",
              .summary = "The token that cookie callers send as X-CSRF-Token",
              .tag = "session",
              .access = RouteAccess::signedIn(),
              .quick = true},
             noInput(), {output(200, "The token", csrfOutputSchema())},
             [config](const RequestCall<>& call) -> HttpResponse {
               return HttpResponse::json(200, csrfOutputSchema(),
                                         CsrfOutput{config.csrfToken(*call.context.principal)});
             });

  routes.add({.path = "/api/auth/sessions",
              .operationId = "listSessions",
              .summary = "Own sessions, newest first, at most 100",
              .tag = "session",
              .access = RouteAccess::signedIn(),
              .keysMayCall = true},
             noInput(), {output(200, "The sessions", sessionListOutputSchema())},
             [config](const RequestCall<>& call) -> HttpResponse {
               auto sessions = askActor<std::vector<SessionRecord>>(
                   config.system, config.auth(), call.context, ListSessionsRequest{call.context});
               if (!sessions) {
                 return HttpResponse(sessions.fault());
               }
               SessionListOutput out;
               out.page.limit = 100;
               for (const auto& record : sessions.value()) {
                 const auto& session = record.session;
                 out.data.push_back({session.id, session.id == call.context.principal->sessionId,
                                     session.createdAt, record.lastSeenAt, session.ip, session.userAgent,
                                     session.deviceName, session.assuranceLevel,
                                     std::min(session.idleExpiresAt, session.absoluteExpiresAt)});
               }
               return HttpResponse::json(200, sessionListOutputSchema(), out);
             });

  routes.add({.method = HttpMethod::del,
              .path = "/api/auth/sessions/{id}",
              .operationId = "revokeSession",
              .summary = "End one of the own sessions",
              .tag = "session",
              .access = RouteAccess::signedIn(),
              .errors = {ErrorCode::sessionNotFound}},
             pathInput(sessionPathSchema()), {noContent("Ended")},
             [config](const RequestCall<NoInput, NoInput, SessionPath>& call) -> HttpResponse {
               auto done = askActor<Done>(config.system, config.auth(), call.context,
                                          RevokeSessionRequest{call.context, call.path.id});
               return done ? HttpResponse::empty() : HttpResponse(done.fault());
             });

  routes.add({.path = "/api/auth/.well-known/jwks.json",
              .operationId = "jwks",
              .summary = "Public keys of the access tokens (RFC 7517)",
              .tag = "session",
              .quick = true},
             noInput(),
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
