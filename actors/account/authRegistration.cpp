#include <utility>

#include "actors/account/authActor.hpp"
#include "core/logging/logging.hpp"
#include "core/text/mailPayload.hpp"
#include "core/text/userAgent.hpp"

namespace ks {
namespace {

constexpr std::string_view kVerifyPurpose = "verify_email";
constexpr std::string_view kChoosePurpose = "reset_password";
/// 128 bits or more: the one-time password is a random token, not meant to be remembered.
constexpr std::size_t kOneTimePasswordLength = 24;

}  // namespace

caf::result<Done> AuthState::registerAccount(RegisterRequest& request) {
  if (!deps_.policy->signUpOpen) {
    auto event = auditOf(deps_.environment, request.context, "auth.register", AuditOutcome::deny);
    event.reason = "sign_up_closed";
    return toCafError(refusal(makeFault(ErrorCode::signupDisabled), std::move(event)));
  }
  if (auto refusal = refusalOfChosenName(deps_.policy->usernames, request.username)) {
    return toCafError(std::move(*refusal));
  }
  auto password = checkNewPassword(request.password, "password",
                                   {request.email, request.username, request.displayName, kServiceName},
                                   false, deps_.policy->password);
  if (!password.ok()) {
    return toCafError(std::move(password.fault()));
  }
  auto promise = self->make_response_promise<Done>();
  auto shared = std::make_shared<RegisterRequest>(std::move(request));
  auto normal = std::make_shared<SecretText>(std::move(password.value()));
  withinLimits(shared->context,
               {limitOfAddress(*deps_.crypto, deps_.policy->registrationsOfAddress, "register",
                               shared->context.client)},
               promise, [this, shared, normal, promise] {
                 hashThen<std::string>(shared->context, HashPassword{{}, *normal}, promise,
                                       [this, shared, promise](std::string& phc) mutable {
                                         countRecipient(shared, phc, promise);
                                       });
               });
  return promise;
}

// Anybody can cause mails to anybody, from any number of addresses: beyond the limit the registration is as
// any other, except for its mail. The caller cannot tell.
void AuthState::countRecipient(const std::shared_ptr<RegisterRequest>& request, const std::string& phc,
                               const DonePromise& promise) {
  countThen(request->context,
            limitOfIdentifier(*deps_.crypto, deps_.policy->mailsToAccount, "register", request->email),
            promise, [this, request, phc, promise](bool within) mutable {
              if (!within) {
                logSecurity("auth.register.mailLimit",
                            "A registration sent no mail: the address gets too many");
              }
              storeAccount(request, phc, !within, promise);
            });
}

void AuthState::storeAccount(const std::shared_ptr<RegisterRequest>& request, const std::string& phc,
                             bool silent, DonePromise promise) {
  const auto token = makeSecretToken(deps_.environment.random);
  const auto& client = request->context.client;
  // Several may claim the address: the owner recognises the own registration by this.
  auto verifyMail = composeMail("verifyEmail", request->locale, request->email,
                                mailPayload({{"token", std::string{token.reveal()}},
                                             {"device", describeUserAgent(client.userAgent)},
                                             {"ip", client.ip}}));
  auto takenMail = composeMail("alreadyRegistered", request->locale, request->email, {});
  if (!verifyMail.ok() || !takenMail.ok()) {
    return fail(promise, std::move(verifyMail.ok() ? takenMail.fault() : verifyMail.fault()));
  }
  RegisterAccount account;
  account.userId = deps_.environment.uuids.next();
  account.email = request->email;
  account.username = request->username;
  account.displayName = request->displayName;
  account.locale = request->locale;
  account.passwordPhc = phc;
  account.verifyTokenHash = deps_.crypto->tokens.storedHash(kVerifyPurpose, token);
  account.verifyTokenId = deps_.environment.uuids.next();
  account.now = now();
  account.verifyTokenExpires = account.now + deps_.policy->verifyTokenLife;
  account.verifyMail = std::move(verifyMail.value());
  account.takenMail = std::move(takenMail.value());
  account.silent = silent;
  account.audit = auditOfUser(deps_.environment, request->context, "auth.register", account.userId);
  const auto userId = account.userId;
  storeThen(
      request->context, std::move(account), promise,
      [this, userId, request, promise](RegisterOutcome& outcome) mutable {
        if (outcome != RegisterOutcome::created) {
          auto event = auditOf(deps_.environment, request->context, "auth.register", AuditOutcome::fail);
          event.reason = outcome == RegisterOutcome::usernameTaken ? "username_taken" : "email_not_free";
          if (!recorded(std::move(event), promise)) {
            return;
          }
        }
        if (outcome == RegisterOutcome::usernameTaken) {
          return fail(promise, fieldFault(ErrorCode::usernameTaken, "username"));
        }
        if (outcome == RegisterOutcome::created) {
          logAudit("auth.register.created", "An account was registered", {{"user_id", userId.toString()}});
        } else {
          logSecurity("auth.register.taken", "A registration named an address that is taken");
        }
        wakeMail();
        deliverInStep(request->context, promise, Done{});
      });
}

caf::result<Done> AuthState::verifyEmail(VerifyEmailRequest& request) {
  if (!looksLikeSecretToken(request.token.reveal())) {
    return toCafError(makeFault(ErrorCode::linkInvalid));
  }
  auto promise = self->make_response_promise<Done>();
  storeThen(request.context,
            VerifyEmailToken{deps_.crypto->tokens.possibleHashes(kVerifyPurpose, request.token), now(),
                             auditOfUser(deps_.environment, request.context, "auth.email.verify", Uuid{})},
            promise, [promise](VerifyEmailOutcome& outcome) mutable {
              switch (outcome) {
                case VerifyEmailOutcome::verified:
                  logAudit("auth.email.verified", "An e-mail address was verified");
                  promise.deliver(Done{});
                  return;
                case VerifyEmailOutcome::expired:
                  return fail(promise, ErrorCode::linkExpired);
                case VerifyEmailOutcome::invalid:
                  return fail(promise, ErrorCode::linkInvalid);
              }
            });
  return promise;
}

caf::result<Done> AuthState::resendVerification(ResendVerificationRequest& request) {
  auto promise = self->make_response_promise<Done>();
  auto shared = std::make_shared<ResendVerificationRequest>(std::move(request));
  withinLimits(
      shared->context,
      {limitOfAddress(*deps_.crypto, deps_.policy->mailsAskedByAddress, "mail", shared->context.client),
       limitOfIdentifier(*deps_.crypto, deps_.policy->mailsToAccount, "verify", shared->email)},
      promise, [this, shared, promise] { renewVerification(*shared, promise); });
  return promise;
}

void AuthState::renewVerification(const ResendVerificationRequest& request, const DonePromise& promise) {
  const auto token = makeSecretToken(deps_.environment.random);
  const auto resetToken = makeSecretToken(deps_.environment.random);
  auto mail = composeMail("verifyEmail", "en", request.email, token.reveal());
  auto resetMail = composeMail("resetPassword", "en", request.email, resetToken.reveal());
  if (!mail.ok() || !resetMail.ok()) {
    return fail(promise, std::move(mail.ok() ? resetMail.fault() : mail.fault()));
  }
  RenewVerification renewal;
  renewal.email = request.email;
  renewal.tokenId = deps_.environment.uuids.next();
  renewal.tokenHash = deps_.crypto->tokens.storedHash(kVerifyPurpose, token);
  renewal.now = now();
  renewal.expires = renewal.now + deps_.policy->verifyTokenLife;
  renewal.mail = std::move(mail.value());
  renewal.resetId = deps_.environment.uuids.next();
  renewal.resetHash = deps_.crypto->tokens.storedHash(kChoosePurpose, resetToken);
  renewal.resetExpires = renewal.now + deps_.policy->resetTokenLife;
  renewal.resetMail = std::move(resetMail.value());
  const auto context = request.context;
  storeThen(context, std::move(renewal), promise, [this, context, promise](Done&) mutable {
    wakeMail();
    deliverInStep(context, promise, Done{});
  });
}

caf::result<CreateAdministratorAnswer> AuthState::createAdministrator(CreateAdministratorRequest& request) {
  SecretText password{
      std::string{makeSecretToken(deps_.environment.random).reveal().substr(0, kOneTimePasswordLength)}};
  auto promise = self->make_response_promise<CreateAdministratorAnswer>();
  auto shared = std::make_shared<CreateAdministratorRequest>(std::move(request));
  hashThen<std::string>(
      shared->context, HashPassword{{}, password}, promise,
      [this, shared, password, promise](std::string& phc) mutable {
        CreateAdministrator operation{
            deps_.environment.uuids.next(), shared->email, phc, "superadmin", shared->onlyIfNone, now()};
        // Only the control socket reaches this, and only the operator may open it.
        operation.audit =
            auditOfUser(deps_.environment, shared->context, "admin.administrator.create", operation.userId);
        operation.audit.actorType = "operator";
        operation.audit.actorId.clear();
        operation.audit.after = {{"role", operation.role}};
        storeThen(shared->context, std::move(operation), promise,
                  [shared, password, promise](CreateAdministratorOutcome& outcome) mutable {
                    if (outcome == CreateAdministratorOutcome::emailTaken) {
                      return fail(promise, fieldFault(ErrorCode::emailTaken, "email"));
                    }
                    const bool created = outcome == CreateAdministratorOutcome::created;
                    if (created) {
                      logAudit("admin.administrator.created", "An administrator was created");
                    }
                    promise.deliver(
                        CreateAdministratorAnswer{outcome, shared->email, created ? password : SecretText{}});
                  });
      });
  return promise;
}

}  // namespace ks
