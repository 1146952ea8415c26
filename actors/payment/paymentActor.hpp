#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "actors/payment/paymentDecision.hpp"
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
/// decisions stored: paymentActor.cpp the requests, paymentSteps.cpp the steps that both use, paymentWork.cpp the
/// work that is due.
///
/// A payment that is under way is a row of payment_work, so it goes on in any process after any kill.
struct PaymentState {
  PaymentState(PaymentActor::pointer self, std::shared_ptr<ActorProbe> probe,
               PaymentDependencies dependencies);
  PaymentActor::behavior_type make_behavior();

  PaymentActor::pointer self;

 private:
  using Failed = std::function<void(Fault)>;
  using Found = std::function<void(PaymentRecord&)>;
  /// Work on a payment; the place that it takes among those under way is free when the last of its steps has ended.
  struct Task {
    HeldWork held{};
    std::shared_ptr<void> place{};
  };
  /// How a fact is applied to a payment.
  struct Application {
    PaymentFact fact;
    Task finishes{};           ///< the work that ends with it, whether it changes anything or not
    bool answersKey = false;   ///< the creation is answered with the outcome
    RequestContext context{};  ///< of the request that it comes from, for the audit trail
    std::function<void(PaymentRecord&, bool)> done{};  ///< as it is now, and whether this changed it
    Failed failed{};
    int rounds = 0;
  };
  using ApplicationPtr = std::shared_ptr<Application>;
  /// A creation that somebody waits for.
  struct Creation {
    RequestContext context;
    caf::typed_response_promise<CreatePaymentAnswer> promise;
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
  void created(CreatedPayment& made, const CreationPtr& creation);
  /// Whether this call is the one that answers the creation.
  bool takeAnswer(Creation& creation);
  /// Answers a creation with the payment as it is, which is what a repeated request gets too.
  void answerCreation(const CreationPtr& creation, const Uuid& paymentId);
  /// Continues with the caller's payment, or fails the promise.
  void findThen(const RequestContext& context, const Uuid& id, const RecordPromise& promise, Found next);
  void removeNow(const PaymentRecord& payment, const RequestContext& context, const RecordPromise& promise);
  void syncNow(const PaymentRecord& payment, const RequestContext& context, const RecordPromise& promise);
  /// For applications of a request: the payment as it then is, or the fault.
  static void answerWith(Application& how, const RecordPromise& promise);

  // Steps.
  void apply(const PaymentRecord& payment, const ApplicationPtr& how);
  void store(const PaymentRecord& before, PaymentDecision& decision, const ApplicationPtr& how);
  void applied(const ApplicationPtr& how, ChangedPayment& outcome);
  /// `from` and `to` are a report's.
  void askBank(const PaymentRecord& payment, BankOperation operation, std::chrono::milliseconds limit,
               std::function<void(BankAnswer&)> next, TimePoint from = {}, TimePoint to = {});
  /// Ends work, or puts it off.
  void settle(const Task& task, std::optional<TimePoint> nextAt, const std::string& error);
  void putOff(const Task& task, const std::string& why);
  [[nodiscard]] AuditEvent auditOfChange(const std::string& what, const PaymentRecord& after,
                                         const Application& how) const;
  /// A fact that work has found out.
  [[nodiscard]] ApplicationPtr application(PaymentFact fact, const Task& finishes);

  // Giving a payment to the bank; `creation` is null when nobody waits.
  void giveToBank(const PaymentRecord& payment, const Task& task, const CreationPtr& creation);
  void bankCreated(const PaymentRecord& payment, const Task& task, const CreationPtr& creation,
                   BankAnswer& answer);
  /// Looks whether an earlier try got through; if not and `mayCreate`, gives it to the bank.
  void lookForAccount(const PaymentRecord& payment, const Task& task, const CreationPtr& creation,
                      bool mayCreate);
  void stillUnclear(const PaymentRecord& payment, const Task& task, const CreationPtr& creation,
                    const std::string& why);
  void finishCreation(const PaymentRecord& payment, const Task& task, const CreationPtr& creation,
                      PaymentFact fact);

  // Work.
  void lookForWork();
  void work(PaymentWork& item);
  void workOnCreate(const PaymentRecord& payment, const Task& task);
  void workOnAsk(const PaymentRecord& payment, const Task& task);
  void statusKnown(const PaymentRecord& payment, const Task& task, const BankAnswer& answer);
  void findInReport(const PaymentRecord& payment, const Task& task, int daysAgo);
  void workOnRemove(const PaymentRecord& payment, const Task& task);

  std::shared_ptr<ActorProbe> probe_;
  PaymentDependencies deps_;
  bool looking_ = false;
  std::size_t waiting_ = 0;  ///< requests that wait for the bank
  std::shared_ptr<std::size_t> underWay_ = std::make_shared<std::size_t>(0);
};

/// What the bank says about money, as a fact; nothing when it did not say it definitely.
[[nodiscard]] std::optional<PaymentFact> factOfStatus(const BankAnswer& answer);

/// After `attempts` tries without a definite answer: 2 s, doubled each time, up to 5 minutes.
[[nodiscard]] std::chrono::milliseconds bankRetryDelay(std::uint32_t attempts) noexcept;

}  // namespace ks
