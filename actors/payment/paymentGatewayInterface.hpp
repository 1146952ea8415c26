#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "messages/payment/bankRecords.hpp"

namespace ks {

/// A bank. Used on one thread. Faults of the line or of the answer are outcomes of the BankAnswer; nothing is thrown.
class PaymentGatewayInterface {
 public:
  virtual ~PaymentGatewayInterface() = default;

  /// Starts one call with this external id: decimal digits, unique in the partner's Jakarta day. `reply` is called
  /// once, by work() or by start() itself, at the latest when `limit` is over. Nothing is sent twice: whether it may be
  /// is BankAnswer::again.
  virtual void start(const BankOrder& order, const std::string& externalId, std::chrono::milliseconds limit,
                     std::function<void(BankAnswer)> reply) = 0;
  /// Goes on with the calls in progress for at most `wait`.
  virtual void work(std::chrono::milliseconds wait) = 0;
  [[nodiscard]] virtual std::size_t underWay() const = 0;
  /// Whose external ids they are.
  [[nodiscard]] virtual const std::string& partner() const = 0;
};

using PaymentGatewayFactory = std::function<std::unique_ptr<PaymentGatewayInterface>()>;

}  // namespace ks
