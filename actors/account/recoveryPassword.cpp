#include <utility>

#include "actors/account/recoveryActor.hpp"
#include "core/logging/logging.hpp"

namespace ks {
namespace {

constexpr const char* kOwnPasswordAction = "auth.password.change";

}  // namespace

caf::result<Done> RecoveryState::changeOwnPassword(OwnPasswordRequest& request) {
  auto promise = self->make_response_promise<Done>();
  auto shared = std::make_shared<OwnPasswordRequest>(std::move(request));
  ownPasswordThen(shared->context, kOwnPasswordAction, shared->currentPassword, promise,
                  [this, shared, promise](const CredentialRecord& credential) mutable {
                    const auto& user = credential.user;
                    auto next = checkNewPassword(shared->newPassword, "new_password", contextWordsOf(user),
                                                 user.mfaEnabled, deps_.policy->password);
                    const auto current = normalizePassword(shared->currentPassword, deps_.policy->password);
                    if (next.ok() && current.ok() && next.value().reveal() == current.value().reveal()) {
                      next = makeFault(ErrorCode::passwordUnchanged);
                      next.fault().field = "new_password";
                    }
                    if (!next.ok()) {
                      return fail(promise, std::move(next.fault()));
                    }
                    hashThen<std::string>(shared->context, HashPassword{{}, std::move(next.value())}, promise,
                                          [this, shared, credential, promise](std::string& phc) mutable {
                                            storeOwnPassword(*shared, credential, phc, promise);
                                          });
                  });
  return promise;
}

void RecoveryState::storeOwnPassword(const OwnPasswordRequest& request, const CredentialRecord& credential,
                                     const std::string& phc, DonePromise promise) {
  const auto& user = credential.user;
  auto notice = composeMail("passwordChanged", user.locale, user.email, {});
  if (!notice.ok()) {
    return fail(promise, std::move(notice.fault()));
  }
  ChangePassword change;
  change.userId = user.id;
  change.passwordPhc = phc;
  change.expectedPhc = credential.passwordPhc;
  change.exceptSession = request.context.principal->sessionId;
  change.endSessions = request.endOtherSessions;
  change.keepKeys = request.keepKeys;
  change.notice = std::move(notice.value());
  change.now = now();
  change.audit = auditOfUser(deps_.environment, request.context, kOwnPasswordAction, user.id);
  const auto context = request.context;
  storeThen(
      context, std::move(change), promise, [this, context, promise](ChangePasswordOutcome& outcome) mutable {
        if (!outcome) {
          return fail(promise, messageFault(ErrorCode::conflict, "The password was changed in the meantime"));
        }
        sessionsEnded(context, context.principal->userId, *outcome);
        wakeMail();
        logAudit("auth.password.changed", "A user changed the own password",
                 {{"sessions_ended", outcome->size()}});
        promise.deliver(Done{});
      });
}

}  // namespace ks
