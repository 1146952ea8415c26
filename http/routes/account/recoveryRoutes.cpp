#include "http/routes/account/recoveryRoutes.hpp"

#include <optional>

#include "http/routes/account/accountFields.hpp"
#include "http/routes/account/authSchemas.hpp"
#include "http/routes/account/loginAnswer.hpp"
#include "http/routes/account/recoverySchemas.hpp"
#include "http/routing/asks.hpp"

namespace ks {
namespace {

constexpr std::chrono::seconds kNewPasswordDeadline{15};

void addResetRoutes(RouteTable& routes, const RecoveryRoutesConfig& config) {
  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/password/forgot",
       .operationId = "forgotPassword",
       .summary = "Request a password reset mail",
       .description = "Always accepted, whether the account exists or not; the link in the mail is "
                      "valid for one hour and one use. Available while sign-in is locked.",
       .tag = "recovery",
       .errors = {ErrorCode::tooManyAttempts}},
      accepted("Accepted"),
      asks<RequestCall<EmailRequest>, ForgotPasswordRequest>(config.recovery, StatusOutput{"accepted"}));

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/password/reset",
       .operationId = "resetPassword",
       .summary = "Set a new password with the token of the mail",
       .description =
           "Ends every session and, without keep_keys, every key of the account, and does not sign in. "
           "Second factors stay, except one that was set up less than 7 days before the mail was requested, "
           "which is removed with its recovery codes unless the account has permissions. Lifts a lock of the "
           "account and cancels its deletion.",
       .tag = "recovery",
       .errors = {ErrorCode::linkInvalid, ErrorCode::linkExpired, ErrorCode::passwordTooShort,
                  ErrorCode::passwordTooLong, ErrorCode::passwordContextWord, ErrorCode::passwordBreached,
                  ErrorCode::overloaded},
       .deadline = kNewPasswordDeadline},
      ok("Changed"),
      asks<RequestCall<ResetPasswordRequest>>(config.recovery, StatusOutput{"password_changed"}));
}

void addDeviceRoutes(RouteTable& routes, const RecoveryRoutesConfig& config) {
  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/devices/link",
              .operationId = "requestDeviceLink",
              .summary = "Request a mail that makes a device known",
              .description = "For an owner whose account strangers keep locked: a known device has "
                             "its own count of failures. Always accepted, whether the account exists or not; "
                             "one mail in ten minutes, its link valid for one hour and one use.",
              .tag = "recovery",
              .errors = {ErrorCode::tooManyAttempts}},
             accepted("Accepted"),
             asks<RequestCall<DeviceLinkRequest>>(config.recovery, StatusOutput{"accepted"}));

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/devices/trust",
       .operationId = "trustDevice",
       .summary = "Make this device known with the token of the mail",
       .description = "Does not sign in: the following sign-in, with the device token, requires password "
                      "and second factor.",
       .tag = "recovery",
       .errors = {ErrorCode::linkInvalid, ErrorCode::linkExpired}},
      {output<TrustDeviceOutput>(200, "Known")}, [config](const RequestCall<TrustDeviceRequest>& call) {
        auto trusted = call.ask(config.recovery(), messageOf(call));
        TrustDeviceOutput out{"device_known", std::nullopt};
        if (trusted.transport == TokenTransport::bearer) {
          out.deviceToken = trusted.deviceToken;
        }
        auto answer = HttpResponse::json(200, out);
        if (trusted.transport == TokenTransport::cookie) {
          setDeviceCookie(answer, trusted.deviceToken);
        }
        return answer;
      });
}

void addOwnPasswordRoute(RouteTable& routes, const RecoveryRoutesConfig& config) {
  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/me/password",
       .operationId = "changeOwnPassword",
       .summary = "Change the own password",
       .description =
           "This session continues; the others end unless revoke_other_sessions is false, and with them the "
           "own keys unless keep_keys is true.",
       .tag = "account",
       .access = RouteAccess::signedIn().onDevice(DeviceRule::withFactor),
       .errors = {ErrorCode::currentPasswordInvalid, ErrorCode::tooManyAttempts, ErrorCode::passwordTooShort,
                  ErrorCode::passwordTooLong, ErrorCode::passwordUnchanged, ErrorCode::passwordContextWord,
                  ErrorCode::passwordBreached, ErrorCode::sessionRevoked, ErrorCode::conflict,
                  ErrorCode::overloaded},
       .deadline = kNewPasswordDeadline},
      ok("Changed"),
      asks<RequestCall<OwnPasswordRequest>>(config.recovery, StatusOutput{"password_changed"}));
}

void addEmailRoutes(RouteTable& routes, const RecoveryRoutesConfig& config) {
  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/me/email",
       .operationId = "changeEmail",
       .summary = "Request a change of the e-mail address",
       .description = "The new address gets a link that confirms it (24 hours), the old one a link that "
                      "undoes the change (7 days, also after it was confirmed). The answer is the same for "
                      "an address that is taken.",
       .tag = "account",
       .access = RouteAccess::signedIn().onDevice(DeviceRule::withFactor),
       .errors = {ErrorCode::currentPasswordInvalid, ErrorCode::tooManyAttempts, ErrorCode::sessionRevoked,
                  ErrorCode::overloaded},
       .deadline = kNewPasswordDeadline},
      accepted("Mails will be sent"),
      asks<RequestCall<ChangeEmailRequest>>(config.recovery, StatusOutput{"confirmation_required"}));

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/me/email/confirm",
       .operationId = "confirmEmail",
       .summary = "Confirm the new address with the token of its mail",
       .description = "Only the account that requested the change can confirm it.",
       .tag = "account",
       .access = RouteAccess::signedIn().onDevice(DeviceRule::withFactor),
       .errors = {ErrorCode::linkInvalid, ErrorCode::linkExpired, ErrorCode::emailTaken}},
      ok("Changed"),
      asks<RequestCall<TokenRequest>, ConfirmEmailRequest>(config.recovery, StatusOutput{"email_changed"}));

  routes.add({.method = HttpMethod::del,
              .path = "/api/auth/me/email",
              .operationId = "cancelEmailChange",
              .summary = "Cancel a pending change of the address",
              .tag = "account",
              .access = RouteAccess::signedIn()},
             noContent("No change is pending"), asks<RequestCall<>, CancelEmailRequest>(config.recovery));

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/email/undo",
       .operationId = "undoEmailChange",
       .summary = "Undo a change of the address with the token sent to the old address",
       .description =
           "Restores the old address, ends every session and key and invalidates the password, because the "
           "requester of the change knew it; a link to set a new one is sent to the old address.",
       .tag = "recovery",
       .errors = {ErrorCode::linkInvalid, ErrorCode::linkExpired, ErrorCode::emailTaken}},
      ok("Undone"),
      asks<RequestCall<TokenRequest>, UndoEmailRequest>(config.recovery, StatusOutput{"email_restored"}));
}

void addProfileRoutes(RouteTable& routes, const RecoveryRoutesConfig& config) {
  routes.add({.method = HttpMethod::patch,
              .path = "/api/auth/me",
              .operationId = "updateProfile",
              .summary = "Change the own profile",
              .description = "With If-Match and the ETag of an earlier answer it succeeds only if nobody has "
                             "changed the account since.",
              .tag = "account",
              .access = RouteAccess::signedIn(),
              .errors = {ErrorCode::usernameTaken},
              .ifMatch = IfMatchRule::optional},
             ok("The user as it is now"), [config](const RequestCall<UpdateProfileRequest>& call) {
               return *call.ask(config.recovery(), messageOf(call)).user;
             });

  routes.add(
      {.path = "/api/auth/config",
       .operationId = "authConfig",
       .summary = "Configuration of clients before sign-in",
       .tag = "registration",
       .quick = true},
      ok("The configuration"), [config](const RequestCall<>&) {
        return ConfigOutput{
            config.signupOpen(), true, "/api/auth/password/policy", {"totp", "recovery_code"}, {"en", "id"}};
      });
}

}  // namespace

void addRecoveryRoutes(RouteTable& routes, const RecoveryRoutesConfig& config) {
  addResetRoutes(routes, config);
  addDeviceRoutes(routes, config);
  addOwnPasswordRoute(routes, config);
  addEmailRoutes(routes, config);
  addProfileRoutes(routes, config);
}

}  // namespace ks
