#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "messages/payment/bankRecords.hpp"
#include "messages/payment/paymentRecords.hpp"

namespace ks {
namespace {

template <class Value, std::size_t size>
using Names = std::array<std::pair<Value, const char*>, size>;

constexpr Names<PaymentMethod, 2> kMethods{
    {{PaymentMethod::briVa, "bri_va"}, {PaymentMethod::briQris, "bri_qris"}}};
constexpr Names<PaymentStatus, 10> kStatuses{{{PaymentStatus::created, "created"},
                                              {PaymentStatus::pending, "pending"},
                                              {PaymentStatus::paid, "paid"},
                                              {PaymentStatus::partiallyRefunded, "partially_refunded"},
                                              {PaymentStatus::refunded, "refunded"},
                                              {PaymentStatus::reversed, "reversed"},
                                              {PaymentStatus::expired, "expired"},
                                              {PaymentStatus::cancelled, "cancelled"},
                                              {PaymentStatus::failed, "failed"},
                                              {PaymentStatus::review, "review"}}};
constexpr Names<GatewayState, 4> kGatewayStates{{{GatewayState::asked, "asked"},
                                                 {GatewayState::unknown, "unknown"},
                                                 {GatewayState::open, "open"},
                                                 {GatewayState::closed, "closed"}}};
constexpr Names<PaymentWorkKind, 3> kWorkKinds{{{PaymentWorkKind::create, "create"},
                                                {PaymentWorkKind::ask, "ask"},
                                                {PaymentWorkKind::remove, "remove"}}};
constexpr Names<BankOperation, 5> kBankOperations{{{BankOperation::create, "create"},
                                                   {BankOperation::find, "find"},
                                                   {BankOperation::status, "status"},
                                                   {BankOperation::remove, "remove"},
                                                   {BankOperation::report, "report"}}};
constexpr Names<BankOutcome, 3> kBankOutcomes{
    {{BankOutcome::ok, "ok"}, {BankOutcome::refused, "refused"}, {BankOutcome::unknown, "unknown"}}};

template <class List, class Value>
const char* nameIn(const List& names, Value value) noexcept {
  const auto* const found =
      std::find_if(names.begin(), names.end(), [value](const auto& entry) { return entry.first == value; });
  return found == names.end() ? "" : found->second;
}

template <class Value, class List>
std::optional<Value> valueIn(const List& names, std::string_view name) noexcept {
  const auto* const found =
      std::find_if(names.begin(), names.end(), [name](const auto& entry) { return entry.second == name; });
  return found == names.end() ? std::nullopt : std::optional<Value>(found->first);
}

}  // namespace

const char* paymentMethodName(PaymentMethod method) noexcept { return nameIn(kMethods, method); }
std::optional<PaymentMethod> paymentMethodFrom(std::string_view name) noexcept {
  return valueIn<PaymentMethod>(kMethods, name);
}
const char* paymentStatusName(PaymentStatus status) noexcept { return nameIn(kStatuses, status); }
std::optional<PaymentStatus> paymentStatusFrom(std::string_view name) noexcept {
  return valueIn<PaymentStatus>(kStatuses, name);
}
const char* gatewayStateName(GatewayState state) noexcept { return nameIn(kGatewayStates, state); }
std::optional<GatewayState> gatewayStateFrom(std::string_view name) noexcept {
  return valueIn<GatewayState>(kGatewayStates, name);
}
const char* paymentWorkName(PaymentWorkKind kind) noexcept { return nameIn(kWorkKinds, kind); }
std::optional<PaymentWorkKind> paymentWorkFrom(std::string_view name) noexcept {
  return valueIn<PaymentWorkKind>(kWorkKinds, name);
}
const char* bankOperationName(BankOperation operation) noexcept { return nameIn(kBankOperations, operation); }
const char* bankOutcomeName(BankOutcome outcome) noexcept { return nameIn(kBankOutcomes, outcome); }

}  // namespace ks
