#pragma once
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "bank/bri/briNoticeConfigOf.hpp"
#include "bank/bri/briNotices.hpp"
#include "core/payment/jakartaTime.hpp"
#include "core/text/timeText.hpp"
#include "crypto/snapSignature.hpp"
#include "test/unit/bank/bri/briOrders.hpp"
#include "test/unit/cli/temporaryFolder.hpp"

// The bank as it calls us.
namespace ks {

inline const TimePoint kNoticeNow = *parseTime("2026-01-02T03:11:12.000Z");
inline constexpr const char* kNoticeSecret = "notice-secret";
inline constexpr const char* kNoticeToken = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
inline constexpr const char* kNoticePlaces[] = {
    "/snap/v1.0/access-token/b2b", "/snap/v1.0/transfer-va/notify-payment-intrabank",
    "/snap/v1.0/transfer-va/inquiry", "/snap/v1.0/transfer-va/payment", "/snap/v1.1/qr/qr-mpm-notify"};

/// Two keys of the bank and one of somebody else, made once.
class NoticeKeys {
 public:
  NoticeKeys() {
    for (const char* name : {"first", "second", "other"}) {
      run(std::string("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out ") + name + ".key");
      run(std::string("pkey -in ") + name + ".key -pubout -out " + name + ".pub");
    }
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(folder_.path() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] RsaPrivateKey key(const std::string& name) const {
    return RsaPrivateKey::fromPem(SecretText(read(name + ".key"))).value();
  }
  [[nodiscard]] Result<BriNoticeConfig> config(const std::string& keyFile) const {
    std::ofstream(folder_.path() / "keys.pem", std::ios::binary) << keyFile;
    Settings settings;
    settings.briNoticeClientId = "bri-at-ks";
    settings.briNoticeClientSecret = SecretText(kNoticeSecret);
    settings.briNoticeKeyFile = (folder_.path() / "keys.pem").string();
    settings.briNoticePath = "/outside/bri";
    settings.briPartnerServiceId = "77777";
    return briNoticeConfigOf(settings);
  }

 private:
  void run(const std::string& arguments) const {
    const auto command = "cd " + folder_.path().string() + " && openssl " + arguments + " 2>/dev/null";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  cli::TemporaryFolder folder_;
};

inline const NoticeKeys& noticeKeys() {
  static const NoticeKeys keys;
  return keys;
}

inline const BriNotices& notices() {
  static const BriNotices made(
      noticeKeys().config(noticeKeys().read("first.pub") + noticeKeys().read("second.pub")).value());
  return made;
}

/// A call in the form that the bank gives it, still unsigned.
inline BankNoticeRequest noticeRequest(BankNoticeKind kind, std::string body) {
  BankNoticeRequest request;
  request.kind = kind;
  request.method = "POST";
  request.path = std::string(kBankNoticePlace) + kNoticePlaces[static_cast<std::size_t>(kind)];
  request.clientKey = "bri-at-ks";
  request.timestamp = formatSnapTime(kNoticeNow);
  request.externalId = "000000000123";
  request.partnerId = "BRI";
  request.channelId = "00009";
  request.authorization = SecretText(std::string("Bearer ") + kNoticeToken);
  request.body = std::move(body);
  return request;
}

inline SnapCall noticeCall(const BankNoticeRequest& request, const std::string& path) {
  return {request.method, path, kNoticeToken, request.body, request.timestamp};
}

inline BankNoticeRequest signedWith(BankNoticeRequest request, SnapEncoding encoding = SnapEncoding::hex,
                                    const char* secret = kNoticeSecret) {
  const auto path = "/outside/bri" + request.path.substr(kBankNoticePlace.size());
  request.signature = signSnapCall(noticeCall(request, path), SecretText(secret), encoding).value();
  return request;
}

inline BankNoticeRequest signedByRsa(BankNoticeRequest request, const std::string& keyName) {
  request.signature = signSnapToken(request.clientKey, request.timestamp, noticeKeys().key(keyName)).value();
  return request;
}

inline nlohmann::json accountNotice() {
  return {{"partnerServiceId", "   77777"},
          {"customerNo", "1234567890"},
          {"virtualAccountNo", "   777771234567890"}};
}
inline nlohmann::json pushNotice() {
  auto body = accountNotice();
  body["paymentRequestId"] = "20260102101112000000000123";
  body["trxDateTime"] = "2026-01-02T10:11:12+07:00";
  return body;
}
inline nlohmann::json paymentNotice() {
  auto body = pushNotice();
  body["virtualAccountName"] = "Sabrina";
  body["paidAmount"] = {{"value", "10000.00"}, {"currency", "IDR"}};
  return body;
}
inline nlohmann::json inquiryNotice() {
  auto body = accountNotice();
  body["inquiryRequestId"] = "20260102101112000000000124";
  return body;
}
inline nlohmann::json codeNotice() {
  return {{"originalReferenceNo", "000123456789"},
          {"originalPartnerReferenceNo", kTestReference},
          {"latestTransactionStatus", "00"}};
}

inline nlohmann::json noticeBody(BankNoticeKind kind) {
  switch (kind) {
    case BankNoticeKind::token:
      return {{"grantType", "client_credentials"}};
    case BankNoticeKind::push:
      return pushNotice();
    case BankNoticeKind::inquiry:
      return inquiryNotice();
    case BankNoticeKind::payment:
      return paymentNotice();
    case BankNoticeKind::qrNotify:
      return codeNotice();
  }
  return {};
}

inline constexpr BankNoticeKind kSignedKinds[] = {BankNoticeKind::push, BankNoticeKind::inquiry,
                                                  BankNoticeKind::payment, BankNoticeKind::qrNotify};

inline std::string answerTo(BankNoticeKind kind, const BankNoticeReaderInterface::Refusal& refusal) {
  if (!refusal) {
    return "none";
  }
  const auto reply = notices().refused(kind, *refusal);
  const auto json = nlohmann::json::parse(reply.body);
  CHECK(std::to_string(reply.status) == json["responseCode"].get<std::string>().substr(0, 3));
  return json["responseCode"].get<std::string>() + " " + json["responseMessage"].get<std::string>();
}

}  // namespace ks
