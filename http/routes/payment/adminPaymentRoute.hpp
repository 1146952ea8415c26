#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "http/routes/administration/exportNote.hpp"
#include "http/routes/monitoring/monitoringRoute.hpp"
#include "http/routing/controlSpec.hpp"
#include "messages/payment/paymentAdministrationMessages.hpp"

// Common parts of the routes below /api/admin/payments and /control/payments.
namespace ks {

/// The functions are called on worker threads, answer the current handle and return at once.
struct AdminPaymentRoutesConfig {
  MonitoringRoutesConfig questions;  ///< to the storage, where there is nothing to decide
  std::function<RefundActor()> refunds;
  std::function<PaymentAdministrationActor()> administration;
};

/// For those who may read payments.
[[nodiscard]] inline RouteSpec adminPaymentRead(const std::string& path, std::string operationId,
                                                std::string summary, std::vector<ErrorCode> errors = {}) {
  return adminRoute(HttpMethod::get, "/payments" + path, std::move(operationId), std::move(summary),
                    "payments", RouteAccess::needs("payments:read"), std::move(errors));
}

/// For those who may settle what does not fit.
[[nodiscard]] inline RouteSpec reconcilingPost(const std::string& path, std::string operationId,
                                               std::string summary, std::vector<ErrorCode> errors) {
  return adminRoute(HttpMethod::post, "/payments" + path, std::move(operationId), std::move(summary),
                    "payments", RouteAccess::needs("payments:reconcile"), std::move(errors));
}

/// The same for kctl.
[[nodiscard]] inline RouteSpec paymentControl(HttpMethod method, const std::string& path,
                                              std::string operationId, std::string summary,
                                              std::vector<ErrorCode> errors = {}) {
  auto spec = controlSpec(method, "/control/payments" + path, std::move(operationId), std::move(summary));
  spec.errors = std::move(errors);
  return spec;
}

/// Records in another form.
template <class Shown, class Row>
[[nodiscard]] std::vector<Shown> shownAs(std::vector<Row> rows) {
  std::vector<Shown> shown;
  shown.reserve(rows.size());
  for (auto& row : rows) {
    shown.push_back({std::move(row)});
  }
  return shown;
}
template <class Shown, class Page>
[[nodiscard]] ListAnswer<Shown> pageAs(Page page, std::uint32_t limit) {
  return pageOf(shownAs<Shown>(std::move(page.rows)), limit, std::move(page.nextCursor));
}

/// JSON, or a file with one line for each row.
template <class Row>
[[nodiscard]] std::vector<RouteOutput> listOrFile(const std::string& description) {
  RouteOutput csv{200, description, nullptr, "text/csv"};
  csv.hasNextCursor = true;
  return {output<ListAnswer<Row>>(200, description), std::move(csv)};
}

/// A filter as the audit trail has it; empty where it is not given.
[[nodiscard]] inline std::string filterText(const std::optional<Uuid>& id) {
  return id ? id->toString() : std::string{};
}
template <class E>
[[nodiscard]] std::string filterText(const std::optional<E>& value, const char* (*nameOf)(E) noexcept) {
  return value ? nameOf(*value) : "";
}

}  // namespace ks
