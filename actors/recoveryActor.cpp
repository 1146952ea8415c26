#include "actors/recoveryActor.hpp"

#include <utility>

namespace ks {

RecoveryState::RecoveryState(RecoveryActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                             AuthDependencies dependencies)
    : AccountSteps(selfPointer, std::move(probe), std::move(dependencies)) {}

RecoveryActor::behavior_type RecoveryState::make_behavior() {
  return {
      guarded(self, probe_, [this](ForgotPasswordRequest& request) { return forgotPassword(request); }),
      guarded(self, probe_, [this](ResetPasswordRequest& request) { return resetPassword(request); }),
      guarded(self, probe_, [this](OwnPasswordRequest& request) { return changeOwnPassword(request); }),
      guarded(self, probe_, [this](ChangeEmailRequest& request) { return changeEmail(request); }),
      guarded(self, probe_, [this](ConfirmEmailRequest& request) { return confirmEmail(request); }),
      guarded(self, probe_, [this](CancelEmailRequest& request) { return cancelEmail(request); }),
      guarded(self, probe_, [this](UndoEmailRequest& request) { return undoEmail(request); }),
      guarded(self, probe_, [this](UpdateProfileRequest& request) { return updateProfile(request); }),
  };
}

void RecoveryState::refuseLink(const RequestContext& context, const char* action, LinkState state,
                               DonePromise promise) {
  const bool expired = state == LinkState::expired;
  auto event = auditOf(deps_.environment, context, action, AuditOutcome::fail);
  event.reason = expired ? "link_expired" : "link_invalid";
  promise.deliver(toCafError(
      refusal(makeFault(expired ? ErrorCode::linkExpired : ErrorCode::linkInvalid), std::move(event))));
}

}  // namespace ks
