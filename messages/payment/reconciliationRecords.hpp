#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/payment/money.hpp"
#include "core/uuid.hpp"

// Comparing what the bank has received with what is booked here. Plain data.
namespace ks {

/// Names are stored: `window`, `day`.
enum class ReconciliationKind : std::uint8_t {
  window,  ///< the last hour and a quarter, each quarter of an hour: virtual accounts
  day      ///< a whole day in Jakarta: virtual accounts, QR codes, and what is booked here only
};
[[nodiscard]] const char* reconciliationKindName(ReconciliationKind kind) noexcept;
[[nodiscard]] std::optional<ReconciliationKind> reconciliationKindFrom(std::string_view name) noexcept;

/// Names are stored: `waiting`, `running`, `done`, `failed`.
enum class ReconciliationStatus : std::uint8_t {
  waiting,
  running,  ///< by a process, until its lease is over
  done,
  failed  ///< given up after many tries: the bank's report could not be read
};
[[nodiscard]] const char* reconciliationStatusName(ReconciliationStatus status) noexcept;
[[nodiscard]] std::optional<ReconciliationStatus> reconciliationStatusFrom(std::string_view name) noexcept;

struct ReconciliationCounts {
  std::int64_t credits = 0;  ///< payments that the bank has, each counted once in a run
  std::int64_t matched = 0;  ///< of them those that were booked
  std::int64_t healed = 0;   ///< of them those that were not, and are now
  std::int64_t items = 0;    ///< differences for a person, those too that a person has resolved
};

struct ReconciliationRun {
  Uuid id;
  ReconciliationKind kind = ReconciliationKind::window;
  std::string slot;  ///< what makes it the same run: `window:TIME`, `day:DAY`, `asked:ID`
  TimePoint from;
  TimePoint to;  ///< included, to the second
  ReconciliationStatus status = ReconciliationStatus::waiting;
  Uuid askedBy;  ///< user; nil: by the clock
  std::uint32_t attempts = 0;
  ReconciliationCounts counts;
  std::string error;  ///< of the last try; may be empty
  TimePoint createdAt;
  std::optional<TimePoint> finishedAt;
};

/// What does not fit. Names are stored.
enum class ReconciliationClass : std::uint8_t {
  missingNotification,  ///< `missing_notification`: the bank has it, here it was not booked; it is now
  amountMismatch,       ///< `amount_mismatch`: the payment is for another amount, or another amount is booked
  duplicateCredit,      ///< `duplicate_credit`: a second payment of what was paid
  orphanCredit,         ///< `orphan_credit`: money that belongs to no payment
  paidHereNotAtBank,    ///< `paid_here_not_at_bank`
  reversedAtBank,       ///< `reversed_at_bank`: the bank gave the money back
  unclearCredit  ///< `unclear_credit`: a notice of no payment, or a line of the report that cannot be read
};
[[nodiscard]] const char* reconciliationClassName(ReconciliationClass value) noexcept;
[[nodiscard]] std::optional<ReconciliationClass> reconciliationClassFrom(std::string_view name) noexcept;

/// Names are stored: `open`, `healed`, `resolved`.
enum class ReconciliationItemStatus : std::uint8_t {
  open,
  healed,   ///< by the run itself
  resolved  ///< by an administrator
};
[[nodiscard]] const char* reconciliationItemStatusName(ReconciliationItemStatus status) noexcept;
[[nodiscard]] std::optional<ReconciliationItemStatus> reconciliationItemStatusFrom(
    std::string_view name) noexcept;

struct ReconciliationItem {
  Uuid id;
  Uuid runId;  ///< that found it first; nil: a notice did
  ReconciliationClass what = ReconciliationClass::orphanCredit;
  ReconciliationItemStatus status = ReconciliationItemStatus::open;
  std::string reference;         ///< the bank's, of the money; with the class unique
  Uuid paymentId;                ///< nil: of none
  std::string vaNumber;          ///< may be empty
  std::int64_t bankMinor = 0;    ///< what the bank has
  std::int64_t bookedMinor = 0;  ///< what was booked here before
  std::string detail;
  TimePoint createdAt;
  TimePoint seenAt;           ///< by the last run that found it
  Uuid resolvedBy;            ///< nil: it is not
  std::string note;           ///< of who resolved it
  std::string bankReference;  ///< of the payout that gave the money back; may be empty
  std::optional<TimePoint> resolvedAt;
};

}  // namespace ks
