#pragma once
#include "actors/payment/paymentBoard.hpp"
#include "core/clockInterface.hpp"
#include "core/text/prometheusText.hpp"
#include "messages/platform/platformMessages.hpp"

namespace ks {

/// Payments as the process knows them: those that are not settled, what waits, and calls to the bank.
void appendPaymentMetrics(PrometheusText& out, const PaymentBoard::View& view, TimePoint now);

/// The part `gateway` of the health: down while the bank answers nothing definitely. The process can do without it.
[[nodiscard]] HealthCheck gatewayCheck(const PaymentBoard::View& view);

}  // namespace ks
