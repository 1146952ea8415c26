#pragma once
#include "persistence/memory/memoryQueue.hpp"
#include "persistence/recoveryRepositoryInterface.hpp"

namespace ks {

/// RecoveryRepositoryInterface on a MemoryDatabase; see MemoryAccountRepository.
class MemoryRecoveryRepository final : public RecoveryRepositoryInterface {
 public:
  explicit MemoryRecoveryRepository(MemoryQueue& queue) : queue_(queue) {}

  void requestReset(RequestReset reset, Reply<Done> reply) override;
  void findTokenOwner(TokenQuestion question, Reply<TokenOwner> reply) override;
  void resetPassword(ResetPassword reset, Reply<ResetOutcome> reply) override;
  void findOwnCredential(Uuid userId, Reply<std::optional<CredentialRecord>> reply) override;
  void requestEmailChange(RequestEmailChange change, Reply<Done> reply) override;
  void confirmEmailChange(ConfirmEmailChange confirmation, Reply<EmailChangeOutcome> reply) override;
  void cancelEmailChange(CancelEmailChange cancellation, Reply<Done> reply) override;
  void findUndo(UndoQuestion question, Reply<UndoOwner> reply) override;
  void undoEmailChange(UndoEmailChange undo, Reply<UndoOutcome> reply) override;
  void updateProfile(UpdateProfile update, Reply<ProfileOutcome> reply) override;

 private:
  MemoryQueue& queue_;
};

}  // namespace ks
