#include <utility>

#include "actors/recoveryActor.hpp"
#include "core/logging.hpp"

namespace ks {

caf::result<ProfileAnswer> RecoveryState::updateProfile(UpdateProfileRequest& request) {
  if (!request.context.principal) {
    return toCafError(makeFault(ErrorCode::tokenMissing));
  }
  if (auto refusal = refusalOfChosenName(deps_.policy->usernames, request.username.value_or(""))) {
    return toCafError(std::move(*refusal));
  }
  UpdateProfile update;
  update.userId = request.context.principal->userId;
  update.expectedVersion = request.expectedVersion;
  update.displayName = std::move(request.displayName);
  update.locale = std::move(request.locale);
  update.username = std::move(request.username);
  update.metadata = std::move(request.metadata);
  update.now = now();
  update.audit = auditOfUser(deps_.environment, request.context, "auth.profile.update", update.userId);
  auto promise = self->make_response_promise<ProfileAnswer>();
  storeThen<&RecoveryRepositoryInterface::updateProfile>(
      request.context, std::move(update), promise, [promise](ProfileOutcome& outcome) mutable {
        if (outcome.state == ProfileOutcome::State::versionMismatch) {
          promise.deliver(toCafError(makeFault(ErrorCode::versionMismatch)));
        } else if (outcome.state == ProfileOutcome::State::usernameTaken) {
          auto fault = makeFault(ErrorCode::usernameTaken);
          fault.field = "username";
          promise.deliver(toCafError(std::move(fault)));
        } else {
          logAudit("auth.profile.updated", "A user changed the own profile");
          promise.deliver(ProfileAnswer{std::make_shared<const UserRecord>(std::move(*outcome.user))});
        }
      });
  return promise;
}

}  // namespace ks
