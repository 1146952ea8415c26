#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/payment/money.hpp"
#include "core/uuid.hpp"

// Payments as they are stored and shown. Plain data.
namespace ks {

/// How a customer pays. Names are stored: briVa `bri_va`, briQris `bri_qris`.
enum class PaymentMethod : std::uint8_t {
  briVa,   ///< transfer to a virtual account
  briQris  ///< QR code that carries the amount
};
[[nodiscard]] const char* paymentMethodName(PaymentMethod method) noexcept;
[[nodiscard]] std::optional<PaymentMethod> paymentMethodFrom(std::string_view name) noexcept;

/// Where a payment stands. Money that has arrived is never taken back by a status.
enum class PaymentStatus : std::uint8_t {
  created,  ///< stored; the bank has not confirmed that it can be paid
  pending,  ///< can be paid
  paid,     ///< the whole amount has arrived
  partiallyRefunded,
  refunded,   ///< final
  reversed,   ///< the bank took the money back; final
  expired,    ///< not paid in time; money that arrives later is still booked
  cancelled,  ///< by the merchant; likewise
  failed,     ///< the bank refused it; likewise
  review      ///< money arrived that does not fit; an administrator decides
};
[[nodiscard]] const char* paymentStatusName(PaymentStatus status) noexcept;
[[nodiscard]] std::optional<PaymentStatus> paymentStatusFrom(std::string_view name) noexcept;

/// What is known of the bank's side.
enum class GatewayState : std::uint8_t {
  asked,    ///< the order is given or about to be
  unknown,  ///< the bank did not answer definitely; it is asked until it does
  open,     ///< the account or code exists
  closed    ///< it never existed, or was removed
};
[[nodiscard]] const char* gatewayStateName(GatewayState state) noexcept;
[[nodiscard]] std::optional<GatewayState> gatewayStateFrom(std::string_view name) noexcept;

struct PaymentRecord {
  Uuid id;
  Uuid userId;              ///< who is to pay; nil: a machine's payment for nobody
  Uuid createdBy;           ///< user or key
  std::string merchantRef;  ///< the merchant's own reference, unique for each creator
  PaymentMethod method = PaymentMethod::briVa;
  Money amount;
  std::string description;
  std::string customerName;
  PaymentStatus status = PaymentStatus::created;
  GatewayState gatewayState = GatewayState::asked;
  std::string gatewayRef;  ///< our reference at the bank: trxId, partnerReferenceNo; 32 hexadecimal digits
  std::string bankRef;     ///< the bank's reference of a QR code
  std::string vaNumber;    ///< of a virtual account: partner number and customer number, digits only
  std::string qrContent;   ///< EMV text of a QR code
  TimePoint expiresAt;
  std::optional<TimePoint> paidAt;
  std::string paidReference;        ///< the bank's reference of the money
  std::int64_t paidMinor = 0;       ///< booked for the merchant
  std::int64_t suspenseMinor = 0;   ///< arrived, but does not fit: waits for a decision
  std::int64_t refundedMinor = 0;   ///< paid back
  std::int64_t refundingMinor = 0;  ///< set aside for refunds that have not ended
  bool late = false;                ///< the money arrived after the payment had ended
  std::int64_t version = 1;
  TimePoint createdAt;
  TimePoint updatedAt;
};

/// An entry of a payment's history; never changed.
struct PaymentEventRecord {
  std::int64_t seq = 0;  ///< of the payment, from 1
  std::string type;      ///< `created`, `gateway_open`, `money`, ...; see paymentDecision.hpp
  PaymentStatus from = PaymentStatus::created;
  PaymentStatus to = PaymentStatus::created;
  std::string actor;   ///< user, key, bank, system
  std::string cause;   ///< id of the user or key, of a notice or of a call to the bank; may be empty
  std::string detail;  ///< for a person; no secrets
  TimePoint at;
};

struct PaymentQuery {
  std::optional<Uuid> userId;  ///< payments of this user
  std::optional<Uuid> createdBy;
  std::optional<PaymentStatus> status;
  std::optional<PaymentMethod> method;
  std::string merchantRef;        ///< exactly; empty: any
  std::optional<TimePoint> from;  ///< created at or after
  std::optional<TimePoint> to;    ///< created before
  std::uint32_t limit = 50;
  std::string cursor;
};
struct PaymentPage {
  std::vector<PaymentRecord> rows;
  std::string nextCursor;
};

/// What a worker is to do for a payment, or for a refund of it. Names are stored.
enum class PaymentWorkKind : std::uint8_t {
  create,  ///< give the order to the bank, or find out whether it has it
  ask,     ///< find out whether it was paid
  remove,  ///< have the bank close the account
  refund   ///< have the bank pay a refund
};
[[nodiscard]] const char* paymentWorkName(PaymentWorkKind kind) noexcept;
[[nodiscard]] std::optional<PaymentWorkKind> paymentWorkFrom(std::string_view name) noexcept;

/// A piece of work as its worker took it: what is planned meanwhile makes it another.
struct HeldWork {
  std::int64_t id = 0;         ///< 0: none
  std::uint32_t attempts = 0;  ///< this one included
};
struct PaymentWork {
  HeldWork held;
  PaymentWorkKind kind = PaymentWorkKind::ask;
  PaymentRecord payment;
};

/// One movement of money between two accounts of the ledger; the amount is positive.
struct LedgerMovement {
  std::string key;     ///< unique for ever: `credit:PAYMENT:REFERENCE`
  std::string kind;    ///< credit, accept, return, reversal, refund, refund_done, refund_failed
  std::string debit;   ///< code of the account that receives
  std::string credit;  ///< code of the account that gives
  std::int64_t minor = 0;
};

}  // namespace ks
