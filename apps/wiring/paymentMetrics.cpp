#include "apps/wiring/paymentMetrics.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace ks {
namespace {

/// The gateway pauses its calls after as many failures.
constexpr std::uint32_t kMostUnclear = 8;

const MetricFamily kUnsettled{"k_payment_unsettled",
                              MetricType::gauge,
                              "Payments that wait for the bank, for the customer or for a decision.",
                              {"method", "status"}};
const MetricFamily kOldestUnknown{"k_payment_oldest_unknown_seconds", MetricType::gauge,
                                  "Age of the oldest payment whose creation the bank has not answered."};
const MetricFamily kWorkLag{"k_payment_work_lag_seconds", MetricType::gauge,
                            "How long the oldest work that is due has waited."};
const MetricFamily kOpenItems{"k_payment_unmatched_items", MetricType::gauge,
                              "Differences to the bank's report that nobody has resolved."};
const MetricFamily kOpenRefunds{"k_payment_open_refunds", MetricType::gauge, "Refunds that have not ended."};
const MetricFamily kBankCalls{
    "k_payment_bank_calls_total", MetricType::counter, "Calls to the bank.", {"operation", "outcome"}};

std::uint64_t countOf(std::int64_t value) { return value < 0 ? 0 : static_cast<std::uint64_t>(value); }

std::uint64_t secondsSince(const std::optional<TimePoint>& then, TimePoint now) {
  return then ? countOf(std::chrono::duration_cast<std::chrono::seconds>(now - *then).count()) : 0;
}

void appendUnsettled(PrometheusText& out, const PaymentFigures& figures) {
  for (const auto method : {PaymentMethod::briVa, PaymentMethod::briQris}) {
    for (const auto status : {PaymentStatus::created, PaymentStatus::pending, PaymentStatus::review}) {
      const auto found = std::find_if(
          figures.unsettled.begin(), figures.unsettled.end(),
          [&](const PaymentFigures::Count& one) { return one.method == method && one.status == status; });
      const std::array<std::string_view, 2> labels{paymentMethodName(method), paymentStatusName(status)};
      out.add(kUnsettled, found == figures.unsettled.end() ? std::uint64_t{0} : countOf(found->count),
              labels);
    }
  }
}

}  // namespace

void appendPaymentMetrics(PrometheusText& out, const PaymentBoard::View& view, TimePoint now) {
  if (view.figures) {
    const auto& figures = *view.figures;
    appendUnsettled(out, figures);
    out.add(kOldestUnknown, secondsSince(figures.oldestUnknown, now));
    out.add(kWorkLag, secondsSince(figures.oldestDue, now));
    out.add(kOpenItems, countOf(figures.openItems));
    out.add(kOpenRefunds, countOf(figures.openRefunds));
  }
  for (std::size_t operation = 0; operation < kBankOperations; ++operation) {
    for (std::size_t outcome = 0; outcome < kBankOutcomes; ++outcome) {
      const std::array<std::string_view, 2> labels{bankOperationName(static_cast<BankOperation>(operation)),
                                                   bankOutcomeName(static_cast<BankOutcome>(outcome))};
      out.add(kBankCalls, view.calls.at(operation).at(outcome), labels);
    }
  }
}

HealthCheck gatewayCheck(const PaymentBoard::View& view) {
  HealthCheck check;
  check.name = "gateway";
  check.required = false;
  check.up = view.unclearInRow < kMostUnclear;
  if (!check.up) {
    check.error =
        "the last " + std::to_string(view.unclearInRow) + " calls to the bank had no definite answer";
  }
  return check;
}

}  // namespace ks
