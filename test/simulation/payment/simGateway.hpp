#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "test/simulation/payment/simBank.hpp"

namespace ks::sim {

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
    BankOperation operation;
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
