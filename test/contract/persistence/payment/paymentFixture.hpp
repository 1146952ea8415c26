#pragma once
#include <string>
#include <vector>

#include "messages/payment/paymentOperations.hpp"
#include "test/contract/persistence/testStorage.hpp"

namespace ks::contract {

/// A storage without payments. In PostgreSQL they cannot be deleted as other rows can.
class PaymentStorage : public TestStorage {
 public:
  explicit PaymentStorage(StorageKind kind);
};
/// Deletes all payments of the test database, past the triggers that refuse it.
void deletePayments();

inline constexpr std::int64_t kPaymentMinor = 1'000'000;

/// A payment of 10,000.00 by virtual account, created at startTime() under an idempotency key of its own.
CreatePayment newCreation(const Uuid& createdBy, const std::string& merchantRef);
/// The same request, sent again.
CreatePayment sentAgain(const CreatePayment& creation);
/// Creates a payment that must be new.
CreatedPayment created(StorageEngineInterface& engine, const CreatePayment& creation);

/// A change of what was read to this status, without anything that follows from it.
ChangePayment changeTo(const PaymentRecord& read, PaymentStatus status, const std::string& event);
/// Money of this reference arrived and is the whole amount.
ChangePayment paidBy(const PaymentRecord& read, const std::string& reference);
/// A refund of the payment that nobody has asked for yet, under an idempotency key of its own.
RefundRecord newRefund(const PaymentRecord& payment, std::int64_t minor,
                       RefundMode mode = RefundMode::manual);
/// The refund is asked for: its amount is set aside.
ChangePayment refundAsked(const PaymentRecord& read, const RefundRecord& refund);
/// It has succeeded or failed.
ChangePayment refundEnded(const PaymentRecord& read, RefundRecord refund, RefundStatus status);
/// A payment that was paid by the reference "R MERCHANTREF", and for which nothing is to be done.
PaymentRecord paidPayment(StorageEngineInterface& engine, const std::string& merchantRef);
/// A change that must happen.
PaymentRecord changed(StorageEngineInterface& engine, const ChangePayment& change);

std::optional<PaymentRecord> found(StorageEngineInterface& engine, const Uuid& id);
std::vector<PaymentEventRecord> eventsOf(StorageEngineInterface& engine, const Uuid& id);
/// Takes all work that is due.
std::vector<PaymentWork> claimedWork(StorageEngineInterface& engine, TimePoint now,
                                     TimePoint leaseUntil = startTime() + std::chrono::hours{1000});
/// "create ask", sorted
std::string kindsOf(const std::vector<PaymentWork>& work);

/// All that a record says, to compare.
std::string textOf(const PaymentRecord& payment);
std::string textOf(const PaymentEventRecord& event);
std::string textOf(const RefundRecord& refund);

}  // namespace ks::contract
