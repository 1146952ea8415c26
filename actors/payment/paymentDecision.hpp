#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "messages/payment/bankRecords.hpp"
#include "messages/payment/paymentOperations.hpp"

// What becomes of a payment: one pure function, and nothing else decides it.
namespace ks {

/// What has become known of a payment, or is wished.
enum class PaymentFactKind : std::uint8_t {
  opened,        ///< the bank has the account or the code
  refused,       ///< the bank refused to make it
  unclear,       ///< the bank did not answer the creation definitely
  unpaid,        ///< the bank says: not paid, or nothing there any more
  money,         ///< the bank says: paid. `credit`
  cancelWished,  ///< by the merchant or the customer
  removed,       ///< the bank has no account (any more) after a cancellation was wished
  refundWished,  ///< by the merchant or an administrator: `refund` is the new one
  refundSent,    ///< the bank is about to be asked: `refund` as it is, likewise the next two
  refundDone,
  refundFailed,
  accepted,  ///< an administrator: the money that waits belongs to the merchant
  returned,  ///< an administrator: the money that waits was paid back
  reversed   ///< an administrator: the bank took the money back
};

struct PaymentFact {
  PaymentFactKind kind = PaymentFactKind::unpaid;
  std::string vaNumber{};  ///< of opened, likewise the next two; empty: as known
  std::string qrContent{};
  std::string bankRef{};
  /// Of unclear: the next try takes this one, for nobody will ever see what the last one made. Of opened: the one it was
  /// made with, for the next try may have begun. Empty: as known.
  std::string newReference{};
  std::optional<BankCredit> credit{};
  std::optional<RefundRecord> refund{};
  std::int64_t refundedByBank = 0;  ///< of reversed, in hundredths: what the bank itself had refunded before
  bool wasOpen = true;              ///< of removed: the account was known to be there when the bank was asked
  bool onlyIfAwaited = false;       ///< of money that the bank gives back unless it is wanted
  std::string actor = "bank";       ///< of the event: user, key, bank, system
  std::string cause{};
  std::string detail{};
};

/// A QR code of the bank lives no longer.
inline constexpr std::chrono::seconds kQrLife{1800};

/// Under which the ledger knows money of a payment.
[[nodiscard]] std::string creditKey(const Uuid& paymentId, const std::string& reference);

struct PaymentRules {
  std::chrono::seconds grace{600};  ///< after the expiry, until a payment that the bank calls unpaid expires
  bool reviewLate = false;          ///< money on a payment that had ended: to `review`, else to `paid`
};

/// A decision. Without a change nothing is stored.
struct PaymentDecision {
  bool changes = false;
  PaymentRecord after;
  /// Its type: gateway_open, gateway_refused, gateway_unknown, gateway_closed, money, extra_money, expired,
  /// cancel_asked, cancelled, refund_asked, refund_sent, refund_done, refund_failed, accepted, returned, reversed.
  std::string event;
  std::optional<LedgerMovement> movement{};
  std::optional<RefundRecord> refund{};  ///< as it is afterwards
  std::optional<PlannedWork> work{};
  bool tellsMerchant = false;  ///< an audit event: `payment.STATUS` if that is another, else `payment.EVENT`
  std::optional<Fault> refusal{};  ///< of a wish
};

/// What of a payment's money can still be refunded, in hundredths.
[[nodiscard]] std::int64_t refundableMinor(const PaymentRecord& payment) noexcept;

/// Decides. Money that came is never taken back, whatever comes in whatever order; what is known already changes
/// nothing.
[[nodiscard]] PaymentDecision decidePayment(const PaymentRecord& payment, const PaymentFact& fact,
                                            TimePoint now, const PaymentRules& rules);

/// When a payment that is not paid yet is next asked for, after `asked` times: between a minute and an hour from now,
/// and once when it has expired.
[[nodiscard]] TimePoint nextPaymentQuestion(const PaymentRecord& payment, std::uint32_t asked, TimePoint now,
                                            const PaymentRules& rules);

}  // namespace ks
