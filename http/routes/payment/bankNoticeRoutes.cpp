#include "http/routes/payment/bankNoticeRoutes.hpp"

#include <string>
#include <utility>

#include "core/logging/logging.hpp"

namespace ks {
namespace {

/// The bank waits for ten seconds.
constexpr std::chrono::milliseconds kNoticeDeadline{5000};
constexpr std::size_t kNoticeBytes = std::size_t{64} * 1024;

std::string headerText(const HttpRequest& request, std::string_view name) {
  return std::string(request.header(name));
}

BankNoticeRequest noticeOf(const RequestCall<>& call, BankNoticeKind kind, const std::string& path) {
  const auto& request = call.request;
  BankNoticeRequest notice;
  notice.context = call.context;
  notice.kind = kind;
  notice.method = httpMethodName(request.method);
  notice.path = path;
  notice.clientKey = headerText(request, "X-CLIENT-KEY");
  notice.timestamp = headerText(request, "X-TIMESTAMP");
  notice.signature = headerText(request, "X-SIGNATURE");
  notice.externalId = headerText(request, "X-EXTERNAL-ID");
  if (notice.externalId.empty()) {
    notice.externalId = headerText(request, "X-EXTRENAL-ID");  // the bank's page of QRIS has it like this
  }
  notice.partnerId = headerText(request, "X-PARTNER-ID");
  notice.channelId = headerText(request, "CHANNEL-ID");
  notice.authorization = SecretText(headerText(request, "Authorization"));
  notice.body = request.body;
  return notice;
}

/// 504 and 500 leave the money where it is.
HttpResponse troubleAnswer(BankNoticeKind kind, const Fault& fault) {
  if (fault.code != ErrorCode::overloaded && fault.code != ErrorCode::shuttingDown) {
    logFault("payment.notice.failed", "A notice of the bank was not answered", fault,
             {{"snap_service", std::string(bankNoticeService(kind))}});
  }
  const bool late = fault.code == ErrorCode::timeout;
  const int status = late ? 504 : 500;
  return HttpResponse::rawJson(
      status, R"({"responseCode":")" + std::to_string(status) + std::string(bankNoticeService(kind)) +
                  R"(00","responseMessage":")" + (late ? "Timeout" : "General Error") + R"("})");
}

void addNotice(RouteTable& routes, const BankNoticeRoutesConfig& config, BankNoticeKind kind,
               const std::string& below, std::string operationId, std::string summary) {
  const auto path = std::string(kBankNoticePlace) + below;
  routes.add({.method = HttpMethod::post,
              .path = path,
              .operationId = std::move(operationId),
              .summary = std::move(summary),
              .tag = "payments",
              .access = RouteAccess::open(),
              .csrf = CsrfRule::none,
              .bodyLimit = kNoticeBytes,
              .deadline = kNoticeDeadline,
              .documented = false,
              .rawBody = true},
             std::vector<RouteOutput>{{200, "In the bank's form, as every other answer"}},
             [config, kind, path](const RequestCall<>& call) -> HttpResponse {
               if (!config.enabled()) {
                 return ErrorCode::notFound;
               }
               auto reply = askActor(config.notices(), call.context, noticeOf(call, kind, path));
               if (!reply) {
                 return troubleAnswer(kind, reply.fault());
               }
               return HttpResponse::rawJson(reply.value().status, std::move(reply.value().body));
             });
}

}  // namespace

void addBankNoticeRoutes(RouteTable& routes, const BankNoticeRoutesConfig& config) {
  addNotice(routes, config, BankNoticeKind::token, "/snap/v1.0/access-token/b2b", "bankToken",
            "An access token for the bank");
  addNotice(routes, config, BankNoticeKind::push, "/snap/v1.0/transfer-va/notify-payment-intrabank",
            "bankPush", "Money came to a virtual account");
  addNotice(routes, config, BankNoticeKind::inquiry, "/snap/v1.0/transfer-va/inquiry", "bankInquiry",
            "May a customer pay this virtual account?");
  addNotice(routes, config, BankNoticeKind::payment, "/snap/v1.0/transfer-va/payment", "bankPayment",
            "A customer has paid");
  addNotice(routes, config, BankNoticeKind::qrNotify, "/snap/v1.1/qr/qr-mpm-notify", "bankQrNotify",
            "Money came to a QR code");
}

}  // namespace ks
