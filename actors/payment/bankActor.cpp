#include "actors/payment/bankActor.hpp"

#include <array>
#include <cstring>
#include <utility>

#include "actors/platform/storageJob.hpp"
#include "core/failPoint.hpp"
#include "core/payment/jakartaTime.hpp"

namespace ks {
namespace {

constexpr std::size_t kMostBankCalls = 256;
constexpr int kMostExternalIds = 8;
constexpr int kMostSent = 2;
constexpr std::chrono::milliseconds kBankStep{5};

/// Nine decimal digits, which every page of the bank allows.
std::string newExternalId(RandomSourceInterface& random) {
  std::array<std::byte, 8> bytes{};
  random.fill(bytes);
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof(number));
  auto text = std::to_string(number % 1'000'000'000);
  return std::string(9 - text.size(), '0') + text;
}

}  // namespace

BankActorState::BankActorState(BankActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                               BankDependencies dependencies)
    : self(selfPointer),
      probe_(std::move(probe)),
      deps_(std::move(dependencies)),
      gateway_(deps_.makeGateway()) {}

BankActor::behavior_type BankActorState::make_behavior() {
  return {guarded(self, probe_, [this](AskBank& question) { return ask(question); }),
          guarded(self, probe_, [this](TickAtom) { work(); })};
}

caf::result<BankAnswer> BankActorState::ask(AskBank& question) {
  if (waiting_ >= kMostBankCalls) {
    return toCafError(makeFault(ErrorCode::overloaded, "too many calls to the bank wait"));
  }
  ++waiting_;
  auto call =
      std::make_shared<Call>(Call{std::move(question), self->make_response_promise<BankAnswer>(), 0, 0});
  begin(call);
  return call->promise;
}

void BankActorState::giveUp(const CallPtr& call, const std::string& why) {
  --waiting_;
  BankAnswer answer;
  answer.message = why;
  call->promise.deliver(std::move(answer));
}

void BankActorState::begin(const CallPtr& call) {
  if (call->question.context.deadline <= self->clock().now()) {
    return giveUp(call, "not sent: there was no time left");
  }
  if (++call->ids > kMostExternalIds) {
    return giveUp(call, "not sent: no external id was free");
  }
  const auto now = deps_.environment.clock.now();
  BeginBankCall noted;
  noted.id = deps_.environment.uuids.next();
  noted.paymentId = call->question.paymentId;
  noted.operation = call->question.order.operation;
  noted.partner = gateway_->partner();
  noted.day = jakartaDay(now);
  noted.externalId = newExternalId(deps_.environment.random);
  noted.now = now;
  const auto id = noted.id;
  const auto externalId = noted.externalId;
  storeOwn(
      self, deps_.storageTimeout, deps_.storage, std::move(noted),
      [this, call, id, externalId](bool& free) {
        if (free) {
          send(call, id, externalId);
        } else {
          begin(call);
        }
      },
      [this, call](Fault fault) {
        probe_->note(fault);
        --waiting_;
        fail(call->promise, std::move(fault));
      });
}

void BankActorState::send(const CallPtr& call, const Uuid& id, const std::string& externalId) {
  failPoint("bank.call.noted");
  const auto begun = self->clock().now();
  const auto limit =
      std::chrono::duration_cast<std::chrono::milliseconds>(call->question.context.deadline - begun);
  ++call->sent;
  gateway_->start(call->question.order, externalId, std::max(limit, std::chrono::milliseconds{1}),
                  [this, call, id, begun](BankAnswer answer) {
                    ended(call, id, answer,
                          std::chrono::duration_cast<std::chrono::microseconds>(self->clock().now() - begun));
                  });
  tick(std::chrono::milliseconds{0});
}

void BankActorState::ended(const CallPtr& call, const Uuid& id, BankAnswer& answer,
                           std::chrono::microseconds took) {
  failPoint("bank.call.answered");
  deps_.board->noteCall(call->question.order.operation, answer.outcome);
  storeOwn(
      self, deps_.storageTimeout, deps_.storage,
      EndBankCall{id, answer.outcome, answer.httpStatus, answer.code, answer.message, took},
      [](Done& /*done*/) {}, [this](const Fault& fault) { probe_->note(fault); });
  if (answer.again && call->sent < kMostSent) {
    return begin(call);
  }
  --waiting_;
  call->promise.deliver(std::move(answer));
}

void BankActorState::tick(std::chrono::milliseconds after) {
  if (!ticking_) {
    ticking_ = true;
    compat::tellAfter(self, caf::timespan{after}, BankActor{self}, TickAtom_v);
  }
}

void BankActorState::work() {
  ticking_ = false;
  gateway_->work(kBankStep);
  failPoint("bank.call.sent");
  if (gateway_->underWay() > 0) {
    tick(std::chrono::milliseconds{0});
  }
}

}  // namespace ks
