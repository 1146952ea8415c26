#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "messages/payment/bankRecords.hpp"
#include "messages/payment/paymentRecords.hpp"
#include "messages/payment/reconciliationRecords.hpp"
#include "messages/payment/refundRecords.hpp"

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
constexpr Names<PaymentWorkKind, 4> kWorkKinds{{{PaymentWorkKind::create, "create"},
                                                {PaymentWorkKind::ask, "ask"},
                                                {PaymentWorkKind::remove, "remove"},
                                                {PaymentWorkKind::refund, "refund"}}};
constexpr Names<BankOperation, kBankOperations> kOperationNames{{{BankOperation::create, "create"},
                                                                 {BankOperation::find, "find"},
                                                                 {BankOperation::status, "status"},
                                                                 {BankOperation::remove, "remove"},
                                                                 {BankOperation::report, "report"},
                                                                 {BankOperation::refund, "refund"},
                                                                 {BankOperation::findRefund, "find_refund"}}};
constexpr Names<RefundMode, 2> kRefundModes{{{RefundMode::api, "api"}, {RefundMode::manual, "manual"}}};
constexpr Names<RefundStatus, 4> kRefundStatuses{{{RefundStatus::requested, "requested"},
                                                  {RefundStatus::unknown, "unknown"},
                                                  {RefundStatus::succeeded, "succeeded"},
                                                  {RefundStatus::failed, "failed"}}};
constexpr Names<ReconciliationKind, 2> kReconciliationKinds{
    {{ReconciliationKind::window, "window"}, {ReconciliationKind::day, "day"}}};
constexpr Names<ReconciliationStatus, 4> kReconciliationStatuses{{{ReconciliationStatus::waiting, "waiting"},
                                                                  {ReconciliationStatus::running, "running"},
                                                                  {ReconciliationStatus::done, "done"},
                                                                  {ReconciliationStatus::failed, "failed"}}};
constexpr Names<ReconciliationClass, 7> kReconciliationClasses{
    {{ReconciliationClass::missingNotification, "missing_notification"},
     {ReconciliationClass::amountMismatch, "amount_mismatch"},
     {ReconciliationClass::duplicateCredit, "duplicate_credit"},
     {ReconciliationClass::orphanCredit, "orphan_credit"},
     {ReconciliationClass::paidHereNotAtBank, "paid_here_not_at_bank"},
     {ReconciliationClass::reversedAtBank, "reversed_at_bank"},
     {ReconciliationClass::unclearCredit, "unclear_credit"}}};
constexpr Names<ReconciliationItemStatus, 3> kItemStatuses{
    {{ReconciliationItemStatus::open, "open"},
     {ReconciliationItemStatus::healed, "healed"},
     {ReconciliationItemStatus::resolved, "resolved"}}};
constexpr Names<BankOutcome, kBankOutcomes> kOutcomeNames{
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
const char* bankOperationName(BankOperation operation) noexcept { return nameIn(kOperationNames, operation); }
const char* bankOutcomeName(BankOutcome outcome) noexcept { return nameIn(kOutcomeNames, outcome); }

const char* refundModeName(RefundMode value) noexcept { return nameIn(kRefundModes, value); }
std::optional<RefundMode> refundModeFrom(std::string_view name) noexcept {
  return valueIn<RefundMode>(kRefundModes, name);
}
const char* refundStatusName(RefundStatus value) noexcept { return nameIn(kRefundStatuses, value); }
std::optional<RefundStatus> refundStatusFrom(std::string_view name) noexcept {
  return valueIn<RefundStatus>(kRefundStatuses, name);
}
const char* reconciliationKindName(ReconciliationKind value) noexcept {
  return nameIn(kReconciliationKinds, value);
}
std::optional<ReconciliationKind> reconciliationKindFrom(std::string_view name) noexcept {
  return valueIn<ReconciliationKind>(kReconciliationKinds, name);
}
const char* reconciliationStatusName(ReconciliationStatus value) noexcept {
  return nameIn(kReconciliationStatuses, value);
}
std::optional<ReconciliationStatus> reconciliationStatusFrom(std::string_view name) noexcept {
  return valueIn<ReconciliationStatus>(kReconciliationStatuses, name);
}
const char* reconciliationClassName(ReconciliationClass value) noexcept {
  return nameIn(kReconciliationClasses, value);
}
std::optional<ReconciliationClass> reconciliationClassFrom(std::string_view name) noexcept {
  return valueIn<ReconciliationClass>(kReconciliationClasses, name);
}
const char* reconciliationItemStatusName(ReconciliationItemStatus value) noexcept {
  return nameIn(kItemStatuses, value);
}
std::optional<ReconciliationItemStatus> reconciliationItemStatusFrom(std::string_view name) noexcept {
  return valueIn<ReconciliationItemStatus>(kItemStatuses, name);
}

}  // namespace ks
