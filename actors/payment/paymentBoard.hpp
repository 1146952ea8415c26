#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include "messages/payment/bankRecords.hpp"
#include "messages/payment/reconciliationOperations.hpp"

namespace ks {

/// What operators see of payments in one process. Thread-safe.
class PaymentBoard {
 public:
  struct View {
    std::optional<PaymentFigures> figures;  ///< nothing before they were read once
    /// Calls to the bank since the start, by operation and outcome.
    std::array<std::array<std::uint64_t, kBankOutcomes>, kBankOperations> calls{};
    std::uint32_t unclearInRow = 0;  ///< the last calls, none of which the bank answered definitely
  };

  void noteCall(BankOperation operation, BankOutcome outcome) {
    const std::scoped_lock lock{mutex_};
    ++view_.calls.at(static_cast<std::size_t>(operation)).at(static_cast<std::size_t>(outcome));
    view_.unclearInRow = outcome == BankOutcome::unknown ? view_.unclearInRow + 1 : 0;
  }
  void show(PaymentFigures figures) {
    const std::scoped_lock lock{mutex_};
    view_.figures = std::move(figures);
  }
  [[nodiscard]] View view() const {
    const std::scoped_lock lock{mutex_};
    return view_;
  }

 private:
  mutable std::mutex mutex_;
  View view_;
};

}  // namespace ks
