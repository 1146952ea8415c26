#pragma once
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "actors/runtime/actorRef.hpp"
#include "actors/runtime/guarded.hpp"
#include "messages/payment/paymentMessages.hpp"

namespace ks {

/// What the bank is told of a payment.
[[nodiscard]] BankOrder bankOrderOf(const PaymentRecord& payment, BankOperation operation);

/// Code and message, for a person.
[[nodiscard]] std::string describedAnswer(const BankAnswer& answer);

/// Asks the bank. `next` is called once; what went wrong on the way is an unknown outcome.
template <class Self>
void askBankThen(Self self, const std::shared_ptr<ActorProbe>& probe, const ActorRef<BankActor>& bank,
                 const Uuid& paymentId, BankOrder order, std::chrono::milliseconds limit,
                 std::function<void(BankAnswer&)> next) {
  AskBank question;
  question.context.deadline = self->clock().now() + limit;
  question.paymentId = paymentId;
  question.order = std::move(order);
  const auto guardedNext = [probe, next = std::move(next)](BankAnswer& answer) {
    try {
      next(answer);
    } catch (const std::exception& broken) {
      probe->note(detail::faultOfException(broken));
    }
  };
  compat::ask(self, bank.get(), caf::timespan{limit + std::chrono::seconds{2}}, std::move(question))
      .then(guardedNext, [guardedNext](caf::error& error) {
        BankAnswer none;
        none.message = "not asked: " + std::string{describe(faultFromCafError(error).code).name};
        guardedNext(none);
      });
}

}  // namespace ks
