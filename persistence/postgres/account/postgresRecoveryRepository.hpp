#pragma once
#include "persistence/recoveryRepositoryInterface.hpp"

namespace ks {

class PostgresPipeline;

/// RecoveryRepositoryInterface on a PostgreSQL pipeline, which must outlive it.
class PostgresRecoveryRepository final : public RecoveryRepositoryInterface {
 public:
  explicit PostgresRecoveryRepository(PostgresPipeline& pipeline) : pipeline_(pipeline) {}

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
  PostgresPipeline& pipeline_;
};

}  // namespace ks
