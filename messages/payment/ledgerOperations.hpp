#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/payment/money.hpp"
#include "core/uuid.hpp"

// What administrators read of the ledger. Hundredths with a sign: positive is a debit, negative a credit.
namespace ks {

struct LedgerAccountRecord {
  std::string code;
  std::string kind;  ///< asset, liability
  Currency currency = Currency::idr;
  std::int64_t balanceMinor = 0;
  std::uint64_t entries = 0;
};
struct LedgerAccounts {
  std::vector<LedgerAccountRecord> accounts;  ///< in the order of their codes
  bool balanced = true;                       ///< each transaction adds up to zero, hence all of them
};
/// Every account with its balance. Reads the whole ledger.
struct ListLedgerAccounts {
  using Out = LedgerAccounts;
  static constexpr const char* kName = "ledger.accounts";
};

/// One side of a transaction.
struct LedgerEntryRecord {
  std::int64_t transactionId = 0;
  std::string key;   ///< of the transaction, unique for ever: LedgerMovement::key
  std::string kind;  ///< of the transaction: LedgerMovement::kind
  Uuid paymentId;    ///< nil: money that belongs to no payment
  std::string account;
  Currency currency = Currency::idr;
  std::int64_t minor = 0;
  TimePoint at;
};
struct LedgerEntryPage {
  std::vector<LedgerEntryRecord> rows;
  std::string nextCursor;
};
/// The newest transaction first, its entries in the order of their accounts. cursorInvalid.
struct ListLedgerEntries {
  using Out = LedgerEntryPage;
  static constexpr const char* kName = "ledger.entries";

  std::string account{};            ///< empty: of all
  std::optional<Uuid> paymentId{};  ///< of this payment only
  std::uint32_t limit = 50;         ///< at most 500
  std::string cursor{};
};

}  // namespace ks
