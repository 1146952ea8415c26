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
#include "test/simulation/faultPlan.hpp"

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
  /// Money that a customer has paid, and for which payment: the description of its order.
  struct Received {
    BankCredit credit;
    std::string description;
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
  /// Money of a customer that is not in the books: the bank asks us before it takes it.
  [[nodiscard]] BankCredit offer(std::int64_t minor);
  /// And takes it.
  void keep(const std::string& vaNumber, const BankCredit& credit);

  // The truth.
  [[nodiscard]] const std::vector<Received>& received() const { return received_; }
  [[nodiscard]] std::vector<Received> receivedFor(const std::string& description) const;
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
  };

  BankAnswer process(const BankOrder& order);
  BankAnswer createAccount(const BankOrder& order);
  BankAnswer createCode(const BankOrder& order);
  BankAnswer removeAccount(const BankOrder& order);
  [[nodiscard]] BankAnswer stateOfAccount(const BankOrder& order) const;
  [[nodiscard]] BankAnswer stateOfCode(const BankOrder& order) const;
  [[nodiscard]] BankAnswer reportOf(const BankOrder& order) const;
  [[nodiscard]] static BankAnswer stateOf(const std::optional<BankCredit>& credit, BankState unpaid);
  BankAnswer refuse(const BankOrder& order, const char* why);
  [[nodiscard]] Account* payable(const std::string& vaNumber, bool late);
  BankCredit receive(std::int64_t minor, const std::string& description);
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
  std::uint64_t lastReference_ = 0;
  std::string complaint_;
};

/// A gateway to it. Keeps the promises of the interface, whatever happens to a call.
class SimGateway final : public PaymentGatewayInterface {
 public:
  SimGateway(SimBank& bank, const FaultPlan& plan, const FakeClock& clock);

  void start(const BankOrder& order, const std::string& externalId, std::chrono::milliseconds limit,
             std::function<void(BankAnswer)> reply) override;
  void work(std::chrono::milliseconds wait) override;
  [[nodiscard]] std::size_t underWay() const override { return waiting_.size(); }
  [[nodiscard]] const std::string& partner() const override { return partner_; }

 private:
  struct Waiting {
    std::shared_ptr<SimBank::Call> call;
    TimePoint until;
    std::function<void(BankAnswer)> reply;
  };

  SimBank& bank_;
  const FaultPlan& plan_;
  const FakeClock& clock_;
  std::string partner_ = "77777";
  std::vector<Waiting> waiting_;
};

}  // namespace ks::sim
