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
      guardedOfCaller(this, probe_, &RecoveryState::changeOwnPassword),
      guardedOfCaller(this, probe_, &RecoveryState::changeEmail),
      guardedOfCaller(this, probe_, &RecoveryState::confirmEmail),
      guardedOfCaller(this, probe_, &RecoveryState::cancelEmail),
      guarded(self, probe_, [this](UndoEmailRequest& request) { return undoEmail(request); }),
      guardedOfCaller(this, probe_, &RecoveryState::updateProfile),
      guarded(self, probe_, [this](DeviceLinkRequest& request) { return requestDeviceLink(request); }),
      guarded(self, probe_, [this](TrustDeviceRequest& request) { return trustDevice(request); }),
  };
}

}  // namespace ks
