#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "actors/account/loginGuard.hpp"
#include "messages/account/recoveryMessages.hpp"

namespace ks {

/// See RecoveryActor. Never blocks: other actors do hashing and storage.
struct RecoveryState : LoginGuard<RecoveryActor> {
  RecoveryState(RecoveryActor::pointer self, std::shared_ptr<ActorProbe> probe,
                AuthDependencies dependencies);
  RecoveryActor::behavior_type make_behavior();

 private:
  // recoveryReset.cpp
  caf::result<Done> forgotPassword(ForgotPasswordRequest& request);
  void requestReset(const ForgotPasswordRequest& request, const DonePromise& promise);
  caf::result<Done> resetPassword(ResetPasswordRequest& request);
  void hashForReset(const std::shared_ptr<ResetPasswordRequest>& request, const TokenOwner& owner,
                    const DonePromise& promise);
  void storeReset(const ResetPasswordRequest& request, const TokenOwner& owner, const std::string& phc,
                  DonePromise promise);

  // recoveryPassword.cpp
  caf::result<Done> changeOwnPassword(OwnPasswordRequest& request);
  void storeOwnPassword(const OwnPasswordRequest& request, const CredentialRecord& credential,
                        const std::string& phc, DonePromise promise);

  // recoveryEmail.cpp
  caf::result<Done> changeEmail(ChangeEmailRequest& request);
  void storeEmailChange(const ChangeEmailRequest& request, const UserRecord& user, bool silent,
                        const DonePromise& promise);
  caf::result<Done> confirmEmail(ConfirmEmailRequest& request);
  caf::result<Done> cancelEmail(CancelEmailRequest& request);
  caf::result<Done> undoEmail(UndoEmailRequest& request);
  void storeUndo(const UndoEmailRequest& request, const UndoOwner& owner, DonePromise promise);

  // recoveryProfile.cpp
  caf::result<ProfileAnswer> updateProfile(UpdateProfileRequest& request);
  void storeProfile(UpdateProfileRequest& request, const caf::typed_response_promise<ProfileAnswer>& promise);

  // recoveryDevice.cpp
  caf::result<Done> requestDeviceLink(DeviceLinkRequest& request);
  void storeDeviceLink(const DeviceLinkRequest& request, const std::optional<CredentialRecord>& found,
                       const DonePromise& promise);
  caf::result<TrustedDevice> trustDevice(TrustDeviceRequest& request);

  template <class Promise>
  void refuseLink(const RequestContext& context, const char* action, LinkState state, Promise promise) {
    const bool expired = state == LinkState::expired;
    auto event = auditOf(deps_.environment, context, action, AuditOutcome::fail);
    event.reason = expired ? "link_expired" : "link_invalid";
    fail(promise,
         refusal(makeFault(expired ? ErrorCode::linkExpired : ErrorCode::linkInvalid), std::move(event)));
  }
};

}  // namespace ks
