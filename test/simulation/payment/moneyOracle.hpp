#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "test/simulation/payment/paymentWorld.hpp"

namespace ks::sim {

/// When the reconciliation is done: the ledger, the payments and their refunds are what the bank's books say. Violations
/// go into the world's ledger.
void checkBooks(PaymentWorld& world);

/// When every day was compared with the bank, from `since` on: what belongs to nobody and what the bank took back was
/// found, and nothing that is not so.
void checkReconciled(PaymentWorld& world, TimePoint since);

/// Each quarter of an hour until then has had its run.
void checkWindows(PaymentWorld& world, TimePoint until);

/// What a reconciliation must not change when everything is as the one before has left it.
struct BookedState {
  std::map<std::string, std::int64_t> versions;  ///< of payments, and of items: their status
  std::size_t movements = 0;

  static BookedState of(const PaymentWorld& world);
  friend bool operator==(const BookedState&, const BookedState&) = default;
};

}  // namespace ks::sim
