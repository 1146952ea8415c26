#include "http/routes/payment/adminPaymentRoutes.hpp"
#include "http/routes/payment/inboxSchemas.hpp"

namespace ks {

void addInboxRoutes(RouteTable& routes, const AdminPaymentRoutesConfig& config) {
  routes.add(
      described(adminPaymentRead("/inbox", "bankNotices", "What the bank has told and asked, newest first",
                                 {ErrorCode::cursorInvalid}),
                "Calls with a good signature only, of the last 400 days, each once."),
      ok("A page of the inbox"), asksStorage<ListBankNotices, QueryCall<ListBankNotices>>(config.questions));
  routes.add(
      described(reconcilingPost("/inbox/{id}/replay", "replayBankNotice",
                                "Look for the payment of a notice again", {ErrorCode::notFound}),
                "If there is one now, the bank is asked about it soon: a notice alone is never believed. "
                "The answer that the bank has got stays as it was. `payment_id` says whether there is a "
                "payment."),
      ok("The notice"), asks<IdCall<>, ReplayNoticeRequest>(config.administration));
}

}  // namespace ks
