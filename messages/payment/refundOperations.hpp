#pragma once
#include <optional>
#include <string>

#include "messages/payment/refundRecords.hpp"

// Reading refunds. They are written with their payment: ChangePayment.
namespace ks {

struct FindRefund {
  using Out = std::optional<RefundRecord>;
  static constexpr const char* kName = "refund.find";

  Uuid id;
  std::optional<Uuid> userId{};  ///< only of a payment that this user is to pay
};

/// The refund that was asked with this key.
struct FindRefundByKey {
  using Out = std::optional<RefundRecord>;
  static constexpr const char* kName = "refund.findByKey";

  std::string scope;
  std::string key;
};

/// The oldest refund of a payment that the bank is to be asked for.
struct FindOpenRefund {
  using Out = std::optional<RefundRecord>;
  static constexpr const char* kName = "refund.findOpen";

  Uuid paymentId;
};

/// Newest first. cursorInvalid.
struct ListRefunds {
  using Out = RefundPage;
  static constexpr const char* kName = "refund.list";

  RefundQuery query;
};

}  // namespace ks
