#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "actors/payment/bankQuestion.hpp"
#include "actors/payment/paymentActor.hpp"
#include "actors/payment/paymentCaller.hpp"
#include "actors/platform/storageJob.hpp"

namespace ks {
namespace {

constexpr std::size_t kLongestWorkError = 200;
constexpr std::chrono::milliseconds kFirstBankRetry{2000};
constexpr std::chrono::minutes kLongestBankRetry{5};

/// Anything from nothing to `most`: what failed together must not come back together each time.
std::chrono::milliseconds partOf(std::chrono::milliseconds most, RandomSourceInterface& random) {
  std::array<std::byte, sizeof(std::uint64_t)> bytes{};
  random.fill(bytes);
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof(number));
  return std::chrono::milliseconds{number % (static_cast<std::uint64_t>(most.count()) + 1)};
}

}  // namespace

std::chrono::milliseconds bankRetryDelay(std::uint32_t attempts) noexcept {
  std::chrono::milliseconds delay = kFirstBankRetry;
  for (std::uint32_t i = 1; i < attempts && delay < kLongestBankRetry; ++i) {
    delay *= 2;
  }
  return std::min<std::chrono::milliseconds>(delay, kLongestBankRetry);
}

std::optional<PaymentFact> factOfStatus(const BankAnswer& answer) {
  if (answer.outcome == BankOutcome::unknown) {
    return std::nullopt;
  }
  if (answer.state == BankState::paid) {
    if (!answer.credit) {
      return std::nullopt;
    }
    return PaymentFact{.kind = PaymentFactKind::money,
                       .credit = answer.credit,
                       .cause = answer.credit->reference,
                       .detail = formatMoney(answer.credit->amount)};
  }
  if (answer.state == BankState::unpaid || answer.state == BankState::missing ||
      answer.state == BankState::ended) {
    return PaymentFact{.kind = PaymentFactKind::unpaid, .detail = describedAnswer(answer)};
  }
  return std::nullopt;
}

PaymentApplicationPtr PaymentState::application(PaymentFact fact, const PaymentTask& finishes) {
  auto how = std::make_shared<PaymentApplication>();
  how->fact = std::move(fact);
  how->finishes = finishes;
  how->done = [this](PaymentRecord& /*payment*/, bool /*changed*/) { workEnded(); };
  how->failed = [this](const Fault& fault) { probe_->note(fault); };
  return how;
}

void PaymentState::settle(const PaymentTask& task, std::optional<TimePoint> nextAt,
                          const std::string& error) {
  storeOwn(
      self, deps_.storageTimeout, deps_.storage,
      SettlePaymentWork{task.held, nextAt, error.substr(0, kLongestWorkError)},
      [this, task](Done& /*done*/) { workEnded(); },
      [this, task](const Fault& fault) { probe_->note(fault); });
}

void PaymentState::putOff(const PaymentTask& task, const std::string& why) {
  const auto delay = bankRetryDelay(task.held.attempts);
  settle(task, deps_.environment.clock.now() + delay - partOf(delay / 2, deps_.environment.random), why);
}

std::string describedAnswer(const BankAnswer& answer) {
  return (answer.code.empty() ? std::string{} : answer.code + " ") + answer.message;
}

BankOrder bankOrderOf(const PaymentRecord& payment, BankOperation operation) {
  return {.operation = operation,
          .method = payment.method,
          .gatewayRef = payment.gatewayRef,
          .bankRef = payment.bankRef,
          .vaNumber = payment.vaNumber,
          .amount = payment.amount,
          .customerName = payment.customerName,
          .description = payment.description,
          .expiresAt = payment.expiresAt};
}

void PaymentState::askBank(const PaymentRecord& payment, BankOperation operation,
                           std::chrono::milliseconds limit, std::function<void(BankAnswer&)> next) {
  askBank(payment.id, bankOrderOf(payment, operation), limit, std::move(next));
}

void PaymentState::askBank(const Uuid& paymentId, BankOrder order, std::chrono::milliseconds limit,
                           std::function<void(BankAnswer&)> next) {
  askBankThen(self, probe_, deps_.bank, paymentId, std::move(order), limit, std::move(next));
}

void PaymentState::giveToBank(const PaymentRecord& payment, const PaymentTask& task,
                              const CreationPtr& creation) {
  askBank(
      payment, BankOperation::create, deps_.policy.bankLimit,
      [this, payment, task, creation](BankAnswer& answer) { bankCreated(payment, task, creation, answer); });
}

void PaymentState::bankCreated(const PaymentRecord& payment, const PaymentTask& task,
                               const CreationPtr& creation, BankAnswer& answer) {
  if (answer.outcome == BankOutcome::ok) {
    return finishCreation(payment, task, creation,
                          {.kind = PaymentFactKind::opened,
                           .vaNumber = answer.vaNumber,
                           .qrContent = answer.qrContent,
                           .bankRef = answer.bankRef,
                           .newReference = payment.gatewayRef});
  }
  if (answer.outcome == BankOutcome::refused && answer.state == BankState::duplicate) {
    if (payment.method == PaymentMethod::briVa) {
      return lookForAccount(payment, task, creation, false);
    }
    return stillUnclear(payment, task, creation, describedAnswer(answer));
  }
  if (answer.outcome == BankOutcome::refused && !answer.again) {
    return finishCreation(payment, task, creation,
                          {.kind = PaymentFactKind::refused, .detail = describedAnswer(answer)});
  }
  stillUnclear(payment, task, creation, describedAnswer(answer));
}

void PaymentState::lookForAccount(const PaymentRecord& payment, const PaymentTask& task,
                                  const CreationPtr& creation, bool mayCreate) {
  askBank(payment, BankOperation::find, deps_.policy.bankLimit,
          [this, payment, task, creation, mayCreate](BankAnswer& answer) {
            const bool definite = answer.outcome != BankOutcome::unknown;
            if (definite && (answer.state == BankState::unpaid || answer.state == BankState::paid)) {
              return finishCreation(payment, task, creation,
                                    {.kind = PaymentFactKind::opened, .vaNumber = answer.vaNumber});
            }
            if (definite && answer.state == BankState::missing && mayCreate) {
              return giveToBank(payment, task, creation);
            }
            stillUnclear(payment, task, creation, describedAnswer(answer));
          });
}

void PaymentState::stillUnclear(const PaymentRecord& payment, const PaymentTask& task,
                                const CreationPtr& creation, const std::string& why) {
  PaymentFact fact{.kind = PaymentFactKind::unclear, .detail = why};
  if (payment.method == PaymentMethod::briQris) {
    fact.newReference = bankReferenceOf(deps_.environment.uuids.next());
    fact.detail += "; reference " + payment.gatewayRef + " is abandoned";
  }
  auto how = application(std::move(fact), {});
  how->answersKey = creation && !creation->answered;
  how->done = [this, task, creation, why](PaymentRecord& stored, bool /*changed*/) {
    putOff(task, why);
    if (creation && !creation->answered) {
      answerCreation(creation, stored.id);
    }
  };
  changes_.apply(payment, how);
}

void PaymentState::finishCreation(const PaymentRecord& payment, const PaymentTask& task,
                                  const CreationPtr& creation, PaymentFact fact) {
  auto how = application(std::move(fact), task);
  if (creation && takeAnswer(*creation)) {
    how->answersKey = true;
    how->failed = [this, creation](const Fault& fault) {
      probe_->note(fault);
      fail(creation->promise, fault);
    };
    how->done = [this, creation](PaymentRecord& stored, bool changed) {
      if (!changed) {
        return answerCreation(creation, stored.id);
      }
      creation->promise.deliver(CreatePaymentAnswer{std::move(stored), false});
    };
  }
  changes_.apply(payment, how);
}

}  // namespace ks
