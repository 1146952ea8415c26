#include "http/routes/account/factorRoutes.hpp"

#include "http/routes/account/authSchemas.hpp"
#include "http/routes/account/factorSchemas.hpp"
#include "http/routes/account/loginAnswer.hpp"
#include "http/routing/asks.hpp"
#include "http/routing/authentication.hpp"

namespace ks {
namespace {

constexpr std::chrono::seconds kPasswordDeadline{15};

void addProofRoutes(RouteTable& routes, const FactorRoutesConfig& config) {
  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/mfa/verify",
              .operationId = "verifyFactor",
              .summary = "Finish a sign-in with the code of the second factor",
              .description = "At most 5 codes per sign-in; wrong ones count like wrong passwords. Every code "
                             "is accepted once.",
              .tag = "session",
              .errors = {ErrorCode::mfaCodeInvalid, ErrorCode::mfaCodeReused, ErrorCode::mfaTokenExpired,
                         ErrorCode::tooManyAttempts, ErrorCode::accountSuspended, ErrorCode::overloaded}},
             {output<LoginOutput>(200, "Signed in")}, [config](const RequestCall<VerifyFactor>& call) {
               return loginAnswer(call.ask(config.factors(), messageOf(call)));
             });

  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/reauthenticate",
              .operationId = "reauthenticate",
              .summary = "Reauthenticate with the password or a code",
              .description = "The session gets a new id and new tokens; the old ones end. An account "
                             "with a second factor must use a code (MFA_REQUIRED), which gives aal 2; an "
                             "account without one uses the password.",
              .tag = "session",
              .access = RouteAccess::signedIn(),
              .errors = {ErrorCode::required, ErrorCode::invalidCredentials, ErrorCode::mfaRequired,
                         ErrorCode::mfaCodeInvalid, ErrorCode::mfaCodeReused, ErrorCode::tooManyAttempts,
                         ErrorCode::overloaded},
              .deadline = kPasswordDeadline},
             {output<LoginOutput>(200, "Confirmed")}, [config](const RequestCall<Reauthenticate>& call) {
               if (call.body.password.has_value() == call.body.totp.has_value()) {
                 throw FaultAnswer{fieldFault(ErrorCode::required, "password",
                                              "Give either the password or a code as totp")};
               }
               return loginAnswer(call.ask(config.factors(), messageOf(call)));
             });
}

void addEnrolmentRoutes(RouteTable& routes, const FactorRoutesConfig& config) {
  routes.add({.path = "/api/auth/mfa/factors",
              .operationId = "listFactors",
              .summary = "Own second factors",
              .tag = "second factor",
              .access = RouteAccess::signedIn()},
             ok("The factors"), asks<RequestCall<>, ListFactors>(config.factors));

  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/mfa/totp",
              .operationId = "beginTotp",
              .summary = "Begin to set up an authenticator app",
              .description = "Nothing changes until a code of the app is confirmed. Starting again voids the "
                             "earlier attempt.",
              .tag = "second factor",
              .access = RouteAccess::signedIn().recent(),
              .errors = {ErrorCode::factorExists}},
             created("For the app"), asks<RequestCall<BeginTotp>>(config.factors));

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/mfa/totp/{id}/confirm",
       .operationId = "confirmTotp",
       .summary = "Confirm an authenticator app with its first code",
       .description =
           "From now on every sign-in requires a code. All sessions of the account end, its keys too unless "
           "keep_keys is true, which requires a sign-in within the last 10 minutes; the answer is a new "
           "session at aal 2 that replaces the caller's, with ten recovery codes that are shown only once.",
       .tag = "second factor",
       .access = RouteAccess::signedIn().onDevice(DeviceRule::own),
       .errors = {ErrorCode::factorNotFound, ErrorCode::mfaCodeInvalid, ErrorCode::tooManyAttempts,
                  ErrorCode::sessionRevoked, ErrorCode::overloaded, ErrorCode::reauthRequired}},
      {output<LoginOutput>(200, "Set up")}, [config](const IdCall<ConfirmTotp>& call) {
        if (call.body.keepKeys) {
          valueOf(requireRecent(call.caller, config.clock.now()));
        }
        return loginAnswer(call.ask(config.factors(), messageOf(call)));
      });

  routes.add(
      {.method = HttpMethod::del,
       .path = "/api/auth/mfa/factors/{id}",
       .operationId = "removeFactor",
       .summary = "Remove a second factor",
       .description =
           "Removing an active factor also removes the recovery codes, and every session of the account "
           "ends, including this one, and without keep_keys the own API keys.",
       .tag = "second factor",
       .access = RouteAccess::signedIn().recent(),
       .errors = {ErrorCode::factorNotFound}},
      noContent("Removed"), asks<QueryCall<RemoveOwnFactor, IdPath>>(config.factors));
}

void addRecoveryCodeRoutes(RouteTable& routes, const FactorRoutesConfig& config) {
  routes.add({.path = "/api/auth/mfa/recovery-codes",
              .operationId = "countRecoveryCodes",
              .summary = "How many recovery codes are left",
              .tag = "second factor",
              .access = RouteAccess::signedIn(),
              .impersonation = ImpersonationRule::closed},
             ok("The number"), asks<RequestCall<>, CountRecoveryCodes>(config.factors));

  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/mfa/recovery-codes",
              .operationId = "makeRecoveryCodes",
              .summary = "Make ten new recovery codes; the old ones become void",
              .tag = "second factor",
              .access = RouteAccess::signedIn().recent(),
              .errors = {ErrorCode::mfaRequired}},
             ok("The codes"), asks<RequestCall<>, MakeRecoveryCodes>(config.factors));
}

}  // namespace

void addFactorRoutes(RouteTable& routes, const FactorRoutesConfig& config) {
  addProofRoutes(routes, config);
  addEnrolmentRoutes(routes, config);
  addRecoveryCodeRoutes(routes, config);
}

}  // namespace ks
