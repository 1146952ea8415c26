#include "bank/bri/briAnswers.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "bank/bri/briMessages.hpp"
#include "bank/snap/snapAnswer.hpp"
#include "core/payment/jakartaTime.hpp"

namespace ks {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostCustomerDigitsOfSnap = 20;
constexpr std::size_t kMostBankReference = 128;
constexpr std::size_t kMostQrContent = 512;  ///< EMVCo
constexpr std::size_t kMostTokenText = 4096;
constexpr std::int64_t kMostTokenLifeS = 24 * 3600;

/// What of a line that cannot be read is kept.
constexpr std::size_t kMostUnreadable = 500;
/// A report with more of them cannot be read at all.
constexpr std::size_t kMostUnreadableLines = 200;

constexpr const char* kOtherPayment = "the answer is about another payment";

bool isVisibleAscii(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

/// The standard spells the member in two ways.
const Json* accountDataOf(const Json& body) {
  for (const char* name : {"virtualAccountData", "virtualAccountdata"}) {
    if (const auto place = body.find(name); place != body.end()) {
      return &*place;
    }
  }
  return nullptr;
}

/// One of our numbers without its padding, which was zeros before SNAP 1.0.2.
std::optional<std::string> ourNumber(const BriTerms& terms, std::string_view text) {
  const auto padding = paddedServiceId(terms).size() - terms.partnerServiceId.size();
  for (const char pad : {' ', '0'}) {
    auto number = text;
    for (std::size_t i = 0; i < padding && number.starts_with(pad); ++i) {
      number.remove_prefix(1);
    }
    const auto customer = number.substr(std::min(number.size(), terms.partnerServiceId.size()));
    if (number.starts_with(terms.partnerServiceId) && !customer.empty() &&
        customer.size() <= kMostCustomerDigitsOfSnap &&
        std::all_of(customer.begin(), customer.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      return std::string(number);
    }
  }
  return std::nullopt;
}

/// Number, reference and amount are the order's. What the bank leaves out is not compared, but the number.
bool isOfOrder(const BriTerms& terms, const BankOrder& order, const Json& data) {
  const auto reference = snapText(data, "trxId");
  const bool otherAmount =
      data.contains("totalAmount") && snapMoney(data, "totalAmount") != std::optional(order.amount);
  return ourNumber(terms, snapText(data, "virtualAccountNo")) == order.vaNumber &&
         (reference.empty() || reference == order.gatewayRef) && !otherAmount;
}

std::string_view paidStatusOf(const Json& data) {
  const auto inner = snapText(snapObject(data, "additionalInfo"), "paidStatus");
  return inner.empty() ? snapText(data, "paidStatus") : inner;
}

/// Why the money cannot be read, or nothing.
std::string readAccountCredit(const Json& data, std::optional<TimePoint> insteadOfTime, BankCredit& credit) {
  credit.reference = snapText(data, "paymentRequestId");
  if (!isVisibleAscii(credit.reference, kMostBankReference)) {
    return "the payment has no reference";
  }
  const auto amount = snapMoney(data, "paidAmount");
  if (!amount || amount->minor == 0) {
    return "the amount that was paid cannot be read";
  }
  credit.amount = *amount;
  const auto at = parseSnapTime(snapText(data, "trxDateTime"));
  if (!at && !insteadOfTime) {
    return "the time of the payment cannot be read";
  }
  credit.at = at ? *at : *insteadOfTime;
  return {};
}

/// Reads one answer that is well-formed and says that it was done. What is found goes into `answer`; the text says
/// why the answer is no use, and is empty if it is.
class BriDoneReader {
 public:
  BriDoneReader(const BriTerms& terms, const BankOrder& order, const Json& body, TimePoint now,
                BankAnswer& answer)
      : terms_(terms), order_(order), body_(body), now_(now), answer_(answer) {}

  std::string read() {
    const bool account = order_.method == PaymentMethod::briVa;
    switch (order_.operation) {
      case BankOperation::create:
        return account ? readCreatedAccount() : readCreatedCode();
      case BankOperation::find:
        return readFoundAccount();
      case BankOperation::status:
        return account ? readAccountStatus() : readCodeStatus();
      case BankOperation::remove:
        return readRemovedAccount();
      case BankOperation::refund:
        return readRefund();
      case BankOperation::findRefund:
        return readFoundRefund();
      case BankOperation::report:
        return readReport();
    }
    return "the order is none that the bank knows";
  }

 private:
  std::string readCreatedAccount() {
    const auto* const data = accountDataOf(body_);
    if (data == nullptr || !isOfOrder(terms_, order_, *data)) {
      return kOtherPayment;
    }
    answer_.state = BankState::unpaid;
    answer_.vaNumber = order_.vaNumber;
    return {};
  }

  std::string readCreatedCode() {
    if (snapText(body_, "partnerReferenceNo") != order_.gatewayRef) {
      return kOtherPayment;
    }
    const auto content = snapText(body_, "qrContent");
    const auto reference = snapText(body_, "referenceNo");
    const bool printable =
        std::all_of(content.begin(), content.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (content.empty() || content.size() > kMostQrContent || !printable) {
      return "the answer has no QR code";
    }
    if (!isVisibleAscii(reference, kMostBankReference)) {
      return "the QR code has no reference";
    }
    answer_.state = BankState::unpaid;
    answer_.qrContent = content;
    answer_.bankRef = reference;
    return {};
  }

  /// The amount decides what customers pay, so it must be there.
  std::string readFoundAccount() {
    const auto* const data = accountDataOf(body_);
    if (data == nullptr || !data->contains("totalAmount") || !isOfOrder(terms_, order_, *data)) {
      return kOtherPayment;
    }
    const auto paid = paidStatusOf(*data);
    if (!paid.empty() && paid != "Y" && paid != "N") {
      return "the account has an unknown status";
    }
    answer_.state = paid == "Y" ? BankState::paid : BankState::unpaid;
    answer_.vaNumber = order_.vaNumber;
    return {};
  }

  std::string readAccountStatus() {
    const auto* const data = accountDataOf(body_);
    if (data == nullptr || !isOfOrder(terms_, order_, *data)) {
      return kOtherPayment;
    }
    const auto paid = paidStatusOf(*data);
    const auto flag = snapText(*data, "paymentFlagStatus");
    const bool named = !snapText(*data, "paymentRequestId").empty();
    if ((!named && !data->contains("paidAmount") && paid == "Y") || (!named && paid == "N")) {
      answer_.state = paid == "Y" ? BankState::paid : BankState::unpaid;
      return {};
    }
    if (paid == "N" || (!flag.empty() && flag != "00")) {
      return "the payment has an unknown status";
    }
    BankCredit credit;
    auto fault = readAccountCredit(*data, now_, credit);
    if (fault.empty()) {
      answer_.state = BankState::paid;
      answer_.credit = std::move(credit);
    }
    return fault;
  }

  /// References that the bank leaves out are not compared.
  bool isOfOtherCode() const {
    const auto original = snapText(body_, "originalReferenceNo");
    const auto partners = snapText(body_, "originalPartnerReferenceNo");
    return (!original.empty() && original != order_.bankRef) ||
           (!partners.empty() && partners != order_.gatewayRef);
  }

  std::string readCodeStatus() {
    if (isOfOtherCode()) {
      return kOtherPayment;
    }
    const auto status = snapText(body_, "latestTransactionStatus");
    if (status == "00") {
      return readCodeCredit();
    }
    if (status == "01" || status == "02" || status == "03") {
      answer_.state = BankState::unpaid;
    } else if (status == "05" || status == "06") {
      answer_.state = BankState::ended;
    } else if (status == "07") {
      answer_.state = BankState::missing;
    } else if (status == "04") {
      answer_.state = BankState::refunded;
    } else {
      return "the payment has an unknown status";
    }
    return {};
  }

  /// The reference is the one of the notification, so that the same money is booked once.
  std::string readCodeCredit() {
    const auto amount = snapMoney(body_, "amount");
    if (!amount || amount->minor == 0) {
      return "the amount that was paid cannot be read";
    }
    answer_.state = BankState::paid;
    answer_.credit = BankCredit{.reference = order_.bankRef,
                                .amount = *amount,
                                .at = parseSnapTime(snapText(body_, "paidTime")).value_or(now_)};
    return {};
  }

  std::string readRefund() {
    const bool otherAmount = body_.contains("refundAmount") &&
                             snapMoney(body_, "refundAmount") != std::optional(order_.refundAmount);
    if (snapText(body_, "partnerRefundNo") != order_.refundReference || isOfOtherCode() || otherAmount) {
      return kOtherPayment;
    }
    refundedAs(body_);
    return {};
  }

  void refundedAs(const Json& refund) {
    const auto reference = snapText(refund, "refundNo");
    answer_.state = BankState::refunded;
    answer_.refundReference =
        isVisibleAscii(reference, kMostBankReference) ? std::string(reference) : order_.refundReference;
  }

  /// Only a list of refunds that can be read as a whole says that one is not in it.
  std::string readFoundRefund() {
    const auto status = snapText(body_, "latestTransactionStatus");
    if (isOfOtherCode()) {
      return kOtherPayment;
    }
    if (status != "00" && status != "04") {
      return "the bank does not say that the payment was paid";
    }
    const auto list = body_.find("refundHistory");
    const bool listed = list != body_.end() && list->is_array();
    const Json none = Json::array();
    const Json& rows = listed ? *list : none;
    const Json* ours = nullptr;
    bool unnamed = false;
    for (const auto& row : rows) {
      const auto reference = refundNameOf(row);
      unnamed = unnamed || reference.empty();
      if (reference == order_.refundReference && (ours == nullptr || !isPaidRefund(*ours))) {
        ours = &row;
      }
    }
    // Without a list only the refund of the whole payment is known by its status.
    const bool whole = status == "04" && !listed && order_.refundAmount == order_.amount;
    if (whole || (ours != nullptr && isPaidRefund(*ours))) {
      refundedAs(ours == nullptr ? none : *ours);
      return {};
    }
    if (ours != nullptr) {
      return "the bank does not say that the refund was paid with this amount";
    }
    if (!listed || unnamed) {
      return "the bank does not say which refunds it has paid";
    }
    answer_.state = BankState::missing;
    return {};
  }

  /// Our reference of a refund in a list. Its second name in the standard may also be the one of the payment.
  std::string_view refundNameOf(const Json& row) const {
    const auto name = snapText(row, "partnerRefundNo");
    const auto other = snapText(row, "partnerReferenceNo");
    return name.empty() && other != order_.gatewayRef ? other : name;
  }

  bool isPaidRefund(const Json& row) const {
    const auto status = snapText(row, "refundStatus");
    return snapMoney(row, "refundAmount") == std::optional(order_.refundAmount) &&
           (status == "00" || !row.contains("refundStatus"));
  }

  std::string readRemovedAccount() {
    const auto* const data = accountDataOf(body_);
    if (data != nullptr && !isOfOrder(terms_, order_, *data)) {
      return kOtherPayment;
    }
    answer_.state = BankState::ended;
    return {};
  }

  /// A line that cannot be read hides no other.
  std::string readReport() {
    const auto* const data = accountDataOf(body_);
    if (data == nullptr || !data->is_array()) {
      return "the report has no list of payments";
    }
    for (const auto& row : *data) {
      BankCredit credit;
      auto number = ourNumber(terms_, snapText(row, "virtualAccountNo"));
      auto fault = number ? readAccountCredit(row, std::nullopt, credit) : kOtherPayment;
      if (!fault.empty()) {
        if (answer_.unreadable.size() == kMostUnreadableLines) {
          return "most of the report cannot be read: " + fault;
        }
        answer_.unreadable.push_back((fault + ": " + row.dump(-1, ' ', true, Json::error_handler_t::replace))
                                         .substr(0, kMostUnreadable));
        continue;
      }
      credit.vaNumber = std::move(*number);
      if (const auto reference = snapText(row, "trxId"); isVisibleAscii(reference, kMostBankReference)) {
        credit.gatewayRef = reference;
      }
      answer_.report.push_back(std::move(credit));
    }
    return {};
  }

  const BriTerms& terms_;
  const BankOrder& order_;
  const Json& body_;
  TimePoint now_;
  BankAnswer& answer_;
};

void readBriRefusal(const BankOrder& order, const SnapAnswer& snap, BankAnswer& answer) {
  const bool creates = order.operation == BankOperation::create;
  const bool refunds = order.operation == BankOperation::refund;
  if (snap.code.starts_with("401")) {
    answer.again = snap.caseCode == "01" || snap.caseCode == "03";  // of the token
  } else if (snap.code.starts_with("409")) {
    answer.again = snap.caseCode == "00";
    if ((creates || refunds) && snap.caseCode == "01") {
      answer.state = BankState::duplicate;
    }
  } else if (snap.code == "4042601") {
    answer.outcome = BankOutcome::ok;  // the question is answered
    answer.state = BankState::unpaid;
  } else if (snap.code.starts_with("404") && !creates && !refunds &&
             order.operation != BankOperation::findRefund) {
    if (snap.caseCode == "01" || snap.caseCode == "11" || snap.caseCode == "12") {
      answer.state = BankState::missing;
    } else if (snap.caseCode == "14") {
      answer.state = BankState::paid;
    } else if (snap.caseCode == "19") {
      answer.state = BankState::ended;
    }
  }
}

std::optional<std::chrono::seconds> tokenLifeOf(const Json& body) {
  const auto place = body.find("expiresIn");
  std::int64_t life = 0;
  if (place != body.end() && place->is_number_integer()) {
    life = place->get<std::int64_t>();
  } else {
    const auto text = snapText(body, "expiresIn");
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), life);
    if (error != std::errc{} || end != text.data() + text.size()) {
      return std::nullopt;
    }
  }
  return life > 0 ? std::optional(std::chrono::seconds{std::min(life, kMostTokenLifeS)}) : std::nullopt;
}

Fault noToken(const std::string& why) { return messageFault(ErrorCode::badGateway, why); }

}  // namespace

BankAnswer readBriAnswer(const BriTerms& terms, const BankOrder& order, int httpStatus, std::string_view body,
                         TimePoint now) {
  const auto snap = readSnapAnswer(briServiceOf(order), httpStatus, body);
  BankAnswer answer;
  answer.httpStatus = httpStatus;
  answer.code = snap.code;
  answer.message = snap.message;
  if (snap.verdict == SnapVerdict::refused) {
    answer.outcome = BankOutcome::refused;
    readBriRefusal(order, snap, answer);
  } else if (snap.verdict == SnapVerdict::done) {
    BankAnswer done = answer;
    done.outcome = BankOutcome::ok;
    const auto fault = BriDoneReader(terms, order, snap.body, now, done).read();
    if (fault.empty()) {
      return done;
    }
    answer.message = fault;
  }
  return answer;
}

Result<BriToken> readBriToken(int httpStatus, std::string_view body) {
  const auto json = httpStatus == 200 ? Json::parse(body, nullptr, false) : Json();
  const bool otherCode =
      json.is_object() && json.contains("responseCode") && snapText(json, "responseCode") != "2007300";
  if (!json.is_object() || otherCode) {
    const auto snap = readSnapAnswer("73", httpStatus, body);
    return noToken(snap.code.empty() ? snap.message : snap.code + " " + snap.message);
  }
  const auto text = snapText(json, "accessToken");
  const auto life = tokenLifeOf(json);
  if (!isVisibleAscii(text, kMostTokenText) || !life) {
    return noToken("the answer has no access token with its life");
  }
  return BriToken{SecretText(std::string(text)), *life};
}

}  // namespace ks
