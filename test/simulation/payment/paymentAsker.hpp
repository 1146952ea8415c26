#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "messages/platform/actorErrors.hpp"
#include "test/simulation/payment/paymentWorld.hpp"

namespace ks::sim {

/// Asks the actors of a payment world in the name of one caller, and sees to it that each question is answered in time
/// and that nothing fails inside. `Self`: the pointer of the actor that it is part of.
template <class Self>
class PaymentAsker {
 public:
  PaymentAsker(Self self, PaymentWorld& world, SeededRandom& random, std::string who, const Uuid& userId)
      : self_(self), world_(world), random_(random), who_(std::move(who)) {
    Principal principal;
    principal.userId = userId;
    principal_ = std::make_shared<const Principal>(std::move(principal));
  }

  /// `next` judges the answer.
  template <class Out, class Actor, class Message>
  void ask(const Actor& actor, const char* what, Message message, std::function<void(Result<Out>&)> next) {
    const auto deadline = world_.now() + std::chrono::milliseconds{4000 + random_.below(16'000)};
    message.context.requestId = who_ + " " + std::to_string(++requests_);
    message.context.deadline = deadline;
    message.context.principal = principal_;
    const auto id = world_.ledger.open(what, world_.now() + kLongestAnswer);
    ++pending_;
    const auto finish = [this, id, what, next = std::move(next)](Result<Out> result) {
      --pending_;
      const std::string outcome = result.ok() ? "ok" : std::string{describe(result.fault().code).name};
      world_.ledger.close(id, outcome);
      world_.say(who_ + " " + what + ": " + outcome);
      if (!result.ok() && result.fault().code == ErrorCode::internal) {
        violate(std::string{what} + " failed inside: " + result.fault().detail);
      }
      next(result);
    };
    compat::ask(self_, actor, 2 * kLongestAnswer, std::move(message))
        .then([finish](Out& out) { finish(Result<Out>(std::move(out))); },
              [finish](caf::error& error) { finish(Result<Out>(faultFromCafError(error))); });
  }

  /// Of what is asked without ask().
  void begin() { ++pending_; }
  void end() { --pending_; }

  void violate(const std::string& why) { world_.ledger.violate(who_ + ": " + why); }
  [[nodiscard]] int pending() const { return pending_; }
  [[nodiscard]] const Uuid& userId() const { return principal_->userId; }

 private:
  /// Some steps of a request have deadlines of their own.
  static constexpr std::chrono::seconds kLongestAnswer{60};

  Self self_;
  PaymentWorld& world_;
  SeededRandom& random_;
  std::string who_;
  std::shared_ptr<const Principal> principal_;
  int pending_ = 0;
  int requests_ = 0;
};

/// Whether a fault is only temporary.
[[nodiscard]] inline bool isTemporary(const Fault& fault) {
  return fault.code == ErrorCode::timeout || fault.code == ErrorCode::dependencyUnavailable ||
         fault.code == ErrorCode::overloaded;
}
/// Whether it is temporary or this one.
[[nodiscard]] inline bool isTemporaryOr(const Fault& fault, ErrorCode code) {
  return isTemporary(fault) || fault.code == code;
}
[[nodiscard]] inline std::string faultName(const Fault& fault) {
  return std::string{describe(fault.code).name};
}

}  // namespace ks::sim
