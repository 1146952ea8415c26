#pragma once
#include <optional>

#include "core/result.hpp"
#include "messages/account/recoveryRecords.hpp"

namespace ks {

/// What an account's owner does to get it back or to change it. As AccountRepositoryInterface in all else.
class RecoveryRepositoryInterface {
 public:
  virtual ~RecoveryRepositoryInterface() = default;

  /// Stores the token and the mail where there is such an account; a new token replaces an open one.
  virtual void requestReset(RequestReset reset, Reply<Done> reply) = 0;
  /// Looks a token up without using it.
  virtual void findTokenOwner(TokenQuestion question, Reply<TokenOwner> reply) = 0;
  /// Uses the token: new password, every session over, throttles of the account cleared. The address that the
  /// mail went to is thereby confirmed. A scheduled deletion is cancelled. Second factors that were confirmed
  /// less than kFactorProbation before the link was made go, unless the account has a permission.
  virtual void resetPassword(ResetPassword reset, Reply<ResetOutcome> reply) = 0;

  virtual void findOwnCredential(Uuid userId, Reply<std::optional<CredentialRecord>> reply) = 0;

  /// A later change takes the place of one that waits.
  virtual void requestEmailChange(RequestEmailChange change, Reply<Done> reply) = 0;
  virtual void confirmEmailChange(ConfirmEmailChange confirmation, Reply<EmailChangeOutcome> reply) = 0;
  /// Does nothing when none waits.
  virtual void cancelEmailChange(CancelEmailChange cancellation, Reply<Done> reply) = 0;
  virtual void findUndo(UndoQuestion question, Reply<UndoOwner> reply) = 0;
  /// Restores the old address and takes password and sessions away. Changes made later are void with it.
  virtual void undoEmailChange(UndoEmailChange undo, Reply<UndoOutcome> reply) = 0;

  /// Not repeatable: a version is expected once.
  virtual void updateProfile(UpdateProfile update, Reply<ProfileOutcome> reply) = 0;
};

}  // namespace ks
