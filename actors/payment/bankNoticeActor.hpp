#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "actors/payment/bankNoticeReaderInterface.hpp"
#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "core/logging/refusalTrail.hpp"
#include "messages/actorInterfaces.hpp"
#include "messages/payment/bankNoticeMessages.hpp"
#include "messages/payment/bankNoticeOperations.hpp"
#include "messages/payment/paymentMessages.hpp"

namespace ks {

struct BankNoticeDependencies {
  ActorEnvironment environment;
  ActorPool<StorageActor> storage;
  ActorRef<PaymentActor> payments;
  std::shared_ptr<const BankNoticeReaderInterface> reader;
  std::shared_ptr<RefusalTrail> refusals;
  std::chrono::milliseconds limit{5000};  ///< of a step; the request's deadline is the whole's
};

/// See BankNoticeActor. In this order: head, token, time and signature; what it says; its row in the inbox; what
/// follows from it; the stored answer. What comes before the signature changes nothing and is stored nowhere. Money that
/// its payment waits for is booked, told for the first time, in one transaction with its row and the answer.
///
/// A payment (25) that was refused is given back by the bank, so only one attempt at a time decides about one: the
/// others wait for its answer, and what nobody answered is decided anew when its hold is over.
struct BankNoticeState {
  BankNoticeState(BankNoticeActor::pointer self, std::shared_ptr<ActorProbe> probe,
                  BankNoticeDependencies dependencies);
  BankNoticeActor::behavior_type make_behavior();

  BankNoticeActor::pointer self;

 private:
  struct Call {
    BankNoticeRequest request;
    caf::typed_response_promise<BankNoticeReply> promise;
    BankNotice notice{};
    std::optional<PaymentRecord> payment{};
    Uuid attempt{};
    Uuid noticeId{};
    bool wasTriedAtOnce = false;
    std::optional<BankNoticeProblem> unreadable{};  ///< it is kept all the same, and answered with this
  };
  using CallPtr = std::shared_ptr<Call>;

  caf::result<BankNoticeReply> take(BankNoticeRequest& request);
  void giveToken(const CallPtr& call);
  void checkToken(const CallPtr& call);
  void checkSignature(const CallPtr& call);
  /// The payment that it is about, by what the notice names; then on.
  void findPayment(const CallPtr& call);
  void findPayment(const CallPtr& call, FindPaymentAtBank which, bool orByBankRef);
  /// Row, money and answer in one transaction, if the payment waits for this money; else receive().
  void bookAtOnce(const CallPtr& call);
  [[nodiscard]] ReceiveBankNotice rowOf(const Call& call) const;
  void receive(const CallPtr& call);
  void received(const CallPtr& call, ReceivedBankNotice& outcome);
  void act(const CallPtr& call);
  void askTheBank(const CallPtr& call);
  /// Money that came and belongs to no payment that is known: a person is told, then the bank.
  void answerUnclear(const CallPtr& call, const BankNoticeProblem& problem);
  void book(const CallPtr& call);
  void bookNew(const CallPtr& call);
  /// The payment was not waiting for this money when it came to be booked.
  void refuseBooked(const CallPtr& call);
  void acceptIfBooked(const CallPtr& call, std::function<void()> otherwise);
  /// Stores the answer and gives it.
  void answer(const CallPtr& call, BankNoticeReply reply);
  void answer(const CallPtr& call, BankNoticeCase refusal);
  /// The answer is stored.
  static void give(const CallPtr& call, BankNoticeReply reply);
  /// Of a call that is not known to be the bank's.
  void refuse(const CallPtr& call, const BankNoticeProblem& problem);
  template <class Op, class Next>
  void store(const CallPtr& call, Op operation, Next next);

  std::shared_ptr<ActorProbe> probe_;
  BankNoticeDependencies deps_;
  std::unordered_map<std::string, TimePoint>
      liveTokens_;  ///< by hash, until when; of those that were found stored
};

/// Why a customer may not pay now; nothing if he may.
[[nodiscard]] std::optional<BankNoticeCase> whyNotPayable(const std::optional<PaymentRecord>& payment,
                                                          TimePoint now);

}  // namespace ks
