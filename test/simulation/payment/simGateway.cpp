#include "test/simulation/payment/simGateway.hpp"

#include <utility>

namespace ks::sim {

SimGateway::SimGateway(SimBank& bank, const FaultPlan& plan, const FakeClock& clock)
    : bank_(bank), plan_(plan), clock_(clock) {}

void SimGateway::start(const BankOrder& order, const std::string& externalId, std::chrono::milliseconds limit,
                       std::function<void(BankAnswer)> reply) {
  auto told = order;
  if (plan_.plant == Plant::refundTwice && order.operation == BankOperation::refund) {
    told.refundReference += externalId;
  }
  waiting_.push_back({bank_.take(told, externalId), order.operation, clock_.now() + limit, std::move(reply)});
}

void SimGateway::work(std::chrono::milliseconds /*wait*/) {
  bank_.advance();
  std::vector<std::pair<std::function<void(BankAnswer)>, BankAnswer>> ready;
  std::erase_if(waiting_, [&](Waiting& each) {
    auto answer = bank_.answerTo(*each.call);
    if (!answer && each.until > clock_.now()) {
      return false;
    }
    if (!answer) {
      answer = bankAnswer(BankOutcome::unknown, BankState::none, "no answer in time");
      answer->httpStatus = 0;
    }
    if (plan_.plant == Plant::unknownIsFailed && each.operation == BankOperation::create &&
        answer->outcome == BankOutcome::unknown) {
      answer->outcome = BankOutcome::refused;
    }
    ready.emplace_back(std::move(each.reply), std::move(*answer));
    return true;
  });
  for (auto& [reply, answer] : ready) {
    reply(std::move(answer));
  }
}

}  // namespace ks::sim
