#include <utility>

#include "actors/account/recoveryActor.hpp"
#include "core/logging/logging.hpp"

namespace ks {
namespace {

constexpr std::string_view kResetPurpose = "reset_password";
constexpr const char* kResetAction = "auth.password.reset";

}  // namespace

caf::result<Done> RecoveryState::forgotPassword(ForgotPasswordRequest& request) {
  auto promise = self->make_response_promise<Done>();
  auto shared = std::make_shared<ForgotPasswordRequest>(std::move(request));
  withinLimits(
      shared->context,
      {limitOfAddress(*deps_.crypto, deps_.policy->mailsAskedByAddress, "mail", shared->context.client),
       limitOfIdentifier(*deps_.crypto, deps_.policy->mailsToAccount, "reset", shared->email)},
      promise, [this, shared, promise] { requestReset(*shared, promise); });
  return promise;
}

void RecoveryState::requestReset(const ForgotPasswordRequest& request, const DonePromise& promise) {
  const auto token = makeSecretToken(deps_.environment.random);
  auto mail = composeMail("resetPassword", "en", request.email, token.reveal());
  if (!mail.ok()) {
    return fail(promise, std::move(mail.fault()));
  }
  RequestReset reset;
  reset.email = request.email;
  reset.tokenId = deps_.environment.uuids.next();
  reset.tokenHash = deps_.crypto->tokens.storedHash(kResetPurpose, token);
  reset.now = now();
  reset.expires = reset.now + deps_.policy->resetTokenLife;
  reset.mail = std::move(mail.value());
  reset.audit = auditOf(deps_.environment, request.context, "auth.password.forgot");
  reset.audit.targetType = "identifier";
  reset.audit.targetId = toHex(identifierKey(*deps_.crypto, request.email));
  const auto context = request.context;
  storeThen(context, std::move(reset), promise, [this, context, promise](Done&) mutable {
    wakeMail();
    deliverInStep(context, promise, Done{});
  });
}

caf::result<Done> RecoveryState::resetPassword(ResetPasswordRequest& request) {
  auto promise = self->make_response_promise<Done>();
  if (!looksLikeSecretToken(request.token.reveal())) {
    refuseLink(request.context, kResetAction, LinkState::invalid, promise);
    return promise;
  }
  auto shared = std::make_shared<ResetPasswordRequest>(std::move(request));
  storeThen(shared->context,
            TokenQuestion{std::string{kResetPurpose},
                          deps_.crypto->tokens.possibleHashes(kResetPurpose, shared->token), now()},
            promise, [this, shared, promise](TokenOwner& owner) mutable {
              if (owner.user) {
                hashForReset(shared, owner, promise);
              } else {
                refuseLink(shared->context, kResetAction, owner.state, promise);
              }
            });
  return promise;
}

void RecoveryState::hashForReset(const std::shared_ptr<ResetPasswordRequest>& request,
                                 const TokenOwner& owner, const DonePromise& promise) {
  const auto& user = *owner.user;
  auto password = checkNewPassword(request->password, "password", contextWordsOf(user),
                                   user.mfaEnabled && !owner.losesFactor, deps_.policy->password);
  if (!password.ok()) {
    return fail(promise, std::move(password.fault()));
  }
  hashThen<std::string>(request->context, HashPassword{{}, std::move(password.value())}, promise,
                        [this, request, owner, promise](std::string& phc) mutable {
                          storeReset(*request, owner, phc, promise);
                        });
}

void RecoveryState::storeReset(const ResetPasswordRequest& request, const TokenOwner& owner,
                               const std::string& phc, DonePromise promise) {
  const auto& user = *owner.user;
  auto notice = composeMail(owner.losesFactor ? "passwordChangedFactorRemoved" : "passwordChanged",
                            user.locale, user.email, {});
  if (!notice.ok()) {
    return fail(promise, std::move(notice.fault()));
  }
  ResetPassword reset;
  reset.possibleHashes = deps_.crypto->tokens.possibleHashes(kResetPurpose, request.token);
  reset.callId = deps_.environment.uuids.next();
  reset.passwordPhc = phc;
  reset.keepKeys = request.keepKeys;
  reset.notice = std::move(notice.value());
  reset.now = now();
  reset.audit = auditOfUser(deps_.environment, request.context, kResetAction, user.id);
  const auto context = request.context;
  storeThen(context, std::move(reset), promise, [this, context, promise](ResetOutcome& outcome) mutable {
    if (outcome.state != LinkState::good) {
      refuseLink(context, kResetAction, outcome.state, promise);
      return;
    }
    sessionsEnded(context, outcome.userId, outcome.ended);
    wakeMail();
    logAudit("auth.password.reset", "A password was reset by e-mail",
             {{"user_id", outcome.userId.toString()},
              {"sessions_ended", outcome.ended.size()},
              {"factors_removed", outcome.factorsTaken}});
    promise.deliver(Done{});
  });
}

}  // namespace ks
