#pragma once
#include <map>
#include <vector>

#include "test/simulation/payment/paymentClient.hpp"

namespace ks::sim {

/// What holds after every step: money that came stays or is given back, what is paid stays paid, and refunds never exceed
/// it. Violations go into the world's ledger.
class StepBooks {
 public:
  void check(PaymentWorld& world);

 private:
  struct Seen {
    std::int64_t version = 0;
    std::int64_t money = 0;
    std::int64_t paid = 0;
    bool wasPaid = false;
  };
  std::map<Uuid, Seen> seen_;
};

/// When all lives are over and nothing fails any more: nobody waits, and what was paid in time was found.
void checkPaymentsSettled(PaymentWorld& world);

/// When every credit of the bank was compared: the invariants I1 to I6 and I8 of payments, against the bank's books.
void checkPaymentsAtEnd(PaymentWorld& world, const std::vector<PaymentClientState*>& merchants);

}  // namespace ks::sim
