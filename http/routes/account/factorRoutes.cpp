#include "http/routes/account/factorRoutes.hpp"

#include <utility>

#include "http/routes/account/authSchemas.hpp"
#include "http/routes/account/factorSchemas.hpp"
#include "http/routes/account/loginAnswer.hpp"
#include "http/routes/account/qrCodeImage.hpp"
#include "http/routing/actorBridge.hpp"
#include "http/routing/authentication.hpp"

namespace ks {
namespace {

constexpr std::chrono::seconds kPasswordDeadline{15};

template <class Message>
HttpResponse askForSession(const FactorRoutesConfig& config, const RequestContext& context, Message message) {
  auto login = askActor<LoginAnswer>(config.system, config.factors(), context, std::move(message));
  return login ? loginAnswer(login.value()) : HttpResponse(login.fault());
}

template <class Message>
HttpResponse askForCodes(const FactorRoutesConfig& config, const RequestContext& context, Message message) {
  auto codes = askActor<RecoveryCodes>(config.system, config.factors(), context, std::move(message));
  return codes ? HttpResponse::json(200, recoveryCodesOutputSchema(), recoveryCodesOutput(codes.value()))
               : HttpResponse(codes.fault());
}

void addProofRoutes(RouteTable& routes, const FactorRoutesConfig& config) {
  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/mfa/verify",
       .operationId = "verifyFactor",
       .summary = "Finish a sign-in with the code of the second factor",
       .description = "At most 5 codes in one sign-in; wrong ones count like wrong passwords. Every code "
                      "is good once.",
       .tag = "session",
       .errors = {ErrorCode::mfaCodeInvalid, ErrorCode::mfaCodeReused, ErrorCode::mfaTokenExpired,
                  ErrorCode::tooManyAttempts, ErrorCode::accountSuspended, ErrorCode::overloaded}},
      bodyInput(verifyFactorInputSchema()), {output(200, "Signed in", loginOutputSchema())},
      [config](const RequestCall<VerifyFactorInput>& call) {
        return askForSession(
            config, call.context,
            VerifyFactor{call.context, call.body.mfaToken, call.body.method, call.body.code});
      });

  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/reauthenticate",
              .operationId = "reauthenticate",
              .summary = "Confirm who is calling, with the password or a code",
              .description = "The session gets a new id and new tokens; the old ones are over. An account "
                             "with a second factor confirms by a code of it only (MFA_REQUIRED), which "
                             "gives aal 2; one without by the password.",
              .tag = "session",
              .access = RouteAccess::signedIn(),
              .errors = {ErrorCode::required, ErrorCode::invalidCredentials, ErrorCode::mfaRequired,
                         ErrorCode::mfaCodeInvalid, ErrorCode::mfaCodeReused, ErrorCode::tooManyAttempts,
                         ErrorCode::overloaded},
              .deadline = kPasswordDeadline},
             bodyInput(reauthenticateInputSchema()), {output(200, "Confirmed", loginOutputSchema())},
             [config](const RequestCall<ReauthenticateInput>& call) -> HttpResponse {
               if (call.body.password.has_value() == call.body.totp.has_value()) {
                 auto fault = makeFault(ErrorCode::required);
                 fault.field = "password";
                 fault.message = "Give either the password or a code as totp";
                 return HttpResponse(std::move(fault));
               }
               return askForSession(config, call.context,
                                    Reauthenticate{call.context, call.body.password, call.body.totp});
             });
}

void addEnrolmentRoutes(RouteTable& routes, const FactorRoutesConfig& config) {
  routes.add({.path = "/api/auth/mfa/factors",
              .operationId = "listFactors",
              .summary = "Own second factors",
              .tag = "second factor",
              .access = RouteAccess::signedIn()},
             noInput(), {output(200, "The factors", factorListOutputSchema())},
             [config](const RequestCall<>& call) -> HttpResponse {
               auto list = askActor<FactorList>(config.system, config.factors(), call.context,
                                                ListFactors{call.context});
               return list ? HttpResponse::json(200, factorListOutputSchema(), factorListOutput(list.value()))
                           : HttpResponse(list.fault());
             });

  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/mfa/totp",
              .operationId = "beginTotp",
              .summary = "Begin to set up an authenticator app",
              .description = "Nothing changes until a code of the app is confirmed. Begun again, the earlier "
                             "beginning is void.",
              .tag = "second factor",
              .access = RouteAccess::signedIn().recent(),
              .errors = {ErrorCode::factorExists}},
             bodyInput(totpInputSchema()), {output(201, "For the app", totpOutputSchema())},
             [config](const RequestCall<TotpInput>& call) -> HttpResponse {
               auto begun = askActor<TotpEnrolment>(config.system, config.factors(), call.context,
                                                    BeginTotp{call.context, call.body.name});
               if (!begun) {
                 return HttpResponse(begun.fault());
               }
               const auto& enrolment = begun.value();
               return HttpResponse::json(201, totpOutputSchema(),
                                         TotpOutput{enrolment.factorId, enrolment.secret, enrolment.address,
                                                    SecretText{qrCodeSvg(enrolment.address.reveal())}});
             });

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/mfa/totp/{id}/confirm",
       .operationId = "confirmTotp",
       .summary = "Confirm an authenticator app with its first code",
       .description = "From now on every sign-in needs a code. All sessions of the account end, its keys too "
                      "unless keep_keys is true, which needs a sign-in of the last 10 minutes; the answer is "
                      "a new one in the place of the caller's, at aal 2, with ten recovery "
                      "codes that are shown this once.",
       .tag = "second factor",
       .access = RouteAccess::signedIn().onDevice(DeviceRule::own),
       .errors = {ErrorCode::factorNotFound, ErrorCode::mfaCodeInvalid, ErrorCode::tooManyAttempts,
                  ErrorCode::sessionRevoked, ErrorCode::overloaded, ErrorCode::reauthRequired}},
      bodyInput(factorCodeInputSchema()).withPath(factorPathSchema()),
      {output(200, "Set up", loginOutputSchema())},
      [config](const RequestCall<FactorCodeInput, NoInput, FactorPath>& call) -> HttpResponse {
        if (call.body.keepKeys) {
          if (auto recent = requireRecent(call.caller, config.clock.now()); !recent) {
            return HttpResponse(std::move(recent.fault()));
          }
        }
        return askForSession(config, call.context,
                             ConfirmTotp{call.context, call.path.id, call.body.code, call.body.keepKeys});
      });

  routes.add({.method = HttpMethod::del,
              .path = "/api/auth/mfa/factors/{id}",
              .operationId = "removeFactor",
              .summary = "Remove a second factor",
              .description = "With an active one go the recovery codes, and every session of the account "
                             "ends, this one too, and without keep_keys the own keys.",
              .tag = "second factor",
              .access = RouteAccess::signedIn().recent(),
              .errors = {ErrorCode::factorNotFound}},
             pathInput(factorPathSchema()).withQuery(removeFactorQuerySchema()), {noContent("Removed")},
             [config](const RequestCall<NoInput, RemoveFactorQuery, FactorPath>& call) -> HttpResponse {
               auto done = askActor<Done>(config.system, config.factors(), call.context,
                                          RemoveOwnFactor{call.context, call.path.id, call.query.keepKeys});
               return done ? HttpResponse::empty() : HttpResponse(done.fault());
             });
}

void addRecoveryCodeRoutes(RouteTable& routes, const FactorRoutesConfig& config) {
  routes.add({.path = "/api/auth/mfa/recovery-codes",
              .operationId = "countRecoveryCodes",
              .summary = "How many recovery codes are left",
              .tag = "second factor",
              .access = RouteAccess::signedIn(),
              .impersonation = ImpersonationRule::closed},
             noInput(), {output(200, "The number", recoveryCodesOutputSchema())},
             [config](const RequestCall<>& call) {
               return askForCodes(config, call.context, CountRecoveryCodes{call.context});
             });

  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/mfa/recovery-codes",
              .operationId = "makeRecoveryCodes",
              .summary = "Ten new recovery codes; the old ones are void",
              .tag = "second factor",
              .access = RouteAccess::signedIn().recent(),
              .errors = {ErrorCode::mfaRequired}},
             noInput(), {output(200, "The codes", recoveryCodesOutputSchema())},
             [config](const RequestCall<>& call) {
               return askForCodes(config, call.context, MakeRecoveryCodes{call.context});
             });
}

}  // namespace

void addFactorRoutes(RouteTable& routes, const FactorRoutesConfig& config) {
  addProofRoutes(routes, config);
  addEnrolmentRoutes(routes, config);
  addRecoveryCodeRoutes(routes, config);
}

}  // namespace ks
