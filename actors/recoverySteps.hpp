#pragma once
#include <utility>

#include "actors/recoveryActor.hpp"

// A step that two of the recoveryActor's files share; nobody else includes this.
namespace ks {

template <class Next>
void RecoveryState::ownPasswordThen(const RequestContext& context, const char* action,
                                    const SecretText& password, DonePromise promise, Next next) {
  storeThen<&RecoveryRepositoryInterface::findOwnCredential>(
      context, context.principal->userId, promise,
      [this, context, action, password, promise,
       next = std::move(next)](std::optional<CredentialRecord>& found) mutable {
        if (!found) {
          promise.deliver(toCafError(makeFault(ErrorCode::sessionRevoked)));
          return;
        }
        auto guess = std::make_shared<const PasswordGuess>(
            guessOfOwnPassword(*deps_.crypto, context, action, std::move(*found)));
        checkPassword(
            guess, password, promise,
            [guess, next = std::move(next)](PasswordVerdict&) mutable { next(*guess->credential); },
            ErrorCode::currentPasswordInvalid);
      });
}

}  // namespace ks
