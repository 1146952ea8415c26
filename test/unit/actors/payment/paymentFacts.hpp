#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "actors/payment/paymentDecision.hpp"

// Payments and facts for the tests of decidePayment().
namespace ks::paymentFacts {

inline constexpr std::int64_t kAmount = 1'000'000;  ///< 10,000.00
inline constexpr std::array<PaymentStatus, 10> kEveryStatus{
    PaymentStatus::created,  PaymentStatus::pending,
    PaymentStatus::paid,     PaymentStatus::partiallyRefunded,
    PaymentStatus::refunded, PaymentStatus::reversed,
    PaymentStatus::expired,  PaymentStatus::cancelled,
    PaymentStatus::failed,   PaymentStatus::review};
inline constexpr std::array<GatewayState, 4> kEveryGatewayState{GatewayState::asked, GatewayState::unknown,
                                                                GatewayState::open, GatewayState::closed};
inline constexpr std::array<PaymentMethod, 2> kEveryMethod{PaymentMethod::briVa, PaymentMethod::briQris};

inline TimePoint startOfPayment() { return TimePoint{Milliseconds{1'790'000'000'000}}; }

/// The whole amount had arrived once.
inline bool isPaid(PaymentStatus status) {
  return status == PaymentStatus::paid || status == PaymentStatus::partiallyRefunded ||
         status == PaymentStatus::refunded || status == PaymentStatus::reversed;
}
inline bool endedWithoutMoney(PaymentStatus status) {
  return status == PaymentStatus::expired || status == PaymentStatus::cancelled ||
         status == PaymentStatus::failed;
}

inline PaymentRecord paymentIn(PaymentStatus status, GatewayState gateway,
                               PaymentMethod method = PaymentMethod::briVa) {
  PaymentRecord payment;
  payment.id.bytes[15] = 7;
  payment.method = method;
  payment.amount = {kAmount, Currency::idr};
  payment.status = status;
  payment.gatewayState = gateway;
  payment.gatewayRef = "00000000000000000000000000000007";
  payment.createdAt = startOfPayment();
  payment.updatedAt = payment.createdAt;
  payment.expiresAt = payment.createdAt + std::chrono::hours{1};
  if (isPaid(status)) {
    payment.paidAt = payment.createdAt + std::chrono::minutes{5};
    payment.paidReference = "FIRST";
    payment.paidMinor = kAmount;
  } else if (status == PaymentStatus::review) {
    payment.suspenseMinor = kAmount - 100;
  }
  return payment;
}

inline PaymentFact factOf(PaymentFactKind kind) {
  PaymentFact fact;
  fact.kind = kind;
  return fact;
}
inline PaymentFact moneyFact(const std::string& reference, std::int64_t minor) {
  auto fact = factOf(PaymentFactKind::money);
  fact.credit = BankCredit{reference, {minor, Currency::idr}, startOfPayment() + std::chrono::minutes{10}};
  return fact;
}

/// A fact, and when it becomes known.
struct TimedFact {
  PaymentFact fact;
  TimePoint at;
};

/// A payment with its ledger, which, as the one of the storage, takes each movement once.
struct PaymentBooks {
  PaymentRecord payment;
  PaymentRules rules{};
  std::map<std::string, LedgerMovement> ledger{};

  PaymentDecision apply(const PaymentFact& fact, TimePoint now) {
    auto decision = decidePayment(payment, fact, now, rules);
    const bool booked = decision.movement && ledger.contains(decision.movement->key);
    if (decision.changes && !booked) {
      payment = decision.after;
      ++payment.version;
      if (decision.movement) {
        ledger.emplace(decision.movement->key, *decision.movement);
      }
    }
    return decision;
  }
  [[nodiscard]] std::int64_t booked(const std::string& account) const {
    std::int64_t sum = 0;
    for (const auto& [key, movement] : ledger) {
      sum += (movement.debit == account ? movement.minor : 0) -
             (movement.credit == account ? movement.minor : 0);
    }
    return sum;
  }
};

}  // namespace ks::paymentFacts
