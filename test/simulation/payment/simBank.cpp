#include "test/simulation/payment/simBank.hpp"

#include <algorithm>

#include "core/payment/jakartaTime.hpp"

namespace ks::sim {

enum class CallFate : std::uint8_t {
  done,
  lostBefore,
  lostAfter,
  brokenBefore,
  brokenAfter,
  refused,
  lied,
  again
};

struct SimBank::Call {
  BankOrder order;
  CallFate fate = CallFate::done;
  TimePoint answeredAt;
  std::optional<BankAnswer> answer{};
};

namespace {

constexpr std::uint64_t kQuickMs = 50;
constexpr std::uint64_t kSlowThereMs = 6000;
constexpr std::uint64_t kSlowBackMs = 12'000;

Milliseconds millisecondsUpTo(SeededRandom& random, std::uint64_t most) {
  return Milliseconds{static_cast<std::int64_t>(random.below(most + 1))};
}

CallFate fateOf(SeededRandom& faults, const BankFaults& rates, const BankOrder& order) {
  if (faults.oneIn(rates.lostBefore)) {
    return CallFate::lostBefore;
  }
  if (faults.oneIn(rates.lostAfter)) {
    return CallFate::lostAfter;
  }
  if (faults.oneIn(rates.broken)) {
    return faults.oneIn(2) ? CallFate::brokenBefore : CallFate::brokenAfter;
  }
  if (faults.oneIn(rates.again)) {
    return CallFate::again;
  }
  if (order.operation == BankOperation::create && faults.oneIn(rates.lied)) {
    return CallFate::lied;
  }
  return faults.oneIn(rates.refused) ? CallFate::refused : CallFate::done;
}

bool isProcessed(CallFate fate) {
  return fate == CallFate::done || fate == CallFate::lostAfter || fate == CallFate::brokenAfter ||
         fate == CallFate::lied;
}

}  // namespace

BankAnswer bankAnswer(BankOutcome outcome, BankState state, const char* message) {
  BankAnswer answer;
  answer.outcome = outcome;
  answer.state = state;
  answer.httpStatus = outcome == BankOutcome::ok ? 200 : outcome == BankOutcome::refused ? 404 : 500;
  answer.message = message;
  return answer;
}

BankFaults BankFaults::make(SeededRandom& random) {
  const auto sometimes = [&random](std::uint64_t often, std::uint64_t seldom) -> std::uint64_t {
    const auto draw = random.below(3);
    return draw == 0 ? 0 : draw == 1 ? often : seldom;
  };
  BankFaults faults;
  faults.lostBefore = sometimes(6, 25);
  faults.lostAfter = sometimes(6, 25);
  faults.broken = sometimes(8, 30);
  faults.refused = sometimes(12, 40);
  faults.lied = sometimes(6, 20);
  faults.again = sometimes(8, 30);
  faults.silent = sometimes(4, 15);
  faults.slow = sometimes(3, 12);
  return faults;
}

SimBank::SimBank(const FaultPlan& plan, SeededRandom& faults, const FakeClock& clock)
    : plan_(plan), faults_(faults), clock_(clock), rates_(BankFaults::make(faults)) {}

void SimBank::complain(const std::string& why) {
  if (complaint_.empty()) {
    complaint_ = why;
  }
}

std::shared_ptr<SimBank::Call> SimBank::take(const BankOrder& order, const std::string& externalId) {
  const auto now = clock_.now();
  if (!externalIds_.emplace(jakartaDay(now), externalId).second) {
    complain("the external id " + externalId + " came twice in a day");
  }
  auto call = std::make_shared<Call>(Call{order, CallFate::done, now});
  auto processAt = now + millisecondsUpTo(faults_, kQuickMs);
  call->answeredAt = processAt + millisecondsUpTo(faults_, kQuickMs);
  if (plan_.on) {
    call->fate = fateOf(faults_, rates_, order);
    if (faults_.oneIn(rates_.slow)) {
      if (faults_.oneIn(2)) {
        processAt += millisecondsUpTo(faults_, kSlowThereMs);
      }
      call->answeredAt = processAt + millisecondsUpTo(faults_, kSlowBackMs);
    }
  }
  underWay_.emplace(processAt, call);
  return call;
}

void SimBank::advance() {
  while (!underWay_.empty() && underWay_.begin()->first <= clock_.now()) {
    const auto call = underWay_.begin()->second;
    underWay_.erase(underWay_.begin());
    auto truth = isProcessed(call->fate) ? process(call->order) : BankAnswer{};
    switch (call->fate) {
      case CallFate::done:
        if (truth.state == BankState::paid && plan_.on && faults_.oneIn(rates_.silent)) {
          truth.credit.reset();
        }
        call->answer = std::move(truth);
        break;
      case CallFate::lostBefore:
      case CallFate::lostAfter:
        break;
      case CallFate::brokenBefore:
      case CallFate::brokenAfter:
        call->answer = bankAnswer(BankOutcome::unknown, BankState::none, "Internal Server Error");
        break;
      case CallFate::refused:
      case CallFate::lied:
        call->answer = refuse(call->order, "Invalid Mandatory Field");
        break;
      case CallFate::again:
        call->answer = bankAnswer(BankOutcome::refused, BankState::none, "Conflict");
        call->answer->again = true;
        break;
    }
  }
}

std::optional<BankAnswer> SimBank::answerTo(const Call& call) const {
  return call.answeredAt <= clock_.now() ? call.answer : std::nullopt;
}

BankAnswer SimBank::refuse(const BankOrder& order, const char* why) {
  if (order.operation == BankOperation::create) {
    refused_.insert(order.description);
  }
  return bankAnswer(BankOutcome::refused, BankState::none, why);
}

BankAnswer SimBank::process(const BankOrder& order) {
  const bool account = order.method == PaymentMethod::briVa;
  switch (order.operation) {
    case BankOperation::create:
      return account ? createAccount(order) : createCode(order);
    case BankOperation::find:
    case BankOperation::status:
      return account ? stateOfAccount(order) : stateOfCode(order);
    case BankOperation::remove:
      return removeAccount(order);
    case BankOperation::report:
      return reportOf(order);
    case BankOperation::refund:
      return refundCode(order);
    case BankOperation::findRefund:
      return stateOfRefund(order);
  }
  return {};
}

BankAnswer SimBank::createAccount(const BankOrder& order) {
  if (accounts_.contains(order.gatewayRef)) {
    return bankAnswer(BankOutcome::refused, BankState::duplicate, "Duplicate");
  }
  const bool second = std::any_of(accounts_.begin(), accounts_.end(), [&order](const auto& entry) {
    return entry.second.vaNumber == order.vaNumber || entry.second.description == order.description;
  });
  if (second) {
    complain("a second account was opened for " + order.description);
  }
  if (order.expiresAt <= clock_.now()) {
    return refuse(order, "Expired");
  }
  accounts_.emplace(order.gatewayRef, Account{order.vaNumber, order.description, order.expiresAt});
  auto answer = bankAnswer(BankOutcome::ok, BankState::unpaid, "Successful");
  answer.vaNumber = order.vaNumber;
  return answer;
}

BankAnswer SimBank::createCode(const BankOrder& order) {
  if (!codeReferences_.insert(order.gatewayRef).second) {
    return bankAnswer(BankOutcome::refused, BankState::duplicate, "Duplicate");
  }
  auto answer = bankAnswer(BankOutcome::ok, BankState::unpaid, "Successful");
  answer.bankRef = "B" + std::to_string(codes_.size() + 1);
  answer.qrContent = "QR" + answer.bankRef;
  codes_.emplace(answer.bankRef, Code{answer.qrContent, order.description, order.expiresAt});
  return answer;
}

BankAnswer SimBank::stateOf(const std::optional<BankCredit>& credit, BankState unpaid) {
  if (!credit) {
    return bankAnswer(BankOutcome::ok, unpaid, "Not paid");
  }
  auto answer = bankAnswer(BankOutcome::ok, BankState::paid, "Paid");
  answer.credit = credit;
  return answer;
}

BankAnswer SimBank::stateOfAccount(const BankOrder& order) const {
  const auto found = accounts_.find(order.gatewayRef);
  if (found == accounts_.end() || !found->second.open) {
    return bankAnswer(BankOutcome::refused, BankState::missing, "Not Found");
  }
  auto answer = stateOf(found->second.credit, BankState::unpaid);  // also when it has expired
  answer.vaNumber = found->second.vaNumber;
  return answer;
}

BankAnswer SimBank::stateOfCode(const BankOrder& order) const {
  const auto found = codes_.find(order.bankRef);
  if (found == codes_.end()) {
    return bankAnswer(BankOutcome::refused, BankState::missing, "Not Found");
  }
  const auto& code = found->second;
  if (code.takenBack || (code.credit && code.refunded == code.credit->amount.minor)) {
    return bankAnswer(BankOutcome::ok, BankState::refunded, "Refunded");
  }
  const bool expired = code.expiresAt <= clock_.now();
  return stateOf(code.credit, expired ? BankState::ended : BankState::unpaid);
}

BankAnswer SimBank::removeAccount(const BankOrder& order) {
  const auto found = accounts_.find(order.gatewayRef);
  if (found == accounts_.end() || !found->second.open) {
    return bankAnswer(BankOutcome::refused, BankState::missing, "Not Found");
  }
  if (found->second.credit) {
    return bankAnswer(BankOutcome::refused, BankState::paid, "Paid Bill");
  }
  found->second.open = false;
  return bankAnswer(BankOutcome::ok, BankState::ended, "Successful");
}

}  // namespace ks::sim
