#include "http/routes/payment/paymentSchemas.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "http/routes/account/accountFields.hpp"
#include "http/routes/payment/enumNamesOf.hpp"

namespace ks {
namespace {

constexpr std::uint32_t kShortestExpiryS = 300;
constexpr std::uint32_t kLongestExpiryS = 90 * 86'400;

/// The hundredths of an amount, which are written as `10000.00`. Nobody sends an amount of nothing. There is
/// one currency, so the digits need not wait for it.
struct AmountValueCodec {
  using Value = std::int64_t;
  static bool parse(JsonValue& in, const FieldRules& /*rules*/, const std::string& path, Value& out,
                    FaultList& faults) {
    if (in.kind != JsonValue::Kind::text) {
      detail::wrongType(path, "a string such as \"10000.00\"", faults);
      return false;
    }
    auto money = parseMoney(in.text, Currency::idr);
    if (!money) {
      faults.add(path, money.fault().code, std::move(money.fault().message));
      return false;
    }
    if (money.value().minor == 0) {
      faults.add(path, ErrorCode::outOfRange, "must be more than 0.00");
      return false;
    }
    out = money.value().minor;
    return true;
  }
  static void write(std::string& out, const Value& value) {
    appendJsonText(out, formatMoney({value, Currency::idr}));
  }
  static void describe(SchemaNode& node, const FieldRules& /*rules*/) {
    node.type = "string";
    node.pattern = "^[0-9]{1,16}\\.[0-9]{2}$";
  }
};

bool isReferenceText(std::string_view text) {
  return !text.empty() && text.front() != ' ' && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

FieldRules merchantRefRules() { return referenceRules().example("\"INV-2026-0001\""); }

/// Until the bank has confirmed the account or code, there is none that could be paid.
bool bankKnowsPayment(const PaymentRecord& payment) {
  return payment.status != PaymentStatus::created && payment.status != PaymentStatus::failed;
}

bool hasEndedUnpaid(const PaymentRecord& payment) {
  return payment.status == PaymentStatus::cancelled || payment.status == PaymentStatus::expired ||
         payment.status == PaymentStatus::failed;
}

std::optional<VirtualAccountOutput> virtualAccountOf(const PaymentRecord& payment) {
  if (payment.vaNumber.empty() || !bankKnowsPayment(payment)) {
    return std::nullopt;
  }
  return VirtualAccountOutput{payment.vaNumber, payment.expiresAt};
}

std::optional<QrOutput> paymentQrOf(const PaymentRecord& payment) {
  if (payment.qrContent.empty() || hasEndedUnpaid(payment)) {
    return std::nullopt;
  }
  return QrOutput{payment.qrContent, payment.expiresAt};
}

template <class Event>
ObjectSchema<Event> eventFields(const char* name) {
  return ObjectSchema<Event>(name, "An entry of a payment's history")
      .field("seq", &Event::seq, rules().describe("from 1"))
      .field("type", &Event::type, rules().example("\"created\""))
      .field("from", &Event::from)
      .field("to", &Event::to)
      .field("actor", &Event::actor, rules().describe("user, key, bank or system").example("\"bank\""))
      .field("at", &Event::at);
}

}  // namespace

FieldRules referenceRules() {
  return rules().length(1, 64).accept(&isReferenceText, "^[!-~]([ -~]*[!-~])?$");
}

EnumNames<Currency> namesFor(Of<Currency> /*of*/) {
  return {{Currency::idr, std::string(currencyCode(Currency::idr))}};
}

EnumNames<PaymentMethod> namesFor(Of<PaymentMethod> /*of*/) {
  return enumNamesOf({PaymentMethod::briVa, PaymentMethod::briQris}, &paymentMethodName);
}

EnumNames<PaymentStatus> namesFor(Of<PaymentStatus> /*of*/) {
  return enumNamesOf(
      {PaymentStatus::created, PaymentStatus::pending, PaymentStatus::paid, PaymentStatus::partiallyRefunded,
       PaymentStatus::refunded, PaymentStatus::reversed, PaymentStatus::expired, PaymentStatus::cancelled,
       PaymentStatus::failed, PaymentStatus::review},
      &paymentStatusName);
}

EnumNames<GatewayState> namesFor(Of<GatewayState> /*of*/) {
  return enumNamesOf({GatewayState::asked, GatewayState::unknown, GatewayState::open, GatewayState::closed},
                     &gatewayStateName);
}

ObjectSchema<Money> schemaFor(Of<Money> /*of*/) {
  return ObjectSchema<Money>("Money", "An amount of money")
      .field("value", &Money::minor, AmountValueCodec{},
             rules()
                 .describe("decimal text with two places and at most 16 digits before them; never a number")
                 .example("\"10000.00\""))
      .field("currency", &Money::currency, rules().describe("ISO 4217"));
}

ObjectSchema<CreatePaymentRequest> schemaFor(Of<CreatePaymentRequest> /*of*/) {
  using Request = CreatePaymentRequest;
  return ObjectSchema<Request>("PaymentInput", "What is to be paid, by whom and how")
      .field("merchant_ref", &Request::merchantRef,
             merchantRefRules().describe("your own reference; each of yours only once"))
      .field("method", &Request::method, rules().describe("bri_va: virtual account; bri_qris: QR code"))
      .field("amount", &Request::amount,
             rules().describe("more than 0.00, in whole rupiah; GET /api/payment/methods has the limits"))
      .field("description", &Request::description,
             shownNameRules(0, 140).optional().describe("for the customer").example("\"Order 2026-0001\""))
      .field("customer_name", &Request::customerName,
             shownNameRules(1, 40).describe("shown to whoever pays").example("\"Ann Lee\""))
      .field(
          "expires_in_s", &Request::expiresIn,
          rules()
              .optional()
              .range(kShortestExpiryS, kLongestExpiryS)
              .describe(
                  "seconds until it can no longer be paid; a QR code at most 1800; default: the service's"))
      .field("user_id", &Request::userId,
             rules().describe(
                 "the user who is to pay and sees the payment; only of machines: a person's payment is "
                 "the person's own"));
}

ObjectSchema<ListPaymentsRequest> schemaFor(Of<ListPaymentsRequest> /*of*/) {
  using Request = ListPaymentsRequest;
  return pageFields(ObjectSchema<Request>("PaymentQuery")
                        .field("status", &Request::status)
                        .field("method", &Request::method)
                        .field("merchant_ref", &Request::merchantRef,
                               merchantRefRules().optional().describe("exactly this one"))
                        .field("from", &Request::from, rules().describe("created then or later"))
                        .field("to", &Request::to, rules().describe("created before")));
}

ObjectSchema<VirtualAccountOutput> schemaFor(Of<VirtualAccountOutput> /*of*/) {
  using Account = VirtualAccountOutput;
  return ObjectSchema<Account>("VirtualAccount", "The account that the customer transfers to")
      .field("number", &Account::number, rules().describe("digits only").example("\"777770000000001\""))
      .computed(
          "bank", [](const Account&) { return std::string{"BRI"}; }, rules().oneOf({"BRI"}))
      .field("expires_at", &Account::expiresAt);
}

ObjectSchema<QrOutput> schemaFor(Of<QrOutput> /*of*/) {
  return ObjectSchema<QrOutput>("PaymentQr", "The code that the customer scans")
      .field("content", &QrOutput::content, rules().describe("EMV text, to be drawn as a QR code"))
      .field("expires_at", &QrOutput::expiresAt);
}

namespace {

template <class Payment>
ObjectSchema<Payment> paymentFields(std::string name, std::string description) {
  return ObjectSchema<Payment>(std::move(name), std::move(description))
      .field("id", &Payment::id)
      .computed("user_id", idUnlessNil(&PaymentRecord::userId),
                rules().orNull().describe("who is to pay; null: nobody with an account"))
      .field("merchant_ref", &Payment::merchantRef)
      .field("method", &Payment::method)
      .field("status", &Payment::status,
             rules().describe(
                 "created: the bank has not confirmed it yet; pending: it can be paid; paid; "
                 "partially_refunded; refunded; reversed: the bank took the money back; expired, "
                 "cancelled and failed become paid when money arrives all the same; review: money arrived "
                 "that does not fit"))
      .field("amount", &Payment::amount)
      .computed(
          "paid",
          [](const Payment& payment) {
            return Money{payment.paidMinor, payment.amount.currency};
          },
          rules().describe("what has arrived and was booked"))
      .computed(
          "refunded",
          [](const Payment& payment) {
            return Money{payment.refundedMinor, payment.amount.currency};
          },
          rules().describe("what the customer has got back"))
      .computed(
          "refunding",
          [](const Payment& payment) {
            return Money{payment.refundingMinor, payment.amount.currency};
          },
          rules().describe("set aside for refunds that have not ended"))
      .field("description", &Payment::description)
      .field("customer_name", &Payment::customerName)
      .computed("va", &virtualAccountOf,
                rules().orNull().describe("of bri_va, once the bank has confirmed it"))
      .computed("qr", &paymentQrOf, rules().orNull().describe("of bri_qris, once the bank has made it"))
      .field("created_at", &Payment::createdAt)
      .field("updated_at", &Payment::updatedAt)
      .field("expires_at", &Payment::expiresAt, rules().describe("until then it can be paid"))
      .field("paid_at", &Payment::paidAt, rules().orNull())
      .field("late", &Payment::late, rules().describe("true: the money arrived after the payment had ended"))
      .field("version", &Payment::version, rules().describe("each change has the next one; the ETag"));
}

}  // namespace

ObjectSchema<PaymentRecord> schemaFor(Of<PaymentRecord> /*of*/) {
  return paymentFields<PaymentRecord>("Payment", "A payment as it is now");
}

ObjectSchema<AdminPayment> schemaFor(Of<AdminPayment> /*of*/) {
  using Payment = AdminPayment;
  return paymentFields<Payment>("AdminPayment", "A payment as administrators see it")
      .field("created_by", &Payment::createdBy, rules().describe("user or key"))
      .computed(
          "suspense",
          [](const Payment& payment) {
            return Money{payment.suspenseMinor, payment.amount.currency};
          },
          rules().describe("what has arrived but does not fit, and waits for a decision"))
      .field("paid_reference", &Payment::paidReference,
             rules().orNull().describe("the bank's reference of the money"))
      .field(
          "gateway_state", &Payment::gatewayState,
          rules().describe("of the account or code at the bank. asked: about to be made; unknown: the bank "
                           "did not answer definitely and is asked again; open; closed"))
      .field("gateway_ref", &Payment::gatewayRef, rules().describe("our reference at the bank"))
      .field("bank_ref", &Payment::bankRef, rules().orNull().describe("the bank's reference of a QR code"));
}

ObjectSchema<PaymentEventRecord> schemaFor(Of<PaymentEventRecord> /*of*/) {
  return eventFields<PaymentEventRecord>("PaymentEvent");
}

ObjectSchema<AdminPaymentEvent> schemaFor(Of<AdminPaymentEvent> /*of*/) {
  using Event = AdminPaymentEvent;
  return eventFields<Event>("AdminPaymentEvent")
      .field("cause", &Event::cause,
             rules().orNull().describe("id of the user or key, of a notice or of a call to the bank"))
      .field("detail", &Event::detail, rules().orNull());
}

std::vector<AdminPaymentEvent> adminEventsOf(std::vector<PaymentEventRecord> events) {
  std::vector<AdminPaymentEvent> shown;
  shown.reserve(events.size());
  for (auto& event : events) {
    shown.push_back({std::move(event)});
  }
  return shown;
}

ObjectSchema<OfferedMethod> schemaFor(Of<OfferedMethod> /*of*/) {
  return ObjectSchema<OfferedMethod>("PaymentMethod", "A way to pay")
      .field("method", &OfferedMethod::method)
      .field("least", &OfferedMethod::least)
      .field("most", &OfferedMethod::most);
}

}  // namespace ks
