#include "http/routes/payment/inboxSchemas.hpp"

#include "http/routes/payment/noticeText.hpp"

namespace ks {
namespace {

constexpr std::uint32_t kMostNoticesOfPage = 200;
constexpr const char* kServices = "24: inquiry; 25: payment; 34: push; 52: QRIS";
constexpr const char* kBodyExample = R"("{\"virtualAccountNo\":\"   777770000000001\",\"passApp\":\"***\"}")";

}  // namespace

ObjectSchema<ListBankNotices> schemaFor(Of<ListBankNotices> /*of*/) {
  using Query = ListBankNotices;
  return pageFields(
      ObjectSchema<Query>("BankNoticeQuery")
          .field("answered", &Query::answered, rules().describe("true: the bank has got an answer"))
          .field("matched", &Query::matched, rules().describe("true: it belongs to a payment"))
          .field("service", &Query::service,
                 rules().optional().oneOf({"24", "25", "34", "52"}).describe(kServices))
          .field("payment_id", &Query::paymentId),
      kMostNoticesOfPage);
}

ObjectSchema<BankNoticeRecord> schemaFor(Of<BankNoticeRecord> /*of*/) {
  using Notice = BankNoticeRecord;
  return ObjectSchema<Notice>("BankNotice", "A call of the bank, whose signature was good")
      .field("id", &Notice::id)
      .field("service", &Notice::service, rules().describe(kServices).example("\"34\""))
      .field("external_id", &Notice::externalId)
      .field("dedup_key", &Notice::dedupKey,
             rules().describe("what has the same is the same notice, however often it is sent"))
      .computed("payment_id", idUnlessNil(&BankNoticeRecord::paymentId),
                rules().orNull().describe("null: of none that is known here"))
      .computed(
          "body", [](const Notice& notice) { return shownNotice(notice.body); },
          rules().describe("JSON as it was sent; the value of passApp is left out").example(kBodyExample))
      .field("received_at", &Notice::receivedAt)
      .field("answer_status", &Notice::answerStatus,
             rules().orNull().describe("HTTP; null: it was not answered").example("200"))
      .computed(
          "answer_body", [](const Notice& notice) { return shownNotice(notice.answerBody); },
          rules()
              .orNull()
              .describe("JSON; the bank gets the same each time")
              .example(R"("{\"responseCode\":\"2003400\"}")"))
      .field("processed_at", &Notice::processedAt, rules().orNull());
}

}  // namespace ks
