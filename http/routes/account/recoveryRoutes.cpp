#include "http/routes/account/recoveryRoutes.hpp"

#include <charconv>
#include <optional>
#include <utility>

#include "http/routes/account/accountFields.hpp"
#include "http/routes/account/authSchemas.hpp"
#include "http/routes/account/loginAnswer.hpp"
#include "http/routes/account/recoverySchemas.hpp"
#include "http/routing/actorBridge.hpp"

namespace ks {
namespace {

constexpr std::chrono::seconds kNewPasswordDeadline{15};

HttpResponse doneAnswer(const Result<Done>& done, int code, const char* text) {
  return done ? HttpResponse::json(code, statusOutputSchema(), StatusOutput{text})
              : HttpResponse(done.fault());
}

void addResetRoutes(RouteTable& routes, const RecoveryRoutesConfig& config) {
  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/password/forgot",
              .operationId = "forgotPassword",
              .summary = "Ask for a mail that leads to a new password",
              .description = "Always accepted, whether the address has an account or not; the mail's link is "
                             "good for one hour and one use. Stays open while signing in is locked.",
              .tag = "recovery",
              .errors = {ErrorCode::tooManyAttempts}},
             bodyInput(emailInputSchema()), {output(202, "Accepted", statusOutputSchema())},
             [config](const RequestCall<EmailInput>& call) -> HttpResponse {
               return doneAnswer(askActor<Done>(config.system, config.recovery(), call.context,
                                                ForgotPasswordRequest{call.context, call.body.email}),
                                 202, "accepted");
             });

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/password/reset",
       .operationId = "resetPassword",
       .summary = "Set a new password with the token of the mail",
       .description =
           "Ends every session and, without keep_keys, every key of the account, and signs nobody "
           "in. Second factors stay, but one that was set up less than 7 days before the mail was asked "
           "for goes with its recovery codes, unless the account has permissions. Lifts a lock of "
           "the account and cancels its deletion.",
       .tag = "recovery",
       .errors = {ErrorCode::linkInvalid, ErrorCode::linkExpired, ErrorCode::passwordTooShort,
                  ErrorCode::passwordTooLong, ErrorCode::passwordContextWord, ErrorCode::passwordBreached,
                  ErrorCode::overloaded},
       .deadline = kNewPasswordDeadline},
      bodyInput(resetPasswordInputSchema()), {output(200, "Changed", statusOutputSchema())},
      [config](const RequestCall<ResetPasswordInput>& call) -> HttpResponse {
        return doneAnswer(askActor<Done>(config.system, config.recovery(), call.context,
                                         ResetPasswordRequest{call.context, call.body.token,
                                                              call.body.password, call.body.keepKeys}),
                          200, "password_changed");
      });
}

void addDeviceRoutes(RouteTable& routes, const RecoveryRoutesConfig& config) {
  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/devices/link",
       .operationId = "requestDeviceLink",
       .summary = "Ask for a mail that makes a device known",
       .description = "The way in for the owner whose account strangers keep locked: a known device has a "
                      "count of failures of its own. Always accepted, whether there is such an account or "
                      "not; one mail in ten minutes, its link good for one hour and one use.",
       .tag = "recovery",
       .errors = {ErrorCode::tooManyAttempts}},
      bodyInput(deviceLinkInputSchema()), {output(202, "Accepted", statusOutputSchema())},
      [config](const RequestCall<DeviceLinkInput>& call) -> HttpResponse {
        return doneAnswer(askActor<Done>(config.system, config.recovery(), call.context,
                                         DeviceLinkRequest{call.context, call.body.identifier}),
                          202, "accepted");
      });

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/devices/trust",
       .operationId = "trustDevice",
       .summary = "Make this device known with the token of the mail",
       .description = "Signs nobody in: the sign-in that follows, with the device token, needs password "
                      "and second factor.",
       .tag = "recovery",
       .errors = {ErrorCode::linkInvalid, ErrorCode::linkExpired}},
      bodyInput(trustDeviceInputSchema()), {output(200, "Known", trustDeviceOutputSchema())},
      [config](const RequestCall<TrustDeviceInput>& call) -> HttpResponse {
        auto trusted =
            askActor<TrustedDevice>(config.system, config.recovery(), call.context,
                                    TrustDeviceRequest{call.context, call.body.token, call.body.transport});
        if (!trusted) {
          return HttpResponse(trusted.fault());
        }
        TrustDeviceOutput out{"device_known", std::nullopt};
        if (trusted.value().transport == TokenTransport::bearer) {
          out.deviceToken = trusted.value().deviceToken;
          return HttpResponse::json(200, trustDeviceOutputSchema(), out);
        }
        auto answer = HttpResponse::json(200, trustDeviceOutputSchema(), out);
        setDeviceCookie(answer, trusted.value().deviceToken);
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
           "This session stays; the others end unless revoke_other_sessions is false, and with them the "
           "own keys unless keep_keys is true.",
       .tag = "account",
       .access = RouteAccess::signedIn().onDevice(DeviceRule::withFactor),
       .errors = {ErrorCode::currentPasswordInvalid, ErrorCode::tooManyAttempts, ErrorCode::passwordTooShort,
                  ErrorCode::passwordTooLong, ErrorCode::passwordUnchanged, ErrorCode::passwordContextWord,
                  ErrorCode::passwordBreached, ErrorCode::sessionRevoked, ErrorCode::conflict,
                  ErrorCode::overloaded},
       .deadline = kNewPasswordDeadline},
      bodyInput(ownPasswordInputSchema()), {output(200, "Changed", statusOutputSchema())},
      [config](const RequestCall<OwnPasswordInput>& call) -> HttpResponse {
        return doneAnswer(
            askActor<Done>(config.system, config.recovery(), call.context,
                           OwnPasswordRequest{call.context, call.body.currentPassword, call.body.newPassword,
                                              call.body.revokeOtherSessions, call.body.keepKeys}),
            200, "password_changed");
      });
}

void addEmailRoutes(RouteTable& routes, const RecoveryRoutesConfig& config) {
  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/me/email",
       .operationId = "changeEmail",
       .summary = "Ask for another e-mail address",
       .description = "The new address gets a link that confirms it (24 hours), the old one a link that "
                      "undoes the change (7 days, also after it was confirmed). The answer is the same "
                      "for an address that is taken.",
       .tag = "account",
       .access = RouteAccess::signedIn().onDevice(DeviceRule::withFactor),
       .errors = {ErrorCode::currentPasswordInvalid, ErrorCode::tooManyAttempts, ErrorCode::sessionRevoked,
                  ErrorCode::overloaded},
       .deadline = kNewPasswordDeadline},
      bodyInput(changeEmailInputSchema()), {output(202, "Mails are on their way", statusOutputSchema())},
      [config](const RequestCall<ChangeEmailInput>& call) -> HttpResponse {
        return doneAnswer(
            askActor<Done>(config.system, config.recovery(), call.context,
                           ChangeEmailRequest{call.context, call.body.newEmail, call.body.password}),
            202, "confirmation_required");
      });

  routes.add({.method = HttpMethod::post,
              .path = "/api/auth/me/email/confirm",
              .operationId = "confirmEmail",
              .summary = "Confirm the new address with the token of its mail",
              .description = "Only the account that asked for the change can confirm it.",
              .tag = "account",
              .access = RouteAccess::signedIn().onDevice(DeviceRule::withFactor),
              .errors = {ErrorCode::linkInvalid, ErrorCode::linkExpired, ErrorCode::emailTaken}},
             bodyInput(tokenInputSchema()), {output(200, "Changed", statusOutputSchema())},
             [config](const RequestCall<TokenInput>& call) -> HttpResponse {
               return doneAnswer(askActor<Done>(config.system, config.recovery(), call.context,
                                                ConfirmEmailRequest{call.context, call.body.token}),
                                 200, "email_changed");
             });

  routes.add(
      {.method = HttpMethod::del,
       .path = "/api/auth/me/email",
       .operationId = "cancelEmailChange",
       .summary = "Give up a change of the address that waits for its confirmation",
       .tag = "account",
       .access = RouteAccess::signedIn()},
      noInput(), {noContent("None waits any more")}, [config](const RequestCall<>& call) -> HttpResponse {
        auto done =
            askActor<Done>(config.system, config.recovery(), call.context, CancelEmailRequest{call.context});
        return done ? HttpResponse::empty() : HttpResponse(done.fault());
      });

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/email/undo",
       .operationId = "undoEmailChange",
       .summary = "Undo a change of the address with the token that the old one was sent",
       .description =
           "Restores the old address, ends every session and key and makes the password useless, since "
           "whoever asked for the change knew it; a link to set a new one goes to the old "
           "address.",
       .tag = "recovery",
       .errors = {ErrorCode::linkInvalid, ErrorCode::linkExpired, ErrorCode::emailTaken}},
      bodyInput(tokenInputSchema()), {output(200, "Undone", statusOutputSchema())},
      [config](const RequestCall<TokenInput>& call) -> HttpResponse {
        return doneAnswer(askActor<Done>(config.system, config.recovery(), call.context,
                                         UndoEmailRequest{call.context, call.body.token}),
                          200, "email_restored");
      });
}

/// The version of `If-Match: "7"`; nothing without the header and for `*`.
Result<std::optional<std::int64_t>> expectedVersion(const HttpRequest& request) {
  auto text = request.header("If-Match");
  if (text.empty() || text == "*") {
    return std::optional<std::int64_t>{};
  }
  std::int64_t version = 0;
  if (text.size() > 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (error == std::errc{} && end == text.data() + text.size()) {
      return std::optional{version};
    }
  }
  return makeFault(ErrorCode::versionMismatch);
}

void addProfileRoutes(RouteTable& routes, const RecoveryRoutesConfig& config) {
  routes.add(
      {.method = HttpMethod::patch,
       .path = "/api/auth/me",
       .operationId = "updateProfile",
       .summary = "Change the own profile",
       .description = "With If-Match and the ETag of an earlier answer it happens only while nobody has "
                      "changed the account since.",
       .tag = "account",
       .access = RouteAccess::signedIn(),
       .errors = {ErrorCode::usernameTaken, ErrorCode::versionMismatch}},
      bodyInput(profileInputSchema()), {output(200, "The user as it is now", userOutputSchema())},
      [config](const RequestCall<ProfileInput>& call) -> HttpResponse {
        auto version = expectedVersion(call.request);
        if (!version) {
          return HttpResponse(version.fault());
        }
        UpdateProfileRequest request{call.context,     version.value(),    call.body.displayName,
                                     call.body.locale, call.body.username, std::nullopt};
        if (call.body.metadata) {
          request.metadata = call.body.metadata->text;
        }
        auto profile =
            askActor<ProfileAnswer>(config.system, config.recovery(), call.context, std::move(request));
        return profile ? ownUserAnswer(*profile.value().user) : HttpResponse(profile.fault());
      });

  routes.add(
      {.path = "/api/auth/config",
       .operationId = "authConfig",
       .summary = "What a client has to know before anybody is signed in",
       .tag = "registration",
       .quick = true},
      noInput(), {output(200, "The configuration", configOutputSchema())},
      [config](const RequestCall<>&) -> HttpResponse {
        const ConfigOutput out{
            config.signupOpen(), true, "/api/auth/password/policy", {"totp", "recovery_code"}, {"en", "id"}};
        return HttpResponse::json(200, configOutputSchema(), out);
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
