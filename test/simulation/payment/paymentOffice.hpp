#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "test/simulation/payment/paymentAsker.hpp"

namespace ks::sim {

using PaymentOfficeActor = caf::typed_actor<caf::result<void>(TickAtom)>;

/// Two administrators at work at the same time: they end refunds, decide what waits, resolve what the reconciliation found
/// and have it run. What is recorded as paid out by hand they pay out, once, by the reference that was recorded.
struct PaymentOfficeState {
  PaymentOfficeState(PaymentOfficeActor::pointer self, PaymentWorld& world, std::uint64_t seed, int actions);
  PaymentOfficeActor::behavior_type make_behavior();

  static inline const char* name = "paymentOffice";
  PaymentOfficeActor::pointer self;

  [[nodiscard]] bool worked() const { return left_ <= 0 && asker_.pending() == 0; }
  /// What was begun last is done.
  [[nodiscard]] bool finished() const { return finished_; }
  /// Has these days compared with the bank, as soon as it can.
  void beginReconciliation(std::vector<std::string> days);
  /// Ends and decides what waits, but for a part of it.
  void beginDecisions();

 private:
  enum class Mode : std::uint8_t { trading, reconciling, deciding };
  /// Money that was to be paid out by hand.
  struct Payout {
    std::string reference;
    /// How much, once it is recorded with the reference.
    std::function<std::optional<std::int64_t>()> recorded;
  };

  void tick();
  void act();
  void goOn();
  [[nodiscard]] bool decideNext();
  void payRecorded();

  void endSomeRefund();
  void complete(const RefundRecord& refund);
  void cancel(const RefundRecord& refund);
  void decideSome();
  void decide(const PaymentRecord& payment, PaymentVerdict verdict);
  void askAboutSome();
  void reconcileSome();
  void reconcile(const std::string& day, ErrorCode refusal);
  void resolveSome();
  void resolve(const ReconciliationItem& item, bool withReference);
  void replayUnknown();

  template <class Out, class Message>
  void ask(const char* what, Message message, std::function<void(Result<Out>&)> next) {
    asker_.ask<Out>(world.process(random.below(2)).administration.get(), what, std::move(message),
                    std::move(next));
  }
  /// Whether a fault may be: after the trading nothing fails any more, and nobody else decides.
  [[nodiscard]] bool isFair(const Fault& fault, ErrorCode code) const {
    return mode_ == Mode::trading && isTemporaryOr(fault, code);
  }
  [[nodiscard]] std::string newReference(const char* kind) { return kind + std::to_string(++lastReference_); }
  void pause(std::chrono::milliseconds wait);

  PaymentWorld& world;
  SeededRandom random;
  int left_;
  PaymentAsker<PaymentOfficeActor::pointer> asker_;
  Mode mode_ = Mode::trading;
  bool finished_ = false;
  std::vector<std::string> days_;
  std::vector<Payout> payouts_;  ///< not made yet
  int lastReference_ = 0;
};

}  // namespace ks::sim
