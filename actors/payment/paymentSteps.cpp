#include <algorithm>
#include <utility>

#include "actors/payment/paymentActor.hpp"
#include "actors/platform/storageJob.hpp"
#include "actors/runtime/auditNote.hpp"
#include "core/invariant.hpp"
#include "core/logging/logging.hpp"

namespace ks {
namespace {

/// Above the requests that a process takes at once: all of them may change one payment.
constexpr int kMostRounds = 100;
constexpr std::size_t kLongestWorkError = 200;
constexpr std::chrono::milliseconds kFirstBankRetry{2000};
constexpr std::chrono::minutes kLongestBankRetry{5};

std::string describedAnswer(const BankAnswer& answer) {
  return (answer.code.empty() ? std::string{} : answer.code + " ") + answer.message;
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

AuditEvent PaymentState::auditOfChange(const std::string& what, const PaymentRecord& after,
                                       const Application& how) const {
  auto event = auditOf(deps_.environment, how.context, "payment." + what);
  if (!how.context.principal) {
    event.actorType = "system";
  }
  event.targetType = "payment";
  event.targetId = after.id.toString();
  event.after = {{"merchant_ref", after.merchantRef},
                 {"status", std::string{paymentStatusName(after.status)}},
                 {"amount", formatMoney(after.amount)},
                 {"paid", formatMoney({after.paidMinor, after.amount.currency})},
                 {"unmatched", formatMoney({after.suspenseMinor, after.amount.currency})},
                 {"currency", std::string{currencyCode(after.amount.currency)}},
                 {"late", after.late}};
  return event;
}

PaymentState::ApplicationPtr PaymentState::application(PaymentFact fact, const Task& finishes) {
  auto how = std::make_shared<Application>();
  how->fact = std::move(fact);
  how->finishes = finishes;
  how->done = [](PaymentRecord& /*payment*/, bool /*changed*/) {};
  how->failed = [this](const Fault& fault) { probe_->note(fault); };
  return how;
}

void PaymentState::apply(const PaymentRecord& payment, const ApplicationPtr& how) {
  PaymentDecision decision;
  try {
    decision = decidePayment(payment, how->fact, deps_.environment.clock.now(), deps_.policy.rules);
  } catch (const std::exception& broken) {
    return how->failed(detail::faultOfException(broken));
  }
  if (decision.refusal) {
    return how->failed(makeFault(*decision.refusal));
  }
  if (!decision.changes) {
    if (how->finishes.held.id != 0) {
      settle(how->finishes, std::nullopt, {});
    }
    auto same = payment;
    return how->done(same, false);
  }
  store(payment, decision, how);
}

void PaymentState::store(const PaymentRecord& before, PaymentDecision& decision, const ApplicationPtr& how) {
  ChangePayment change;
  change.after = std::move(decision.after);
  change.event.type = decision.event;
  change.event.from = before.status;
  change.event.to = change.after.status;
  change.event.actor = how->fact.actor;
  change.event.cause = how->fact.cause;
  change.event.detail = how->fact.detail;
  change.movement = std::move(decision.movement);
  change.work = decision.work;
  change.finished = how->finishes.held;
  change.answersKey = how->answersKey;
  change.now = deps_.environment.clock.now();
  if (decision.tellsMerchant) {
    const bool stays = before.status == change.after.status;  // more money, or a wish
    change.audit =
        auditOfChange(stays ? change.event.type : paymentStatusName(change.after.status), change.after, *how);
  }
  storeOwn(
      self, deps_.storageTimeout, deps_.storage, std::move(change),
      [this, how](ChangedPayment& outcome) { applied(how, outcome); },
      [how](Fault fault) { how->failed(std::move(fault)); });
}

void PaymentState::applied(const ApplicationPtr& how, ChangedPayment& outcome) {
  auto& payment = outcome.payment;
  switch (outcome.outcome) {
    case ChangePaymentOutcome::changed:
      logInfo("payment.changed", "A payment changed",
              {{"payment", payment.id.toString()},
               {"status", std::string{paymentStatusName(payment.status)}},
               {"version", payment.version}});
      return how->done(payment, true);
    case ChangePaymentOutcome::booked:
      if (how->finishes.held.id != 0) {
        settle(how->finishes, std::nullopt, {});
      }
      return how->done(payment, false);
    case ChangePaymentOutcome::moved:
      if (++how->rounds >= kMostRounds) {
        return how->failed(makeFault(ErrorCode::internal, "payment " + payment.id.toString() +
                                                              " changed again each time it was decided"));
      }
      return apply(payment, how);
  }
}

void PaymentState::settle(const Task& task, std::optional<TimePoint> nextAt, const std::string& error) {
  storeOwn(
      self, deps_.storageTimeout, deps_.storage,
      SettlePaymentWork{task.held, nextAt, error.substr(0, kLongestWorkError)}, [task](Done& /*done*/) {},
      [this, task](const Fault& fault) { probe_->note(fault); });
}

void PaymentState::putOff(const Task& task, const std::string& why) {
  settle(task, deps_.environment.clock.now() + bankRetryDelay(task.held.attempts), why);
}

void PaymentState::askBank(const PaymentRecord& payment, BankOperation operation,
                           std::chrono::milliseconds limit, std::function<void(BankAnswer&)> next,
                           TimePoint from, TimePoint to) {
  AskBank question;
  question.context.deadline = self->clock().now() + limit;
  question.paymentId = payment.id;
  question.order = {.operation = operation,
                    .method = payment.method,
                    .gatewayRef = payment.gatewayRef,
                    .bankRef = payment.bankRef,
                    .vaNumber = payment.vaNumber,
                    .amount = payment.amount,
                    .customerName = payment.customerName,
                    .description = payment.description,
                    .expiresAt = payment.expiresAt,
                    .from = from,
                    .to = to};
  const auto guardedNext = [this, next = std::move(next)](BankAnswer& answer) {
    try {
      next(answer);
    } catch (const std::exception& broken) {
      probe_->note(detail::faultOfException(broken));
    }
  };
  compat::ask(self, deps_.bank.get(), caf::timespan{limit + std::chrono::seconds{2}}, std::move(question))
      .then(guardedNext, [guardedNext](caf::error& error) {
        BankAnswer none;
        none.message = "not asked: " + std::string{describe(faultFromCafError(error).code).name};
        guardedNext(none);
      });
}

void PaymentState::giveToBank(const PaymentRecord& payment, const Task& task, const CreationPtr& creation) {
  askBank(
      payment, BankOperation::create, deps_.policy.bankLimit,
      [this, payment, task, creation](BankAnswer& answer) { bankCreated(payment, task, creation, answer); });
}

void PaymentState::bankCreated(const PaymentRecord& payment, const Task& task, const CreationPtr& creation,
                               BankAnswer& answer) {
  if (answer.outcome == BankOutcome::ok) {
    return finishCreation(payment, task, creation,
                          {.kind = PaymentFactKind::opened,
                           .vaNumber = answer.vaNumber,
                           .qrContent = answer.qrContent,
                           .bankRef = answer.bankRef});
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

void PaymentState::lookForAccount(const PaymentRecord& payment, const Task& task, const CreationPtr& creation,
                                  bool mayCreate) {
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

void PaymentState::stillUnclear(const PaymentRecord& payment, const Task& task, const CreationPtr& creation,
                                const std::string& why) {
  PaymentFact fact{.kind = PaymentFactKind::unclear, .detail = why};
  if (payment.method == PaymentMethod::briQris) {
    fact.newReference = deps_.environment.uuids.next().toString();
    std::erase(fact.newReference, '-');
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
  apply(payment, how);
}

void PaymentState::finishCreation(const PaymentRecord& payment, const Task& task, const CreationPtr& creation,
                                  PaymentFact fact) {
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
  apply(payment, how);
}

}  // namespace ks
