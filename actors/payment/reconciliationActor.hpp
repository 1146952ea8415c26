#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "actors/payment/paymentBoard.hpp"
#include "actors/payment/reconciliationRules.hpp"
#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "messages/actorInterfaces.hpp"
#include "messages/payment/refundMessages.hpp"

namespace ks {

struct ReconciliationPolicy {
  std::chrono::seconds every{900};  ///< 0: only runs that are asked for
  std::chrono::milliseconds lookEvery{2000};
  std::chrono::milliseconds bankLimit{15'000};
  bool reviewLate = false;  ///< as of PaymentRules
};

struct ReconciliationDependencies {
  ActorEnvironment environment;
  ActorPool<StorageActor> storage;
  ActorRef<PaymentActor> payments;
  ActorRef<BankActor> bank;
  ReconciliationPolicy policy;
  std::shared_ptr<PaymentBoard> board = std::make_shared<PaymentBoard>();
  std::chrono::milliseconds storageTimeout{10'000};
};

/// See ReconciliationActor. A run is a row that one process holds. Everything in it can be done again: what was found
/// before is found, noted and booked once. reconciliationActor.cpp has the runs, reconciliationSteps.cpp what one does.
struct ReconciliationState {
  ReconciliationState(ReconciliationActor::pointer self, std::shared_ptr<ActorProbe> probe,
                      ReconciliationDependencies dependencies);
  ReconciliationActor::behavior_type make_behavior();

  ReconciliationActor::pointer self;

 private:
  /// A run under way.
  struct Progress {
    ReconciliationRun run;
    TimePoint next;                                ///< what is not reported yet begins here
    std::chrono::seconds piece{3600};              ///< of the report, that is asked for next
    std::unordered_set<std::string> references{};  ///< that the report has, of virtual accounts; of a day
    std::vector<BankCredit> credits{};             ///< of the last report, to be compared
    std::size_t compared = 0;                      ///< of them
    std::vector<BookMoney> toBook{};
    std::size_t booked = 0;
    PaymentMethod method = PaymentMethod::briVa;  ///< of the payments that are looked up at the bank
    std::vector<PaymentRecord> paid{};            ///< a page of them
    std::size_t asked = 0;                        ///< of them
    int questions = 0;                            ///< about the next one, without a definite answer
    std::shared_ptr<void> place{};                ///< among the runs under way
  };
  using ProgressPtr = std::shared_ptr<Progress>;

  // Runs.
  void tick();
  void planRuns();
  void plan(ReconciliationRun run);
  void claim();
  void readFigures();
  /// Goes on with `next` if the run is still ours.
  void keep(const ProgressPtr& progress, std::function<void()> next);
  void end(const ProgressPtr& progress, ReconciliationStatus status, const std::string& error,
           TimePoint nextAt = {});
  void putOff(const ProgressPtr& progress, const std::string& why);
  void failed(const ProgressPtr& progress, const Fault& fault);

  // Steps of a run, in their order.
  void report(const ProgressPtr& progress);
  void noteUnreadable(const ProgressPtr& progress, const std::vector<std::string>& unreadable);
  void compare(const ProgressPtr& progress);
  void compared(const ProgressPtr& progress, const std::vector<BankCredit>& credits,
                const std::vector<MatchedCredit>& known);
  void note(const ProgressPtr& progress, std::vector<ReconciliationItem> items, std::function<void()> next);
  void book(const ProgressPtr& progress);
  void listPaid(const ProgressPtr& progress);
  void lookUpPaid(const ProgressPtr& progress);
  void paidAnswered(const ProgressPtr& progress, const BankAnswer& answer, std::int64_t refundedByBank);
  void askAboutCodes(const ProgressPtr& progress);

  template <class Op, class Next>
  void store(const ProgressPtr& progress, Op operation, Next next);

  std::shared_ptr<ActorProbe> probe_;
  ReconciliationDependencies deps_;
  std::unordered_set<std::string> planned_;  ///< slots that have their run, by this process's knowledge
  bool claiming_ = false;
  int ticks_ = 0;
  std::shared_ptr<std::size_t> underWay_ = std::make_shared<std::size_t>(0);
};

}  // namespace ks
