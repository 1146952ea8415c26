#include "http/routes/payment/reconciliationSchemas.hpp"

#include "core/payment/jakartaTime.hpp"
#include "http/routes/account/accountFields.hpp"
#include "http/routes/payment/enumNamesOf.hpp"

namespace ks {
namespace {

constexpr std::size_t kLongestNote = 500;
constexpr std::uint32_t kMostOfPage = 200;

FieldRules noteRules() {
  return shownNameRules(1, kLongestNote)
      .describe("for whoever reads it later")
      .example("\"Settled by mail\"");
}

bool isJakartaDay(std::string_view text) { return jakartaDayFrom(text).has_value(); }

auto itemMoney(std::int64_t ReconciliationItem::*minor) {
  return [minor](const ReconciliationItem& item) { return Money{item.*minor, Currency::idr}; };
}

auto itemAmount(std::int64_t ReconciliationItem::*minor) {
  return [minor](const ReconciliationItem& item) { return formatMoney({item.*minor, Currency::idr}); };
}

}  // namespace

EnumNames<PaymentVerdict> namesFor(Of<PaymentVerdict> /*of*/) {
  return {{PaymentVerdict::accept, "accept"},
          {PaymentVerdict::returnMoney, "return"},
          {PaymentVerdict::reverse, "reverse"}};
}

EnumNames<ReconciliationKind> namesFor(Of<ReconciliationKind> /*of*/) {
  return enumNamesOf({ReconciliationKind::window, ReconciliationKind::day}, &reconciliationKindName);
}

EnumNames<ReconciliationStatus> namesFor(Of<ReconciliationStatus> /*of*/) {
  return enumNamesOf({ReconciliationStatus::waiting, ReconciliationStatus::running,
                      ReconciliationStatus::done, ReconciliationStatus::failed},
                     &reconciliationStatusName);
}

EnumNames<ReconciliationClass> namesFor(Of<ReconciliationClass> /*of*/) {
  return enumNamesOf({ReconciliationClass::missingNotification, ReconciliationClass::amountMismatch,
                      ReconciliationClass::duplicateCredit, ReconciliationClass::orphanCredit,
                      ReconciliationClass::paidHereNotAtBank, ReconciliationClass::reversedAtBank,
                      ReconciliationClass::unclearCredit},
                     &reconciliationClassName);
}

EnumNames<ReconciliationItemStatus> namesFor(Of<ReconciliationItemStatus> /*of*/) {
  return enumNamesOf(
      {ReconciliationItemStatus::open, ReconciliationItemStatus::healed, ReconciliationItemStatus::resolved},
      &reconciliationItemStatusName);
}

ObjectSchema<DecidePaymentRequest> schemaFor(Of<DecidePaymentRequest> /*of*/) {
  using Request = DecidePaymentRequest;
  return ObjectSchema<Request>("PaymentDecision", "What becomes of money that does not fit")
      .field(
          "verdict", &Request::verdict,
          rules().describe("accept: what waits is the merchant's; return: it was paid back to the customer; "
                           "reverse: the bank took the money of a paid payment back"))
      .field("bank_reference", &Request::bankReference,
             bankReferenceRules().optional().describe("the bank's, of the payout; required of `return`"))
      .field("note", &Request::note, noteRules().optional());
}

ObjectSchema<ReconcileRequest> schemaFor(Of<ReconcileRequest> /*of*/) {
  return ObjectSchema<ReconcileRequest>("ReconciliationInput", "Which day to compare with the bank's report")
      .field("day", &ReconcileRequest::day,
             rules()
                 .optional()
                 .length(10, 10)
                 .accept(&isJakartaDay, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
                 .describe("in Jakarta; of a day that goes on what has come so far; default: yesterday")
                 .example("\"2026-02-03\""));
}

ObjectSchema<ListReconciliationRuns> schemaFor(Of<ListReconciliationRuns> /*of*/) {
  using Query = ListReconciliationRuns;
  return pageFields(ObjectSchema<Query>("ReconciliationRunQuery")
                        .field("kind", &Query::kind)
                        .field("status", &Query::status),
                    kMostOfPage);
}

ObjectSchema<ReconciliationCounts> schemaFor(Of<ReconciliationCounts> /*of*/) {
  using Counts = ReconciliationCounts;
  return ObjectSchema<Counts>("ReconciliationCounts", "What a run has found")
      .field("credits", &Counts::credits, rules().describe("payments that the bank has"))
      .field("matched", &Counts::matched, rules().describe("of them those that were booked here"))
      .field("healed", &Counts::healed, rules().describe("of them those that were not, and are now"))
      .field("items", &Counts::items,
             rules().describe("differences for a person, those too that a person has resolved"));
}

ObjectSchema<ReconciliationRun> schemaFor(Of<ReconciliationRun> /*of*/) {
  using Run = ReconciliationRun;
  return ObjectSchema<Run>("ReconciliationRun", "A comparison with the bank's report")
      .field("id", &Run::id)
      .field(
          "kind", &Run::kind,
          rules().describe("window: the last hour and a quarter, virtual accounts only; day: a whole day in "
                           "Jakarta, QR codes too, and what is booked here only"))
      .field("from", &Run::from)
      .field("to", &Run::to, rules().describe("included"))
      .field("status", &Run::status,
             rules().describe("failed: given up after many tries, the bank's report could not be read"))
      .computed("asked_by", idUnlessNil(&ReconciliationRun::askedBy),
                rules().orNull().describe("who asked for it; null: the clock, or the operator (kctl)"))
      .field("attempts", &Run::attempts)
      .field("counts", &Run::counts)
      .field("error", &Run::error, rules().orNull().describe("of the last try"))
      .field("created_at", &Run::createdAt)
      .field("finished_at", &Run::finishedAt, rules().orNull());
}

ObjectSchema<ListReconciliationItems> schemaFor(Of<ListReconciliationItems> /*of*/) {
  using Query = ListReconciliationItems;
  return pageFields(
      ObjectSchema<Query>("ReconciliationItemQuery")
          .field("run_id", &Query::runId, rules().describe("found by this run before any other"))
          .field("status", &Query::status)
          .field("class", &Query::what),
      kMostOfPage);
}

ObjectSchema<ReconciliationItem> schemaFor(Of<ReconciliationItem> /*of*/) {
  using Item = ReconciliationItem;
  return ObjectSchema<Item>("ReconciliationItem", "A difference between the bank's books and ours")
      .field("id", &Item::id)
      .computed("run_id", idUnlessNil(&ReconciliationItem::runId),
                rules().orNull().describe("the run that found it first; null: a notice of the bank did"))
      .field(
          "class", &Item::what,
          rules().describe(
              "missing_notification: the bank has it, here it was not booked, and is now; amount_mismatch: "
              "another amount; duplicate_credit: a second payment of what was paid; orphan_credit: money of no "
              "payment; paid_here_not_at_bank; reversed_at_bank: the bank gave the money back; unclear_credit: a "
              "notice of no payment, or a line of the bank's report that cannot be read"))
      .field("status", &Item::status,
             rules().describe("healed: by the run itself; resolved: by an administrator"))
      .field("reference", &Item::reference, rules().describe("the bank's, of the money"))
      .computed("payment_id", idUnlessNil(&ReconciliationItem::paymentId), rules().orNull())
      .field("va_number", &Item::vaNumber, rules().orNull())
      .computed("at_bank", itemMoney(&ReconciliationItem::bankMinor), rules().describe("what the bank has"))
      .computed("booked", itemMoney(&ReconciliationItem::bookedMinor),
                rules().describe("what was booked here before"))
      .field("detail", &Item::detail, rules().orNull())
      .field("created_at", &Item::createdAt)
      .field("seen_at", &Item::seenAt, rules().describe("when a run found it last"))
      .computed("resolved_by", idUnlessNil(&ReconciliationItem::resolvedBy),
                rules().orNull().describe("null: nobody has, or the operator"))
      .field("note", &Item::note, rules().orNull().describe("of who resolved it"))
      .field("bank_reference", &Item::bankReference,
             rules().orNull().describe("the bank's, of the payout that gave the money back"))
      .field("resolved_at", &Item::resolvedAt, rules().orNull());
}

ObjectSchema<ReconciliationLine> schemaFor(Of<ReconciliationLine> /*of*/) {
  using Line = ReconciliationLine;
  return ObjectSchema<Line>("ReconciliationLine", "A difference as a line of a file")
      .field("id", &Line::id)
      .field("created_at", &Line::createdAt)
      .field("class", &Line::what)
      .field("status", &Line::status)
      .field("reference", &Line::reference)
      .computed("payment_id", idUnlessNil(&ReconciliationItem::paymentId))
      .field("va_number", &Line::vaNumber)
      .computed("at_bank", itemAmount(&ReconciliationItem::bankMinor))
      .computed("booked", itemAmount(&ReconciliationItem::bookedMinor))
      .computed("currency", [](const Line& /*line*/) { return std::string(currencyCode(Currency::idr)); })
      .field("detail", &Line::detail)
      .computed("run_id", idUnlessNil(&ReconciliationItem::runId))
      .field("seen_at", &Line::seenAt)
      .computed("resolved_by", idUnlessNil(&ReconciliationItem::resolvedBy))
      .field("note", &Line::note)
      .field("bank_reference", &Line::bankReference)
      .field("resolved_at", &Line::resolvedAt);
}

ObjectSchema<ResolveItemRequest> schemaFor(Of<ResolveItemRequest> /*of*/) {
  using Request = ResolveItemRequest;
  return ObjectSchema<Request>("ReconciliationResolution", "How a difference was settled")
      .field("note", &Request::note, noteRules())
      .field("bank_reference", &Request::bankReference,
             bankReferenceRules().optional().describe(
                 "the bank's, of the payout; required of an orphan_credit, whose money was given back"));
}

}  // namespace ks
