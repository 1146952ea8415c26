#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "test/simulation/payment/paymentAsker.hpp"

namespace ks::sim {

using PaymentClientActor = caf::typed_actor<caf::result<void>(TickAtom)>;

/// A merchant with the own customers, and the bank's messenger for their money: creates, cancels, asks, refunds, pays at
/// the bank, tells of credits twice or not at all, by seed, and judges every answer. paymentClient.cpp has what a merchant
/// does, paymentCustomers.cpp the money, paymentRefunds.cpp what goes back.
struct PaymentClientState {
  PaymentClientState(PaymentClientActor::pointer self, PaymentWorld& world, std::uint64_t seed, int number,
                     int actions);
  PaymentClientActor::behavior_type make_behavior();

  static inline const char* name = "paymentClient";
  PaymentClientActor::pointer self;

  [[nodiscard]] bool worked() const { return left_ <= 0 && asker_.pending() == 0; }
  [[nodiscard]] bool finished() const { return finished_; }
  /// Tells of every credit that the bank has for this merchant and does not show when it is asked.
  void beginTelling();

  /// A creation, which is sent again with the same key.
  struct Order {
    CreatePaymentRequest request;
    std::optional<PaymentRecord> answer{};
    int fresh = 0;  ///< answers that were no replays
  };
  std::vector<Order> orders;

  /// The same of a refund.
  struct RefundWish {
    CreateRefundRequest request;
    std::optional<RefundRecord> answer{};
    int fresh = 0;
  };
  std::vector<RefundWish> refunds;

 private:
  void tick();
  void act();
  void tell();
  // What a merchant does.
  void createNew();
  void create(std::size_t index);
  void judgeCreation(std::size_t index, const Result<CreatePaymentAnswer>& result);
  void createOther(std::size_t index);
  void createSameReference(std::size_t index);
  void cancel();
  void sync();
  void look();
  void refundNew();
  void refund(std::size_t index);
  void judgeRefund(std::size_t index, const Result<CreateRefundAnswer>& result);
  void refundAgain();
  void refundOther();
  void lookAtRefunds();
  // What its customers and the bank do.
  void payAtBank();
  void payOnline();
  void offerMoney(const PaymentRecord& payment, const BankCredit& credit);
  void tellOfCredit();
  void bookMoney(const SimBank::Received& received, std::function<void(bool)> next);
  void planQuestion(const Uuid& paymentId);

  /// All that are stored, also those that this merchant was never told of.
  [[nodiscard]] std::vector<const PaymentRecord*> ownPayments() const;
  [[nodiscard]] const PaymentRecord* somePayment();
  [[nodiscard]] std::vector<SimBank::Received> ownCredits() const;
  [[nodiscard]] const PaymentRecord* paymentOf(const std::string& merchantRef) const;
  void violate(const std::string& why) { asker_.violate(why); }
  void pause(std::chrono::milliseconds wait);
  [[nodiscard]] PaymentProcess& anyProcess() { return world.process(random.below(2)); }
  template <class Out, class Message>
  void ask(const char* what, Message message, std::function<void(Result<Out>&)> next) {
    asker_.ask<Out>(anyProcess().payments.get(), what, std::move(message), std::move(next));
  }
  template <class Out, class Message>
  void askRefunds(const char* what, Message message, std::function<void(Result<Out>&)> next) {
    asker_.ask<Out>(anyProcess().refunds.get(), what, std::move(message), std::move(next));
  }

  PaymentWorld& world;
  SeededRandom random;
  int number_;
  int left_;
  PaymentAsker<PaymentClientActor::pointer> asker_;
  bool tells_ = false;
  bool finished_ = false;
  std::vector<SimBank::Received> toTell_;  ///< the last one next
};

}  // namespace ks::sim
