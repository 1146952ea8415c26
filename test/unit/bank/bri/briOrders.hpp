#pragma once
#include <string>

#include "bank/bri/briConfig.hpp"
#include "core/text/timeText.hpp"
#include "messages/payment/bankRecords.hpp"

namespace ks {

inline const std::string kTestReference = "019a0000000070008000000000000001";
inline const std::string kTestRefund = "019a0000000070008000000000000002";
inline const std::string kTestNumber = "777771234567890";

inline BriTerms testTerms() {
  return {.partnerServiceId = "77777",
          .merchantId = "000001019000014",
          .terminalId = "10049258",
          .qrRefundPath = "/snap/v1.1/qr/qr-mpm-refund"};
}

/// About 10,000 rupiah, of which 4,000 are to be refunded; of a virtual account, or of a QR code that the bank calls
/// 000123456789.
inline BankOrder testOrder(BankOperation operation, PaymentMethod method = PaymentMethod::briVa) {
  const bool account = method == PaymentMethod::briVa;
  return {.operation = operation,
          .method = method,
          .gatewayRef = kTestReference,
          .bankRef = account ? "" : "000123456789",
          .vaNumber = account ? kTestNumber : "",
          .amount = Money{1'000'000, Currency::idr},
          .customerName = "Sabrina",
          .description = "a test",
          .expiresAt = *parseTime("2026-01-02T16:59:00.123Z"),
          .from = *parseTime("2026-01-01T17:00:00.000Z"),
          .to = *parseTime("2026-01-02T16:59:59.999Z"),
          .refundReference = kTestRefund,
          .refundAmount = Money{400'000, Currency::idr},
          .reason = "damaged"};
}

}  // namespace ks
