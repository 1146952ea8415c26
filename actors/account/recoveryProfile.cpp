#include <utility>

#include "actors/account/recoveryActor.hpp"
#include "core/logging/logging.hpp"

namespace ks {

caf::result<ProfileAnswer> RecoveryState::updateProfile(UpdateProfileRequest& request) {
  auto promise = self->make_response_promise<ProfileAnswer>();
  auto shared = std::make_shared<UpdateProfileRequest>(std::move(request));
  auto refusal = refusalOfChosenName(deps_.policy->usernames, shared->username.value_or(""));
  if (!refusal) {
    storeProfile(*shared, promise);
    return promise;
  }
  // A name that the user already has, from an administrator or before the rule, is not new.
  storeThen(
      shared->context, FindOwnCredential{shared->context.principal->userId}, promise,
      [this, shared, refusal = std::move(*refusal), promise](std::optional<CredentialRecord>& own) mutable {
        if (!own || own->user.username != *shared->username) {
          return fail(promise, std::move(refusal));
        }
        shared->username.reset();
        storeProfile(*shared, promise);
      });
  return promise;
}

void RecoveryState::storeProfile(UpdateProfileRequest& request,
                                 const caf::typed_response_promise<ProfileAnswer>& promise) {
  UpdateProfile update;
  static_cast<ProfileChange&>(update) = request;
  update.userId = request.context.principal->userId;
  update.now = now();
  update.audit = auditOfUser(deps_.environment, request.context, "auth.profile.update", update.userId);
  storeThen(request.context, std::move(update), promise,
            [promise = caf::typed_response_promise<ProfileAnswer>{promise}](ProfileOutcome& outcome) mutable {
              if (outcome.state == ProfileOutcome::State::versionMismatch) {
                fail(promise, ErrorCode::versionMismatch);
              } else if (outcome.state == ProfileOutcome::State::usernameTaken) {
                fail(promise, fieldFault(ErrorCode::usernameTaken, "username"));
              } else {
                logAudit("auth.profile.updated", "A user changed the own profile");
                promise.deliver(ProfileAnswer{std::make_shared<const UserRecord>(std::move(*outcome.user))});
              }
            });
}

}  // namespace ks
