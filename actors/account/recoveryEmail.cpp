#include <utility>

#include "actors/account/recoveryActor.hpp"
#include "core/logging/logging.hpp"
#include "core/text/mailPayload.hpp"

namespace ks {
namespace {

constexpr std::string_view kConfirmPurpose = "change_email_new";
constexpr std::string_view kUndoPurpose = "change_email_undo";
constexpr std::string_view kUndoResetPurpose = "reset_password";
constexpr const char* kConfirmAction = "auth.email.confirm";
constexpr const char* kUndoAction = "auth.email.undo";

ErrorCode faultOfChange(EmailChangeOutcome outcome) {
  return outcome == EmailChangeOutcome::expired      ? ErrorCode::linkExpired
         : outcome == EmailChangeOutcome::emailTaken ? ErrorCode::emailTaken
                                                     : ErrorCode::linkInvalid;
}

}  // namespace

caf::result<Done> RecoveryState::changeEmail(ChangeEmailRequest& request) {
  auto promise = self->make_response_promise<Done>();
  auto shared = std::make_shared<ChangeEmailRequest>(std::move(request));
  withinLimits(
      shared->context,
      {limitOfAddress(*deps_.crypto, deps_.policy->mailsAskedByAddress, "mail", shared->context.client),
       limitOfIdentifier(*deps_.crypto, deps_.policy->mailsToAccount, "change",
                         shared->context.userIdText())},
      promise, [this, shared, promise] {
        ownPasswordThen(shared->context, "auth.email.change", shared->password, promise,
                        [this, shared, promise](const CredentialRecord& credential) mutable {
                          // Across all accounts: the new address is a stranger's until it is confirmed.
                          countThen(shared->context,
                                    limitOfIdentifier(*deps_.crypto, deps_.policy->mailsToAccount,
                                                      "change to", shared->newEmail),
                                    promise,
                                    [this, shared, user = credential.user, promise](bool within) mutable {
                                      storeEmailChange(*shared, user, !within, promise);
                                    });
                        });
      });
  return promise;
}

void RecoveryState::storeEmailChange(const ChangeEmailRequest& request, const UserRecord& user, bool silent,
                                     const DonePromise& promise) {
  if (request.newEmail == user.email) {
    return fail(promise, fieldFault(ErrorCode::validationFailed, "new_email",
                                    "This is already the address of the account"));
  }
  const auto confirm = makeSecretToken(deps_.environment.random);
  const auto undo = makeSecretToken(deps_.environment.random);
  auto confirmMail = composeMail("emailChangeConfirm", user.locale, request.newEmail, confirm.reveal());
  auto takenMail = composeMail("alreadyRegistered", user.locale, request.newEmail, {});
  auto notice =
      composeMail("emailChangeNotice", user.locale, user.email,
                  mailPayload({{"token", std::string{undo.reveal()}}, {"new_address", request.newEmail}}));
  for (auto* mail : {&confirmMail, &takenMail, &notice}) {
    if (!mail->ok()) {
      return fail(promise, std::move(mail->fault()));
    }
  }
  RequestEmailChange change;
  change.changeId = deps_.environment.uuids.next();
  change.userId = user.id;
  change.newEmail = request.newEmail;
  change.now = now();
  change.confirmHash = deps_.crypto->tokens.storedHash(kConfirmPurpose, confirm);
  change.confirmExpires = change.now + deps_.policy->emailConfirmLife;
  change.undoHash = deps_.crypto->tokens.storedHash(kUndoPurpose, undo);
  change.undoExpires = change.now + deps_.policy->emailUndoLife;
  change.confirmMail = std::move(confirmMail.value());
  change.takenMail = std::move(takenMail.value());
  change.notice = std::move(notice.value());
  change.silent = silent;
  change.audit = auditOfUser(deps_.environment, request.context, "auth.email.change", user.id);
  const auto context = request.context;
  storeThen(context, std::move(change), promise, [this, context, promise](Done&) mutable {
    wakeMail();
    logAudit("auth.email.changeAsked", "A user requested a change of the e-mail address");
    deliverInStep(context, promise, Done{});
  });
}

caf::result<Done> RecoveryState::confirmEmail(ConfirmEmailRequest& request) {
  auto promise = self->make_response_promise<Done>();
  const auto context = request.context;
  if (!looksLikeSecretToken(request.token.reveal())) {
    refuseLink(context, kConfirmAction, LinkState::invalid, promise);
    return promise;
  }
  ConfirmEmailChange confirmation;
  confirmation.possibleHashes = deps_.crypto->tokens.possibleHashes(kConfirmPurpose, request.token);
  confirmation.userId = context.principal->userId;
  confirmation.callId = deps_.environment.uuids.next();
  confirmation.now = now();
  confirmation.audit = auditOfUser(deps_.environment, context, kConfirmAction, context.principal->userId);
  storeThen(context, std::move(confirmation), promise,
            [this, context, promise](EmailChangeOutcome& outcome) mutable {
              if (outcome == EmailChangeOutcome::done) {
                logAudit("auth.email.changed", "A user's e-mail address was changed");
                promise.deliver(Done{});
              } else if (outcome == EmailChangeOutcome::emailTaken) {
                fail(promise, ErrorCode::emailTaken);
              } else {
                refuseLink(context, kConfirmAction,
                           outcome == EmailChangeOutcome::expired ? LinkState::expired : LinkState::invalid,
                           promise);
              }
            });
  return promise;
}

caf::result<Done> RecoveryState::cancelEmail(CancelEmailRequest& request) {
  const auto userId = request.context.principal->userId;
  return storeAnswer(request.context, CancelEmailChange{userId, deps_.environment.uuids.next(), now(),
                                                        auditOfUser(deps_.environment, request.context,
                                                                    "auth.email.cancel", userId)});
}

caf::result<Done> RecoveryState::undoEmail(UndoEmailRequest& request) {
  auto promise = self->make_response_promise<Done>();
  if (!looksLikeSecretToken(request.token.reveal())) {
    refuseLink(request.context, kUndoAction, LinkState::invalid, promise);
    return promise;
  }
  auto shared = std::make_shared<UndoEmailRequest>(std::move(request));
  storeThen(shared->context,
            UndoQuestion{deps_.crypto->tokens.possibleHashes(kUndoPurpose, shared->token), now()}, promise,
            [this, shared, promise](UndoOwner& owner) mutable {
              if (owner.state == LinkState::good) {
                storeUndo(*shared, owner, promise);
              } else {
                refuseLink(shared->context, kUndoAction, owner.state, promise);
              }
            });
  return promise;
}

void RecoveryState::storeUndo(const UndoEmailRequest& request, const UndoOwner& owner, DonePromise promise) {
  const auto token = makeSecretToken(deps_.environment.random);
  auto mail = composeMail("resetPassword", owner.locale, owner.oldEmail, token.reveal());
  if (!mail.ok()) {
    return fail(promise, std::move(mail.fault()));
  }
  UndoEmailChange undo;
  undo.possibleHashes = deps_.crypto->tokens.possibleHashes(kUndoPurpose, request.token);
  undo.callId = deps_.environment.uuids.next();
  undo.tokenId = deps_.environment.uuids.next();
  undo.tokenHash = deps_.crypto->tokens.storedHash(kUndoResetPurpose, token);
  undo.now = now();
  undo.tokenExpires = undo.now + deps_.policy->resetTokenLife;
  undo.resetMail = std::move(mail.value());
  undo.audit = auditOfUser(deps_.environment, request.context, kUndoAction, owner.userId);
  const auto context = request.context;
  storeThen(context, std::move(undo), promise, [this, context, promise](UndoOutcome& outcome) mutable {
    if (outcome.outcome != EmailChangeOutcome::done) {
      return fail(promise, makeFault(faultOfChange(outcome.outcome)));
    }
    sessionsEnded(context, outcome.userId, outcome.ended);
    wakeMail();
    logAudit("auth.email.changeUndone", "A change of an e-mail address was undone by the old one",
             {{"user_id", outcome.userId.toString()}, {"sessions_ended", outcome.ended.size()}});
    promise.deliver(Done{});
  });
}

}  // namespace ks
