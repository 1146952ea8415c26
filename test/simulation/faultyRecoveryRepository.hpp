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
    if (auto next = replies_.through(std::move(reply))) {
      inner_.admitAttempt(std::move(attempt), std::move(next));
    }
  }
  void clearAttempts(Bytes key, Reply<Done> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.clearAttempts(std::move(key), std::move(next));
    }
  }
  void countAttempts(CountAttempts count, Reply<std::int64_t> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.countAttempts(std::move(count), std::move(next));
    }
  }
  void reportLock(ReportLock report, Reply<Done> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.reportLock(std::move(report), std::move(next));
    }
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
    if (auto next = replies_.through(std::move(reply))) {
      inner_.requestReset(std::move(reset), std::move(next));
    }
  }
  void findTokenOwner(TokenQuestion question, Reply<TokenOwner> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.findTokenOwner(std::move(question), std::move(next));
    }
  }
  void resetPassword(ResetPassword reset, Reply<ResetOutcome> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.resetPassword(std::move(reset), std::move(next));
    }
  }
  void findOwnCredential(Uuid userId, Reply<std::optional<CredentialRecord>> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.findOwnCredential(userId, std::move(next));
    }
  }
  void requestEmailChange(RequestEmailChange change, Reply<Done> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.requestEmailChange(std::move(change), std::move(next));
    }
  }
  void confirmEmailChange(ConfirmEmailChange confirmation, Reply<EmailChangeOutcome> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.confirmEmailChange(std::move(confirmation), std::move(next));
    }
  }
  void cancelEmailChange(CancelEmailChange cancellation, Reply<Done> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.cancelEmailChange(std::move(cancellation), std::move(next));
    }
  }
  void findUndo(UndoQuestion question, Reply<UndoOwner> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.findUndo(std::move(question), std::move(next));
    }
  }
  void undoEmailChange(UndoEmailChange undo, Reply<UndoOutcome> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.undoEmailChange(std::move(undo), std::move(next));
    }
  }
  void updateProfile(UpdateProfile update, Reply<ProfileOutcome> reply) override {
    if (auto next = replies_.through(std::move(reply))) {
      inner_.updateProfile(std::move(update), std::move(next));
    }
  }

 private:
  RecoveryRepositoryInterface& inner_;
  FaultyReplies& replies_;
};

}  // namespace ks::sim
