#include "actors/account/recoveryActor.hpp"

#include <utility>

namespace ks {

RecoveryState::RecoveryState(RecoveryActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                             AuthDependencies dependencies)
    : LoginGuard(selfPointer, std::move(probe), std::move(dependencies)) {}

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
      guarded(self, probe_, [this](DeviceLinkRequest& request) { return requestDeviceLink(request); }),
      guarded(self, probe_, [this](TrustDeviceRequest& request) { return trustDevice(request); }),
  };
}

}  // namespace ks
