#include "bank/bri/briNotices.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/payment/jakartaTime.hpp"
#include "core/text/utf8.hpp"
#include "crypto/snapSignature.hpp"

namespace ks {
namespace {

using NoticeJson = nlohmann::json;
using AnswerJson = nlohmann::ordered_json;

constexpr std::size_t kMostNoticeReference = 128;
constexpr std::size_t kMostQrReference = 64;
constexpr std::size_t kMostHeaderId = 36;
constexpr std::size_t kMostChannelId = 5;
constexpr std::size_t kMostServiceIdText = 8;
constexpr std::size_t kMostCustomerNo = 20;
constexpr std::size_t kMostAccountNo = kMostServiceIdText + kMostCustomerNo;
constexpr std::size_t kStatusDigits = 2;
constexpr std::string_view kBearer = "Bearer ";
constexpr const char* kTokenGrant = "client_credentials";

/// One word of printable ASCII.
bool isNoticeWord(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

bool isNoticeNumber(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view withoutPadding(std::string_view text, char padding) {
  return text.substr(std::min(text.find_first_not_of(padding), text.size()));
}

bool isPaddedNumber(std::string_view text, std::size_t most) {
  return text.size() <= most && isNoticeNumber(withoutPadding(text, ' '), most);
}

BankNoticeProblem missingNoticeField(const char* name) { return {BankNoticeCase::missingField, name}; }
BankNoticeProblem badNoticeField(const char* name) { return {BankNoticeCase::badField, name}; }

/// Members of a body, each with its form. The first that is wrong is the problem.
class NoticeFields {
 public:
  explicit NoticeFields(const NoticeJson& body) : body_(body) {}

  template <class Form>
  std::string text(const char* name, Form hasForm) {
    const auto* const member = find(name);
    if (member == nullptr) {
      return note(missingNoticeField(name));
    }
    return optionalText(name, hasForm);
  }
  template <class Form>
  std::string optionalText(const char* name, Form hasForm) {
    const auto* const member = find(name);
    if (member == nullptr) {
      return {};
    }
    if (!member->is_string() || !hasForm(member->get_ref<const std::string&>())) {
      return note(badNoticeField(name));
    }
    return member->get<std::string>();
  }
  Money amount(const char* name) {
    const auto* const member = find(name);
    if (member == nullptr) {
      note(missingNoticeField(name));
      return {};
    }
    const auto part = [member](const char* partName) -> std::string {
      const auto place = member->is_object() ? member->find(partName) : member->end();
      return member->is_object() && place != member->end() && place->is_string() ? place->get<std::string>()
                                                                                 : std::string{};
    };
    const auto money = parseMoney(part("value"), part("currency"));
    if (!money) {
      note(badNoticeField(name));
      return {};
    }
    return money.value();
  }
  /// `absent` where the member is not there.
  TimePoint time(const char* name, TimePoint absent) {
    const auto text = optionalText(name, [](std::string_view value) { return !!parseSnapTime(value); });
    return text.empty() ? absent : *parseSnapTime(text);
  }

  std::string note(BankNoticeProblem problem) {
    if (!problem_) {
      problem_ = std::move(problem);
    }
    return {};
  }
  [[nodiscard]] const std::optional<BankNoticeProblem>& problem() const noexcept { return problem_; }

 private:
  /// Null and the empty text are as good as absent.
  [[nodiscard]] const NoticeJson* find(const char* name) const {
    const auto place = body_.find(name);
    const bool there = place != body_.end() && !place->is_null() &&
                       !(place->is_string() && place->get_ref<const std::string&>().empty());
    return there ? &*place : nullptr;
  }

  const NoticeJson& body_;
  std::optional<BankNoticeProblem> problem_;
};

/// The digits of a partner's number, which is padded on the left: with spaces, before SNAP 1.0.2 with zeros.
std::string partnerDigits(std::string_view sent, std::string_view ours) {
  const auto digits = withoutPadding(sent, ' ');
  const bool zeros =
      digits.ends_with(ours) && withoutPadding(digits.substr(0, digits.size() - ours.size()), '0').empty();
  return std::string(zeros ? ours : digits);
}

void readAccount(NoticeFields& fields, std::string_view ours, BankNotice& notice) {
  notice.serviceId = fields.text(
      "partnerServiceId", [](std::string_view text) { return isPaddedNumber(text, kMostServiceIdText); });
  notice.customerNo =
      fields.text("customerNo", [](std::string_view text) { return isNoticeNumber(text, kMostCustomerNo); });
  notice.accountNo = fields.text("virtualAccountNo", [&notice](std::string_view text) {
    return isPaddedNumber(text, kMostAccountNo) &&
           withoutPadding(text, ' ') ==
               std::string(withoutPadding(notice.serviceId, ' ')) + notice.customerNo;
  });
  notice.vaNumber = partnerDigits(notice.serviceId, ours) + notice.customerNo;
}

std::string readReference(NoticeFields& fields, const char* name) {
  return fields.text(name, [](std::string_view text) { return isNoticeWord(text, kMostNoticeReference); });
}

void readCode(NoticeFields& fields, BankNotice& notice) {
  const auto isReference = [](std::string_view text) { return isNoticeWord(text, kMostQrReference); };
  notice.bankRef = fields.text("originalReferenceNo", isReference);
  notice.gatewayRef = fields.optionalText("originalPartnerReferenceNo", isReference);
  const auto status = fields.text("latestTransactionStatus", [](std::string_view text) {
    return text.size() == kStatusDigits && isNoticeNumber(text, kStatusDigits);
  });
  notice.dedupKey = notice.bankRef + ":" + status;
}

struct NoticeAnswer {
  int http = 500;
  const char* code = "00";
  std::string message{};
};

NoticeAnswer answerOfUnknown(BankNoticeKind kind) {
  if (kind == BankNoticeKind::push) {
    return {404, "16", "Partner Not Found"};
  }
  if (kind == BankNoticeKind::qrNotify) {
    return {404, "01", "Transaction Not Found"};
  }
  return {404, "12", "Invalid Bill/Virtual Account"};
}

NoticeAnswer answerOf(BankNoticeKind kind, const BankNoticeProblem& problem) {
  switch (problem.what) {
    case BankNoticeCase::badRequest:
      return {400, "00", "Bad Request"};
    case BankNoticeCase::badField:
      return {400, "01", "Invalid Field Format " + problem.about};
    case BankNoticeCase::missingField:
      return {400, "02", "Invalid Mandatory Field " + problem.about};
    case BankNoticeCase::unauthorized:
      return {401, "00", "Unauthorized. " + problem.about};
    case BankNoticeCase::badToken:
      return {401, "01", "Invalid Token (B2B)"};
    case BankNoticeCase::unknownPayment:
      return answerOfUnknown(kind);
    case BankNoticeCase::wrongAmount:
      return {404, "13", "Invalid Amount"};
    case BankNoticeCase::alreadyPaid:
      return {404, "14", "Paid Bill"};
    case BankNoticeCase::ended:
      return {404, "19", "Invalid Bill/Virtual Account"};
    case BankNoticeCase::conflict:
      return {409, "00", "Conflict"};
  }
  return {};
}

BankNoticeReply noticeReply(int http, const AnswerJson& body) {
  return {http, body.dump(-1, ' ', false, AnswerJson::error_handler_t::replace)};
}

AnswerJson answerHead(int http, BankNoticeKind kind, const char* code, const std::string& message) {
  return {{"responseCode", std::to_string(http).append(bankNoticeService(kind)).append(code)},
          {"responseMessage", message}};
}

AnswerJson noticeAmount(const Money& amount) {
  return {{"value", formatMoney(amount)}, {"currency", currencyCode(amount.currency)}};
}

AnswerJson noticeReason() { return {{"english", "Success"}, {"indonesia", "Sukses"}}; }

}  // namespace

BriNotices::BriNotices(BriNoticeConfig config) : config_(std::move(config)) {}

bool BriNotices::isOfBank(const std::string& timestamp, const std::string& signature) const {
  return std::any_of(config_.keys.begin(), config_.keys.end(), [&](const RsaPublicKey& key) {
    return verifySnapToken(config_.clientId, timestamp, signature, key);
  });
}

BriNotices::Refusal BriNotices::refuseTokenRequest(const BankNoticeRequest& request, TimePoint now) const {
  const std::array<std::pair<const char*, const std::string*>, 3> needed{
      {{"X-CLIENT-KEY", &request.clientKey},
       {"X-TIMESTAMP", &request.timestamp},
       {"X-SIGNATURE", &request.signature}}};
  for (const auto& [name, value] : needed) {
    if (value->empty()) {
      return missingNoticeField(name);
    }
  }
  const auto at = parseSnapTime(request.timestamp);
  if (!at) {
    return badNoticeField("X-TIMESTAMP");
  }
  if (*at < now - kSkew || *at > now + kSkew) {
    return BankNoticeProblem{BankNoticeCase::unauthorized, "X-TIMESTAMP"};
  }
  if (request.clientKey != config_.clientId || !isOfBank(request.timestamp, request.signature)) {
    return BankNoticeProblem{BankNoticeCase::unauthorized, "stringToSign"};
  }
  const auto body = NoticeJson::parse(request.body, nullptr, false);
  if (!body.is_object()) {
    return BankNoticeProblem{BankNoticeCase::badRequest};
  }
  NoticeFields fields(body);
  (void)fields.text("grantType", [](std::string_view text) { return text == kTokenGrant; });
  return fields.problem();
}

BriNotices::Refusal BriNotices::refuseHead(const BankNoticeRequest& request) const {
  struct Header {
    const char* name;
    const std::string& value;
    bool hasForm;
  };
  const std::array<Header, 5> headers{
      {{"X-TIMESTAMP", request.timestamp, parseSnapTime(request.timestamp).has_value()},
       {"X-SIGNATURE", request.signature, true},
       {"X-EXTERNAL-ID", request.externalId, isNoticeWord(request.externalId, kMostHeaderId)},
       {"X-PARTNER-ID", request.partnerId, isNoticeWord(request.partnerId, kMostHeaderId)},
       {"CHANNEL-ID", request.channelId, isNoticeWord(request.channelId, kMostChannelId)}}};
  for (const auto& header : headers) {
    if (header.value.empty()) {
      return missingNoticeField(header.name);
    }
  }
  for (const auto& header : headers) {
    if (!header.hasForm) {
      return badNoticeField(header.name);
    }
  }
  return std::nullopt;
}

SecretText BriNotices::tokenOf(const BankNoticeRequest& request) const {
  const auto text = request.authorization.reveal();
  const bool bearer = text.size() > kBearer.size() && lowerAscii(text.substr(0, kBearer.size())) == "bearer ";
  return SecretText(std::string(bearer ? text.substr(kBearer.size()) : std::string_view{}));
}

// The bank's page signs a QRIS notification like a token request, which leaves the body open; its kit signs it like
// every other call. Nothing that follows from one depends on more than which code it names.
BriNotices::Refusal BriNotices::refuseSignature(const BankNoticeRequest& request, TimePoint now) const {
  const auto at = parseSnapTime(request.timestamp);
  if (!at || *at < now - kSkew || *at > now + kSkew) {
    return BankNoticeProblem{BankNoticeCase::unauthorized, "X-TIMESTAMP"};
  }
  const auto token = tokenOf(request);
  const bool below = request.path.starts_with(kBankNoticePlace);
  const auto path =
      config_.signedPlace + request.path.substr(below ? kBankNoticePlace.size() : request.path.size());
  const bool signedCall = verifySnapCall({.method = request.method,
                                          .path = path,
                                          .accessToken = token.reveal(),
                                          .body = request.body,
                                          .timestamp = request.timestamp},
                                         config_.clientSecret, request.signature);
  const bool signedHead =
      request.kind == BankNoticeKind::qrNotify && isOfBank(request.timestamp, request.signature);
  if (!signedCall && !signedHead) {
    return BankNoticeProblem{BankNoticeCase::unauthorized, "Signature"};
  }
  return std::nullopt;
}

std::variant<BankNotice, BankNoticeProblem> BriNotices::read(const BankNoticeRequest& request,
                                                             TimePoint now) const {
  const auto body = NoticeJson::parse(request.body, nullptr, false);
  if (!body.is_object()) {
    return BankNoticeProblem{BankNoticeCase::badRequest};
  }
  NoticeFields fields(body);
  BankNotice notice;
  if (request.kind == BankNoticeKind::qrNotify) {
    readCode(fields, notice);
  } else {
    readAccount(fields, config_.partnerServiceId, notice);
    notice.reference = readReference(
        fields, request.kind == BankNoticeKind::inquiry ? "inquiryRequestId" : "paymentRequestId");
    notice.dedupKey = notice.vaNumber + ":" + notice.reference;
  }
  if (request.kind == BankNoticeKind::payment) {
    notice.amount = fields.amount("paidAmount");
    notice.at = fields.time("trxDateTime", now);
  }
  if (fields.problem()) {
    return *fields.problem();
  }
  return notice;
}

BankNoticeReply BriNotices::tokenGiven(const SecretText& token, std::chrono::seconds life) const {
  return noticeReply(200, {{"accessToken", token.reveal()},
                           {"tokenType", "BearerToken"},
                           {"expiresIn", std::to_string(life.count())}});
}

BankNoticeReply BriNotices::accepted(BankNoticeKind kind, const BankNotice& notice,
                                     const PaymentRecord& payment) const {
  auto answer = answerHead(200, kind, "00", "Successful");
  if (kind == BankNoticeKind::qrNotify) {
    return noticeReply(200, answer);
  }
  AnswerJson data{{"partnerServiceId", notice.serviceId},
                  {"customerNo", notice.customerNo},
                  {"virtualAccountNo", notice.accountNo}};
  if (kind != BankNoticeKind::push) {
    data["virtualAccountName"] = payment.customerName;
  }
  data[kind == BankNoticeKind::inquiry ? "inquiryRequestId" : "paymentRequestId"] = notice.reference;
  if (kind == BankNoticeKind::inquiry) {
    data["totalAmount"] = noticeAmount(payment.amount);
    data["inquiryStatus"] = "00";
    data["inquiryReason"] = noticeReason();
    data["additionalInfo"] = AnswerJson::object();
  } else if (kind == BankNoticeKind::payment) {
    data["paidAmount"] = noticeAmount(notice.amount);
    data["paymentFlagStatus"] = "00";
    data["paymentFlagReason"] = noticeReason();
    data["additionalInfo"] = AnswerJson::object();
  }
  answer["virtualAccountData"] = std::move(data);
  return noticeReply(200, answer);
}

BankNoticeReply BriNotices::refused(BankNoticeKind kind, const BankNoticeProblem& problem) const {
  const auto answer = answerOf(kind, problem);
  return noticeReply(answer.http, answerHead(answer.http, kind, answer.code, answer.message));
}

}  // namespace ks
