#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "messages/payment/bankRecords.hpp"
#include "messages/payment/reconciliationOperations.hpp"

// When payments are compared with the bank, and what a difference is. Pure functions.
namespace ks {

/// The runs that are due by the clock: the last window, and the days before today that have their own run since two in
/// the morning in Jakarta, at most seven. Without ids. `every` 0: none.
[[nodiscard]] std::vector<ReconciliationRun> dueReconciliations(TimePoint now, std::chrono::seconds every);

/// What a payment at the bank is to us.
struct CreditVerdict {
  bool matches = false;
  bool booksNow = false;                     ///< it belongs to a payment, and is not booked
  std::optional<ReconciliationItem> item{};  ///< a difference, without ids and times
};
[[nodiscard]] CreditVerdict judgeCredit(const BankCredit& credit, const MatchedCredit& known,
                                        bool reviewLate);

/// What the bank's answer about a payment that is paid here says; nothing: it does not say it definitely. An item
/// without ids and times, or none if it agrees. `refundedByBank`, in hundredths: by our order, or about to be.
struct PaidVerdict {
  std::optional<ReconciliationItem> item{};
};
[[nodiscard]] std::optional<PaidVerdict> judgePaid(const PaymentRecord& payment, const BankAnswer& answer,
                                                   std::int64_t refundedByBank);

/// Money that the bank told of, and nobody can say of what. `reference` makes it the same item.
[[nodiscard]] ReconciliationItem unclearCredit(std::string reference, std::string detail);

}  // namespace ks
