#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "actors/payment/paymentChanges.hpp"
#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "messages/actorInterfaces.hpp"
#include "messages/payment/paymentMessages.hpp"

namespace ks {

struct PaymentPolicy {
  PaymentRules rules;
  std::chrono::seconds life{86'400};     ///< how long a payment can be paid when the request does not say
  std::chrono::milliseconds wait{3000};  ///< that a request waits for the bank
  std::chrono::milliseconds bankLimit{15'000};  ///< of one call to the bank
  std::chrono::milliseconds pollEvery{500};     ///< for work that is due
  std::string vaPartner;                        ///< the digits that our virtual accounts begin with
};

struct PaymentDependencies {
  ActorEnvironment environment;
  ActorPool<StorageActor> storage;
  ActorRef<BankActor> bank;
  PaymentPolicy policy;
  std::chrono::milliseconds storageTimeout{10'000};
};

/// See PaymentActor. What becomes of a payment is decided by decidePayment() alone; here facts are found out and
/// decisions stored (PaymentChanges): paymentActor.cpp the requests, paymentSteps.cpp the steps that both use,
/// paymentWork.cpp the work that is due, refundWork.cpp that of refunds.
///
/// A payment that is under way is a row of payment_work, so it goes on in any process after any kill.
struct PaymentState {
  PaymentState(PaymentActor::pointer self, std::shared_ptr<ActorProbe> probe,
               PaymentDependencies dependencies);
  PaymentActor::behavior_type make_behavior();

  PaymentActor::pointer self;

 private:
  using Found = std::function<void(PaymentRecord&)>;
  using Count = std::shared_ptr<std::size_t>;
  /// A creation that is being stored, or that somebody waits for.
  struct Creation {
    caf::typed_response_promise<CreatePaymentAnswer> promise;
    std::shared_ptr<void> given{};  ///< its place among those that are given to the bank at once
    std::shared_ptr<void> waits{};  ///< its place among those that wait for the bank
    bool answered = false;
  };
  using CreationPtr = std::shared_ptr<Creation>;
  using RecordPromise = caf::typed_response_promise<PaymentRecord>;

  // Requests.
  caf::result<CreatePaymentAnswer> create(CreatePaymentRequest& request);
  caf::result<PaymentPage> list(ListPaymentsRequest& request);
  caf::result<PaymentRecord> find(FindPaymentRequest& request);
  caf::result<std::vector<PaymentEventRecord>> events(ListPaymentEventsRequest& request);
  caf::result<PaymentRecord> cancel(CancelPaymentRequest& request);
  caf::result<PaymentRecord> sync(SyncPaymentRequest& request);
  caf::result<PaymentRecord> book(BookMoney& money);
  caf::result<bool> bookNotice(BookNotice& told);
  void created(CreatedPayment& made, const CreationPtr& creation);
  /// Whether this call is the one that answers the creation.
  static bool takeAnswer(Creation& creation);
  /// Answers a creation with the payment as it is, which is what a repeated request gets too.
  void answerCreation(const CreationPtr& creation, const Uuid& paymentId);
  /// Continues with the caller's payment, or fails the promise.
  void findThen(const RequestContext& context, const Uuid& id, const RecordPromise& promise, Found next);
  void removeNow(const PaymentRecord& payment, const RequestContext& context, const RecordPromise& promise);
  void syncNow(const PaymentRecord& payment, const RequestContext& context, const RecordPromise& promise);
  /// For applications of a request: the payment as it then is, or the fault.
  static void answerWith(PaymentApplication& how, const RecordPromise& promise);

  // Steps.
  /// Counted until what is returned, and every copy of it, is gone.
  static std::shared_ptr<void> placeIn(const Count& count);
  void askBank(const PaymentRecord& payment, BankOperation operation, std::chrono::milliseconds limit,
               std::function<void(BankAnswer&)> next);
  void askBank(const Uuid& paymentId, BankOrder order, std::chrono::milliseconds limit,
               std::function<void(BankAnswer&)> next);
  /// Ends work, or puts it off.
  void settle(const PaymentTask& task, std::optional<TimePoint> nextAt, const std::string& error);
  void putOff(const PaymentTask& task, const std::string& why);
  /// A fact that work has found out.
  [[nodiscard]] PaymentApplicationPtr application(PaymentFact fact, const PaymentTask& finishes);

  // Giving a payment to the bank; `creation` is null when nobody waits.
  void giveToBank(const PaymentRecord& payment, const PaymentTask& task, const CreationPtr& creation);
  void bankCreated(const PaymentRecord& payment, const PaymentTask& task, const CreationPtr& creation,
                   BankAnswer& answer);
  /// Looks whether an earlier try got through; if not and `mayCreate`, gives it to the bank.
  void lookForAccount(const PaymentRecord& payment, const PaymentTask& task, const CreationPtr& creation,
                      bool mayCreate);
  void stillUnclear(const PaymentRecord& payment, const PaymentTask& task, const CreationPtr& creation,
                    const std::string& why);
  void finishCreation(const PaymentRecord& payment, const PaymentTask& task, const CreationPtr& creation,
                      PaymentFact fact);

  // Work.
  void lookForWork();
  /// A piece of work has ended: in a backlog the next ones need not wait for the tick.
  void workEnded();
  void work(PaymentWork& item);
  void workOnCreate(const PaymentRecord& payment, const PaymentTask& task);
  void workOnAsk(const PaymentRecord& payment, const PaymentTask& task);
  void statusKnown(const PaymentRecord& payment, const PaymentTask& task, const BankAnswer& answer);
  void findInReport(const PaymentRecord& payment, const PaymentTask& task, int daysAgo);
  void workOnRemove(const PaymentRecord& payment, const PaymentTask& task);
  void workOnRefund(const PaymentRecord& payment, const PaymentTask& task);
  /// `again`: the bank may have been asked for it before.
  void sendRefund(const PaymentRecord& payment, const PaymentTask& task, const RefundRecord& refund,
                  bool again);
  /// `taken`: the bank knows our reference, so the refund did not fail, even where it is not listed yet.
  void findRefund(const PaymentRecord& payment, const PaymentTask& task, const RefundRecord& refund,
                  const std::string& refusal, bool taken);
  /// Stores what became of a refund; then other refunds of the payment are looked for.
  void refundKnown(const PaymentRecord& payment, const PaymentTask& task, PaymentFact fact);

  std::shared_ptr<ActorProbe> probe_;
  PaymentDependencies deps_;
  PaymentChanges changes_;
  bool looking_ = false;
  bool backlog_ = false;  ///< there is more work that is due than there was room for
  Count waiting_ = std::make_shared<std::size_t>(0);       ///< requests that wait for the bank
  Count peopleAsking_ = std::make_shared<std::size_t>(0);  ///< of them those by which people ask
  Count given_ = std::make_shared<std::size_t>(0);         ///< new payments that the bank is being given
  Count underWay_ = std::make_shared<std::size_t>(0);      ///< pieces of work
};

/// What the bank says about money, as a fact; nothing when it did not say it definitely.
[[nodiscard]] std::optional<PaymentFact> factOfStatus(const BankAnswer& answer);

/// After `attempts` tries without a definite answer: 2 s, doubled each time, up to 5 minutes.
[[nodiscard]] std::chrono::milliseconds bankRetryDelay(std::uint32_t attempts) noexcept;

}  // namespace ks
