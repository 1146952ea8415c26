#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/payment/money.hpp"
#include "messages/payment/paymentRecords.hpp"

// What the bank is asked and what it says, in no bank's own terms.
namespace ks {

/// Names are stored: `create`, `find`, `status`, `remove`, `report`, `refund`, `find_refund`.
enum class BankOperation : std::uint8_t {
  create,     ///< open a virtual account, make a QR code
  find,       ///< is there an account of our reference? (virtual accounts only)
  status,     ///< has it been paid?
  remove,     ///< close the account (virtual accounts only)
  report,     ///< every payment to our virtual accounts in a part of a day
  refund,     ///< give money back (QR codes only)
  findRefund  ///< did a refund of our reference get through? (QR codes only)
};
inline constexpr std::size_t kBankOperations = 7;
[[nodiscard]] const char* bankOperationName(BankOperation operation) noexcept;

/// One question to the bank. What an operation does not need is empty.
struct BankOrder {
  BankOperation operation = BankOperation::status;
  PaymentMethod method = PaymentMethod::briVa;
  std::string gatewayRef;
  std::string bankRef;
  std::string vaNumber;
  Money amount{};
  std::string customerName{};
  std::string description{};
  TimePoint expiresAt{};
  TimePoint from{};  ///< of a report, both included, in one Jakarta day
  TimePoint to{};
  std::string refundReference{};  ///< ours, of a refund
  Money refundAmount{};
  std::string reason{};
};

/// How far an answer can be trusted. Names are stored: ok, refused, unknown.
enum class BankOutcome : std::uint8_t {
  ok,
  refused,  ///< definitely not done, for a reason that the standard lists
  unknown   ///< everything else: it may have been done. Ask, never guess
};
inline constexpr std::size_t kBankOutcomes = 3;
[[nodiscard]] const char* bankOutcomeName(BankOutcome outcome) noexcept;

/// What an answer that is ok or refused says about the account or code.
enum class BankState : std::uint8_t {
  none,       ///< nothing is said
  missing,    ///< there is no such account, code or payment of it
  unpaid,     ///< it exists and was not paid
  paid,       ///< `credit` says what arrived, unless the bank did not say it
  duplicate,  ///< our reference is taken: an earlier try got through
  ended,      ///< expired or closed at the bank
  refunded    ///< the bank has given money back: the refund that was asked for, or all of the payment
};

/// Money at the bank.
struct BankCredit {
  std::string reference;  ///< the bank's, unique
  Money amount;
  TimePoint at;
  std::string vaNumber{};    ///< of a report
  std::string gatewayRef{};  ///< of a report, when the bank says it
};

struct BankAnswer {
  BankOutcome outcome = BankOutcome::unknown;
  BankState state = BankState::none;
  int httpStatus = 0;     ///< 0: there was no answer
  std::string code{};     ///< the bank's responseCode; may be empty
  std::string message{};  ///< for a person: the bank's or ours; bounded, printable, no secrets
  std::string vaNumber{};
  std::string qrContent{};
  std::string bankRef{};
  std::optional<BankCredit> credit{};
  std::string refundReference{};  ///< the bank's, of a refund
  std::vector<BankCredit> report{};
  std::vector<std::string> unreadable{};  ///< of a report: why, and the line; bounded, printable
  bool again =
      false;  ///< definitely not processed, and may be sent at once with another external id: the access
              ///< token was renewed, or the id was taken
};

}  // namespace ks
