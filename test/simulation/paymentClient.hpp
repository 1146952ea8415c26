#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "messages/platform/actorErrors.hpp"
#include "test/simulation/paymentWorld.hpp"

namespace ks::sim {

using PaymentClientActor = caf::typed_actor<caf::result<void>(TickAtom)>;

/// A merchant with the own customers, and the bank's messenger for their money: creates, cancels, asks, pays at the
/// bank, tells of credits twice or not at all, by seed, and judges every answer.
struct PaymentClientState {
  PaymentClientState(PaymentClientActor::pointer self, PaymentWorld& world, std::uint64_t seed, int number,
                     int actions);
  PaymentClientActor::behavior_type make_behavior();

  static inline const char* name = "paymentClient";
  PaymentClientActor::pointer self;

  [[nodiscard]] bool worked() const { return left_ <= 0 && pending_ == 0; }
  [[nodiscard]] bool finished() const { return finished_; }
  /// Tells of every credit that the bank has for this merchant, as a reconciliation does.
  void beginReconciliation();

  /// A creation, which is sent again with the same key.
  struct Order {
    CreatePaymentRequest request;
    std::optional<PaymentRecord> answer{};
    int fresh = 0;  ///< answers that were no replays
  };
  std::vector<Order> orders;

 private:
  void tick();
  void act();
  void reconcile();
  // What a merchant does.
  void createNew();
  void create(std::size_t index);
  void judgeCreation(std::size_t index, const Result<CreatePaymentAnswer>& result);
  void createOther(std::size_t index);
  void createSameReference(std::size_t index);
  void cancel();
  void sync();
  void look();
  // What its customers and the bank do.
  void payAtBank();
  void payOnline();
  void tellOfCredit();
  void bookMoney(const SimBank::Received& received, std::function<void(bool)> next);
  void planQuestion(const Uuid& paymentId);

  /// All that are stored, also those that this merchant was never told of.
  [[nodiscard]] std::vector<const PaymentRecord*> ownPayments() const;
  [[nodiscard]] const PaymentRecord* somePayment();
  [[nodiscard]] std::vector<SimBank::Received> ownCredits() const;
  [[nodiscard]] const PaymentRecord* paymentOf(const std::string& merchantRef) const;
  void violate(const std::string& why);
  void pause(std::chrono::milliseconds wait);
  [[nodiscard]] std::size_t anyProcess() { return random.below(2); }
  /// Whether a fault is only temporary.
  static bool unavailable(const Fault& fault) {
    return fault.code == ErrorCode::timeout || fault.code == ErrorCode::dependencyUnavailable ||
           fault.code == ErrorCode::overloaded;
  }

  /// Asks a payment actor; `next` judges the answer.
  template <class Out, class Message>
  void ask(const char* what, Message message, std::function<void(Result<Out>&)> next) {
    const auto deadline = world.now() + std::chrono::milliseconds{4000 + random.below(16'000)};
    message.context.requestId = "p" + std::to_string(number_) + "-" + std::to_string(++requests_);
    message.context.deadline = deadline;
    message.context.principal = principal_;
    const auto id = world.ledger.open(what, world.now() + kLongestAnswer);
    ++pending_;
    const auto finish = [this, id, what, next = std::move(next)](Result<Out> result) {
      --pending_;
      const std::string outcome = result.ok() ? "ok" : std::string{describe(result.fault().code).name};
      world.ledger.close(id, outcome);
      world.say("merchant " + std::to_string(number_) + " " + what + ": " + outcome);
      if (!result.ok() && result.fault().code == ErrorCode::internal) {
        violate(std::string{what} + " failed inside: " + result.fault().detail);
      }
      next(result);
    };
    compat::ask(self, world.process(anyProcess()).payments.get(), 2 * kLongestAnswer, std::move(message))
        .then([finish](Out& out) { finish(Result<Out>(std::move(out))); },
              [finish](caf::error& error) { finish(Result<Out>(faultFromCafError(error))); });
  }

  /// Some steps of a request have deadlines of their own.
  static constexpr std::chrono::seconds kLongestAnswer{60};

  PaymentWorld& world;
  SeededRandom random;
  int number_;
  int left_;
  int pending_ = 0;
  int requests_ = 0;
  bool finished_ = false;
  std::shared_ptr<const Principal> principal_;
  bool reconciles_ = false;
  std::vector<SimBank::Received> toTell_;  ///< of the reconciliation, the last one next
};

}  // namespace ks::sim
