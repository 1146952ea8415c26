#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "actors/payment/paymentGatewayInterface.hpp"
#include "test/simulation/fakeClock.hpp"
#include "test/simulation/faults/faultPlan.hpp"

namespace ks::sim {

/// Rates of what goes wrong between us and the bank, as "one in n"; 0 is never.
struct BankFaults {
  std::uint64_t lostBefore = 0;  ///< the call never arrives
  std::uint64_t lostAfter = 0;   ///< it is processed, but no answer arrives
  std::uint64_t broken = 0;      ///< the answer says nothing; perhaps it was processed
  std::uint64_t refused = 0;     ///< definitely not done
  std::uint64_t lied = 0;        ///< made, but said to be refused
  std::uint64_t again = 0;       ///< the token was refused, or the id called taken
  std::uint64_t silent = 0;      ///< paid, but not how much
  std::uint64_t slow = 0;        ///< on the way there, or back

  static BankFaults make(SeededRandom& random);
};

/// A bank with books of its own, which are the truth: it keeps its rules whatever is asked, and goes on with calls
/// whose caller has died.
class SimBank {
 public:
  struct Call;
  /// Money that a customer has paid.
  struct Received {
    BankCredit credit;
    std::string
        description;  ///< of the order that it is for; empty: an orphan, for an account that we never had
    std::string vaNumber{};    ///< of an account
    std::string gatewayRef{};  ///< likewise
    bool first = true;         ///< of its account or code
    bool takenBack = false;

    /// Whether the bank tells of it when it is asked: a code that was paid twice has one reference.
    [[nodiscard]] bool isShown() const { return first || !vaNumber.empty(); }
  };
  /// Money that the bank gave back because we had asked it to.
  struct Refund {
    std::string bankRef;  ///< of the code
    std::int64_t minor = 0;
    std::string reference{};  ///< the bank's
  };

  SimBank(const FaultPlan& plan, SeededRandom& faults, const FakeClock& clock);

  // The gateway's side.
  std::shared_ptr<Call> take(const BankOrder& order, const std::string& externalId);
  /// Processes what has arrived by now.
  void advance();
  /// The call's answer, if it has come back by now.
  [[nodiscard]] std::optional<BankAnswer> answerTo(const Call& call) const;

  // The customers' side. `late`: the bank also takes money after the account's or code's expiry.
  [[nodiscard]] bool isOpen(const std::string& vaNumber, bool late) const;
  std::optional<BankCredit> payAccount(const std::string& vaNumber, std::int64_t minor, bool late);
  std::optional<BankCredit> payCode(const std::string& qrContent, std::int64_t minor, bool late);
  /// To an account that we never had.
  BankCredit payOrphan(std::int64_t minor);
  /// Money of a customer that is not in the books: the bank asks us before it takes it.
  [[nodiscard]] BankCredit offer(std::int64_t minor);
  /// And takes it.
  void keep(const std::string& vaNumber, const BankCredit& credit);
  /// The bank gives the first credit of this order back to the customer, of itself.
  void takeBack(const std::string& description);

  // Our own transfers from the bank's account.
  /// Once for each reference.
  void payOut(const std::string& reference, std::int64_t minor) { payouts_.try_emplace(reference, minor); }

  // The truth.
  [[nodiscard]] const std::vector<Received>& received() const { return received_; }
  [[nodiscard]] std::vector<Received> receivedFor(const std::string& description) const;
  [[nodiscard]] bool hasTakenBack(const std::string& description) const;
  /// By our references.
  [[nodiscard]] const std::map<std::string, Refund>& refunds() const { return refunds_; }
  /// What is on our account.
  [[nodiscard]] std::int64_t balance() const;
  /// Whether it has ever refused to make the account or code of this order.
  [[nodiscard]] bool hasRefused(const std::string& description) const {
    return refused_.contains(description);
  }
  /// A rule that we have broken; empty: none.
  [[nodiscard]] const std::string& complaint() const { return complaint_; }
  [[nodiscard]] std::size_t accounts() const { return accounts_.size(); }

 private:
  struct Account {
    std::string vaNumber;
    std::string description;
    TimePoint expiresAt;
    bool open = true;                    ///< not removed
    std::optional<BankCredit> credit{};  ///< the first
  };
  struct Code {
    std::string content;
    std::string description;
    TimePoint expiresAt;
    std::optional<BankCredit> credit{};
    bool takenBack = false;
    std::int64_t refunded = 0;
  };

  BankAnswer process(const BankOrder& order);
  BankAnswer createAccount(const BankOrder& order);
  BankAnswer createCode(const BankOrder& order);
  BankAnswer removeAccount(const BankOrder& order);
  [[nodiscard]] BankAnswer stateOfAccount(const BankOrder& order) const;
  [[nodiscard]] BankAnswer stateOfCode(const BankOrder& order) const;
  [[nodiscard]] BankAnswer reportOf(const BankOrder& order) const;
  [[nodiscard]] static BankAnswer stateOf(const std::optional<BankCredit>& credit, BankState unpaid);
  BankAnswer refundCode(const BankOrder& order);
  [[nodiscard]] BankAnswer stateOfRefund(const BankOrder& order) const;
  BankAnswer refuse(const BankOrder& order, const char* why);
  void receive(Received money, std::optional<BankCredit>& firstCredit);
  void complain(const std::string& why);

  const FaultPlan& plan_;
  SeededRandom& faults_;
  const FakeClock& clock_;
  BankFaults rates_;
  std::multimap<TimePoint, std::shared_ptr<Call>> underWay_;   ///< by the time of their processing
  std::set<std::pair<std::string, std::string>> externalIds_;  ///< by day
  std::map<std::string, Account> accounts_;                    ///< by our reference
  std::map<std::string, Code> codes_;                          ///< by the bank's reference
  std::set<std::string> codeReferences_;                       ///< ours
  std::set<std::string> refused_;
  std::vector<Received> received_;
  std::map<std::string, Refund> refunds_;  ///< by our reference
  std::map<std::string, std::int64_t> payouts_;
  std::uint64_t lastReference_ = 0;
  std::uint64_t lastOrphan_ = 0;
  std::string complaint_;
};

/// An answer without details.
[[nodiscard]] BankAnswer bankAnswer(BankOutcome outcome, BankState state, const char* message);

}  // namespace ks::sim
