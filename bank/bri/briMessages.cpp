#include "bank/bri/briMessages.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/payment/jakartaTime.hpp"
#include "core/text/utf8.hpp"

namespace ks {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t kServiceIdWidth = 8;
constexpr std::size_t kMostCustomerDigits = 13;
constexpr std::size_t kMostReference = 32;
constexpr std::size_t kMostShownText = 255;
constexpr std::size_t kDayText = 10;
constexpr std::size_t kSecondsText = 19;
constexpr std::size_t kMostReportBytes = std::size_t{4} * 1024 * 1024;

bool areBriDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isBriReference(std::string_view text) {
  return !text.empty() && text.size() <= kMostReference && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

bool isOurAccount(const BriTerms& terms, std::string_view number) {
  return number.starts_with(terms.partnerServiceId) && areBriDigits(number) &&
         number.size() > terms.partnerServiceId.size() &&
         number.size() - terms.partnerServiceId.size() <= kMostCustomerDigits;
}

/// `yyyy-MM-ddTHH:mm:ss+07:00`, as the bank's samples are.
std::string briTime(TimePoint time) {
  auto text = formatSnapTime(time);
  text.erase(kSecondsText, 4);
  return text;
}

OrderedJson briAmount(const Money& amount) {
  return {{"value", formatMoney(amount)}, {"currency", currencyCode(amount.currency)}};
}

Fault noCall(const char* why) { return messageFault(ErrorCode::invalidFormat, why); }

/// The members that name an account.
OrderedJson accountBody(const BriTerms& terms, const BankOrder& order) {
  const auto padded = paddedServiceId(terms);
  const auto customerNo = order.vaNumber.substr(terms.partnerServiceId.size());
  return {
      {"partnerServiceId", padded}, {"customerNo", customerNo}, {"virtualAccountNo", padded + customerNo}};
}

OrderedJson creationBody(const BriTerms& terms, const BankOrder& order) {
  auto body = accountBody(terms, order);
  const std::string_view name =
      order.customerName.empty() ? "CUSTOMER" : std::string_view(order.customerName);
  body["virtualAccountName"] = cutUtf8(name, kMostShownText);
  body["totalAmount"] = briAmount(order.amount);
  body["expiredDate"] = briTime(order.expiresAt);
  body["trxId"] = order.gatewayRef;
  if (!order.description.empty()) {
    body["additionalInfo"] = {{"description", cutUtf8(order.description, kMostShownText)}};
  }
  return body;
}

Result<BriCall> accountCall(const BriTerms& terms, const BankOrder& order, BriCall call) {
  if (!isOurAccount(terms, order.vaNumber)) {
    return noCall("the virtual account is none of this partner's");
  }
  if (!isBriReference(order.gatewayRef)) {
    return noCall("the reference has a form that the bank does not take");
  }
  OrderedJson body;
  if (order.operation == BankOperation::create) {
    if (order.amount.minor <= 0 || !isWholeRupiah(order.amount)) {
      return noCall("the bank takes whole rupiah only");
    }
    body = creationBody(terms, order);
    call.path += "/create-va";
  } else if (order.operation == BankOperation::status) {
    body = accountBody(terms, order);
    body["inquiryRequestId"] = order.gatewayRef;
    call.path += "/status";
  } else {
    body = accountBody(terms, order);
    body["trxId"] = order.gatewayRef;
    const bool removes = order.operation == BankOperation::remove;
    call.path += removes ? "/delete-va" : "/inquiry-va";
    call.method = removes ? "DELETE" : "POST";
  }
  call.body = body.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  return call;
}

Result<BriCall> refundCall(const BriTerms& terms, const BankOrder& order, BriCall call) {
  if (terms.qrRefundPath.empty()) {
    return noCall("refunds of QR codes need K_BRI_QR_REFUND_PATH");
  }
  if (!isBriReference(order.gatewayRef) || !isBriReference(order.refundReference)) {
    return noCall("the reference has a form that the bank does not take");
  }
  if (order.refundAmount.minor <= 0 || !isWholeRupiah(order.refundAmount)) {
    return noCall("the bank takes whole rupiah only");
  }
  const std::string_view reason = order.reason.empty() ? "REFUND" : std::string_view(order.reason);
  const OrderedJson body = {{"merchantId", terms.merchantId},
                            {"originalPartnerReferenceNo", order.gatewayRef},
                            {"originalReferenceNo", order.bankRef},
                            {"partnerRefundNo", order.refundReference},
                            {"refundAmount", briAmount(order.refundAmount)},
                            {"reason", cutUtf8(reason, kMostShownText)},
                            {"additionalInfo", {{"terminalId", terms.terminalId}}}};
  call.path = terms.qrRefundPath;
  call.body = body.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  return call;
}

Result<BriCall> codeCall(const BriTerms& terms, const BankOrder& order, BriCall call) {
  if (terms.merchantId.empty() || terms.terminalId.empty()) {
    return noCall("QR codes need K_BRI_MERCHANT_ID and K_BRI_TERMINAL_ID");
  }
  OrderedJson body;
  if (order.operation == BankOperation::create) {
    if (!isBriReference(order.gatewayRef)) {
      return noCall("the reference has a form that the bank does not take");
    }
    if (order.amount.minor <= 0 || !isWholeRupiah(order.amount)) {
      return noCall("the bank takes whole rupiah only");
    }
    body = {{"partnerReferenceNo", order.gatewayRef},
            {"amount", briAmount(order.amount)},
            {"merchantId", terms.merchantId},
            {"terminalId", terms.terminalId}};
    call.path = terms.qrGeneratePath;
  } else {
    if (order.bankRef.empty()) {
      return noCall("the bank's reference of the QR code is not known");
    }
    if (order.operation == BankOperation::refund) {
      return refundCall(terms, order, std::move(call));
    }
    body = {{"originalReferenceNo", order.bankRef},
            {"serviceCode", terms.qrServiceCode},
            {"additionalInfo", {{"terminalId", terms.terminalId}}}};
    call.path = terms.qrQueryPath;
  }
  call.body = body.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  return call;
}

/// The day and the times as BRI's own kit sends them.
Result<BriCall> reportCall(const BriTerms& terms, const BankOrder& order, BriCall call) {
  const auto day = jakartaDay(order.from);
  if (order.to < order.from || jakartaDay(order.to) != day) {
    return noCall("a report is of one day");
  }
  const OrderedJson body = {{"partnerServiceId", paddedServiceId(terms)},
                            {"startDate", day},
                            {"startTime", briTime(order.from).substr(kDayText + 1)},
                            {"endTime", briTime(order.to).substr(kDayText + 1)}};
  call.path += "/report";
  call.body = body.dump();
  call.mostAnswer = kMostReportBytes;
  return call;
}

}  // namespace

std::string paddedServiceId(const BriTerms& terms) {
  const auto& id = terms.partnerServiceId;
  return std::string(kServiceIdWidth - std::min(kServiceIdWidth, id.size()), ' ') + id;
}

std::string_view briServiceOf(const BankOrder& order) {
  const bool account = order.method == PaymentMethod::briVa;
  switch (order.operation) {
    case BankOperation::create:
      return account ? "27" : "47";
    case BankOperation::find:
      return account ? "30" : "";
    case BankOperation::status:
      return account ? "26" : "51";
    case BankOperation::remove:
      return account ? "31" : "";
    case BankOperation::report:
      return "35";
    case BankOperation::refund:
      return account ? "" : "78";
    case BankOperation::findRefund:
      return account ? "" : "51";
  }
  return "";
}

Result<BriCall> briCallOf(const BriTerms& terms, const BankOrder& order) {
  BriCall call{
      .service = std::string(briServiceOf(order)), .method = "POST", .path = terms.vaPrefix, .body = {}};
  if (call.service.empty()) {
    return noCall(order.method == PaymentMethod::briVa ? "the bank has no such service for virtual accounts"
                                                       : "the bank has no such service for QR codes");
  }
  if (order.operation == BankOperation::report) {
    return reportCall(terms, order, std::move(call));
  }
  return order.method == PaymentMethod::briVa ? accountCall(terms, order, std::move(call))
                                              : codeCall(terms, order, std::move(call));
}

}  // namespace ks
