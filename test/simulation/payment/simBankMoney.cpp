#include <algorithm>
#include <iterator>
#include <utility>

#include "test/simulation/payment/simBank.hpp"

// Money at the bank: what customers pay, what goes back, and what the bank says of it.
namespace ks::sim {

bool SimBank::isOpen(const std::string& vaNumber, bool late) const {
  return std::any_of(accounts_.begin(), accounts_.end(), [&](const auto& entry) {
    const auto& account = entry.second;
    return account.vaNumber == vaNumber && account.open && (late || clock_.now() < account.expiresAt);
  });
}

// The bank tells times to the second.
BankCredit SimBank::offer(std::int64_t minor) {
  return {"C" + std::to_string(++lastReference_),
          {minor, Currency::idr},
          std::chrono::floor<std::chrono::seconds>(clock_.now())};
}

void SimBank::receive(Received money, std::optional<BankCredit>& firstCredit) {
  money.first = !firstCredit.has_value();
  if (money.first) {
    firstCredit = money.credit;
  }
  received_.push_back(std::move(money));
}

std::optional<BankCredit> SimBank::payAccount(const std::string& vaNumber, std::int64_t minor, bool late) {
  if (!isOpen(vaNumber, late)) {
    return std::nullopt;
  }
  const auto credit = offer(minor);
  keep(vaNumber, credit);
  return credit;
}

std::optional<BankCredit> SimBank::payCode(const std::string& qrContent, std::int64_t minor, bool late) {
  for (auto& [reference, code] : codes_) {
    if (code.content == qrContent && (late || clock_.now() < code.expiresAt)) {
      const auto credit = offer(minor);
      receive({credit, code.description}, code.credit);
      return credit;
    }
  }
  return std::nullopt;
}

BankCredit SimBank::payOrphan(std::int64_t minor) {
  std::string vaNumber;
  do {
    const auto digits = std::to_string(++lastOrphan_);
    vaNumber = "77777" + std::string(10 - digits.size(), '9') + digits;
  } while (isOpen(vaNumber, true));
  const auto credit = offer(minor);
  received_.push_back({credit, {}, vaNumber});
  return credit;
}

void SimBank::keep(const std::string& vaNumber, const BankCredit& credit) {
  for (auto& [reference, account] : accounts_) {
    if (account.vaNumber == vaNumber) {
      return receive({credit, account.description, vaNumber, reference}, account.credit);
    }
  }
}

void SimBank::takeBack(const std::string& description) {
  for (auto& money : received_) {
    money.takenBack = money.takenBack || (money.first && money.description == description);
  }
  for (auto& [reference, account] : accounts_) {
    if (account.description == description) {
      account.credit.reset();
    }
  }
  for (auto& [reference, code] : codes_) {
    if (code.description == description && code.credit) {
      code.credit.reset();
      code.takenBack = true;
    }
  }
}

std::vector<SimBank::Received> SimBank::receivedFor(const std::string& description) const {
  std::vector<Received> some;
  std::copy_if(received_.begin(), received_.end(), std::back_inserter(some),
               [&description](const Received& each) { return each.description == description; });
  return some;
}

bool SimBank::hasTakenBack(const std::string& description) const {
  return std::any_of(received_.begin(), received_.end(), [&description](const Received& each) {
    return each.takenBack && each.description == description;
  });
}

std::int64_t SimBank::balance() const {
  std::int64_t minor = 0;
  for (const auto& money : received_) {
    minor += money.takenBack ? 0 : money.credit.amount.minor;
  }
  for (const auto& [reference, refund] : refunds_) {
    minor -= refund.minor;
  }
  for (const auto& [reference, payout] : payouts_) {
    minor -= payout;
  }
  return minor;
}

BankAnswer SimBank::reportOf(const BankOrder& order) const {
  auto answer = bankAnswer(BankOutcome::ok, BankState::none, "Successful");
  for (const auto& money : received_) {
    if (!money.vaNumber.empty() && !money.takenBack && money.credit.at >= order.from &&
        money.credit.at <= order.to) {
      auto row = money.credit;
      row.vaNumber = money.vaNumber;
      row.gatewayRef = money.gatewayRef;
      answer.report.push_back(std::move(row));
    }
  }
  return answer;
}

BankAnswer SimBank::refundCode(const BankOrder& order) {
  const auto found = codes_.find(order.bankRef);
  if (found == codes_.end() || !found->second.credit) {
    return refuse(order, "Not Found");
  }
  if (refunds_.contains(order.refundReference)) {
    return bankAnswer(BankOutcome::refused, BankState::duplicate, "Duplicate");
  }
  auto& code = found->second;
  const auto minor = order.refundAmount.minor;
  if (minor <= 0 || minor > code.credit->amount.minor - code.refunded) {
    return refuse(order, "Invalid Amount");
  }
  code.refunded += minor;
  auto answer = bankAnswer(BankOutcome::ok, BankState::refunded, "Successful");
  answer.refundReference = "F" + std::to_string(++lastReference_);
  refunds_.emplace(order.refundReference, Refund{order.bankRef, minor, answer.refundReference});
  return answer;
}

BankAnswer SimBank::stateOfRefund(const BankOrder& order) const {
  const auto found = refunds_.find(order.refundReference);
  if (found == refunds_.end()) {
    return bankAnswer(BankOutcome::ok, BankState::missing, "Not refunded");
  }
  auto answer = bankAnswer(BankOutcome::ok, BankState::refunded, "Refunded");
  answer.refundReference = found->second.reference;
  return answer;
}

}  // namespace ks::sim
