#pragma once
#include <utility>

#include "persistence/recoveryRepositoryInterface.hpp"
#include "persistence/throttleRepositoryInterface.hpp"
#include "test/simulation/faultyReplies.hpp"

// The memory repositories behind a connection that fails by seed.
namespace ks::sim {

class FaultyThrottleRepository final : public ThrottleRepositoryInterface {
 public:
  FaultyThrottleRepository(ThrottleRepositoryInterface& inner, FaultyReplies& replies)
      : inner_(inner), replies_(replies) {}

  void admitAttempt(AdmitAttempt attempt, Reply<Admission> reply) override {
    replies_.pass(inner_, &ThrottleRepositoryInterface::admitAttempt, std::move(reply), std::move(attempt));
  }
  void settleAttempt(SettleAttempt verdict, Reply<Done> reply) override {
    replies_.pass(inner_, &ThrottleRepositoryInterface::settleAttempt, std::move(reply), std::move(verdict));
  }
  void clearAttempts(Bytes key, Reply<Done> reply) override {
    replies_.pass(inner_, &ThrottleRepositoryInterface::clearAttempts, std::move(reply), std::move(key));
  }
  void countAttempts(CountAttempts count, Reply<std::int64_t> reply) override {
    replies_.pass(inner_, &ThrottleRepositoryInterface::countAttempts, std::move(reply), std::move(count));
  }
  void reportLock(ReportLock report, Reply<Done> reply) override {
    replies_.pass(inner_, &ThrottleRepositoryInterface::reportLock, std::move(reply), std::move(report));
  }

 private:
  ThrottleRepositoryInterface& inner_;
  FaultyReplies& replies_;
};

class FaultyRecoveryRepository final : public RecoveryRepositoryInterface {
 public:
  FaultyRecoveryRepository(RecoveryRepositoryInterface& inner, FaultyReplies& replies)
      : inner_(inner), replies_(replies) {}

  void requestReset(RequestReset reset, Reply<Done> reply) override {
    replies_.pass(inner_, &RecoveryRepositoryInterface::requestReset, std::move(reply), std::move(reset));
  }
  void findTokenOwner(TokenQuestion question, Reply<TokenOwner> reply) override {
    replies_.pass(inner_, &RecoveryRepositoryInterface::findTokenOwner, std::move(reply),
                  std::move(question));
  }
  void resetPassword(ResetPassword reset, Reply<ResetOutcome> reply) override {
    replies_.pass(inner_, &RecoveryRepositoryInterface::resetPassword, std::move(reply), std::move(reset));
  }
  void findOwnCredential(Uuid userId, Reply<std::optional<CredentialRecord>> reply) override {
    replies_.pass(inner_, &RecoveryRepositoryInterface::findOwnCredential, std::move(reply), userId);
  }
  void requestEmailChange(RequestEmailChange change, Reply<Done> reply) override {
    replies_.pass(inner_, &RecoveryRepositoryInterface::requestEmailChange, std::move(reply),
                  std::move(change));
  }
  void confirmEmailChange(ConfirmEmailChange confirmation, Reply<EmailChangeOutcome> reply) override {
    replies_.pass(inner_, &RecoveryRepositoryInterface::confirmEmailChange, std::move(reply),
                  std::move(confirmation));
  }
  void cancelEmailChange(CancelEmailChange cancellation, Reply<Done> reply) override {
    replies_.pass(inner_, &RecoveryRepositoryInterface::cancelEmailChange, std::move(reply),
                  std::move(cancellation));
  }
  void findUndo(UndoQuestion question, Reply<UndoOwner> reply) override {
    replies_.pass(inner_, &RecoveryRepositoryInterface::findUndo, std::move(reply), std::move(question));
  }
  void undoEmailChange(UndoEmailChange undo, Reply<UndoOutcome> reply) override {
    replies_.pass(inner_, &RecoveryRepositoryInterface::undoEmailChange, std::move(reply), std::move(undo));
  }
  void updateProfile(UpdateProfile update, Reply<ProfileOutcome> reply) override {
    replies_.pass(inner_, &RecoveryRepositoryInterface::updateProfile, std::move(reply), std::move(update));
  }

 private:
  RecoveryRepositoryInterface& inner_;
  FaultyReplies& replies_;
};

}  // namespace ks::sim
