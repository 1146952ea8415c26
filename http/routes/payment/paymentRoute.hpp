#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "http/routing/routeTable.hpp"
#include "messages/payment/refundMessages.hpp"

// Common parts of the routes below /api/payment.
namespace ks {

/// The actor, where there is a bank to talk to; paymentsOff is thrown elsewhere.
template <class Handle>
[[nodiscard]] std::function<Handle()> wherePaymentsEnabled(std::function<bool()> enabled,
                                                           std::function<Handle()> actor) {
  constexpr std::uint32_t kSetUpMeanwhileS = 300;
  return [enabled = std::move(enabled), actor = std::move(actor)] {
    if (!enabled()) {
      throw FaultAnswer{retryFault(ErrorCode::paymentsOff, kSetUpMeanwhileS, {})};
    }
    return actor();
  };
}

/// For people, who see their own payments, and for machines, which see all.
[[nodiscard]] inline RouteSpec paymentRoute(HttpMethod method, const std::string& path,
                                            std::string operationId, std::string summary,
                                            std::vector<ErrorCode> errors) {
  errors.push_back(ErrorCode::paymentsOff);
  return {.method = method,
          .path = "/api/payment" + path,
          .operationId = std::move(operationId),
          .summary = std::move(summary),
          .tag = "payments",
          .access = RouteAccess::signedIn(),
          .errors = std::move(errors),
          .keysNeed = method == HttpMethod::get ? "payments:read" : "payments:write"};
}

/// A new refund, or that of the same request before. `Shown`: RefundRecord, or what is derived from it.
template <class Shown>
[[nodiscard]] HttpResponse refundCreated(CreateRefundAnswer answer) {
  auto response = recordAnswer(201, Shown{std::move(answer.refund)});
  if (answer.replayed) {
    response.setHeader(kReplayedHeader, "true");
  }
  return response;
}

}  // namespace ks
