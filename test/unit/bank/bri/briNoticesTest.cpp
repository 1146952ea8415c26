#include "bank/bri/briNotices.hpp"

#include <functional>
#include <utility>
#include <vector>

#include "crypto/hmacSha512.hpp"
#include "crypto/secretToken.hpp"
#include "test/unit/bank/bri/briNoticeCalls.hpp"

using namespace ks;

TEST_CASE("BRI notices: the file has one or two keys of the bank", "[bank]") {
  const auto first = noticeKeys().read("first.pub");
  CHECK(noticeKeys().config(first).value().keys.size() == 1);
  const auto both = noticeKeys().config("# the bank's\n" + first + "\n\n" + noticeKeys().read("second.pub"));
  REQUIRE(both.ok());
  CHECK(both.value().keys.size() == 2);
  CHECK(both.value().clientId == "bri-at-ks");
  CHECK(both.value().clientSecret.reveal() == kNoticeSecret);
  CHECK(both.value().signedPlace == "/outside/bri");
  CHECK(both.value().partnerServiceId == "77777");
  for (const auto& [text, cause] : std::vector<std::pair<std::string, std::string>>{
           {"", "is empty or cannot be read"},
           {"no key", "has no key in PEM format"},
           {first + first + first, "has more than two keys"},
           {std::string(40'000, 'x'), "is too long for two keys"},
           {first + noticeKeys().read("second.key"), "key 2: "}}) {
    const auto config = noticeKeys().config(text);
    REQUIRE_FALSE(config.ok());
    CHECK(config.fault().field == "K_BRI_NOTICE_KEY_FILE");
    CHECK(config.fault().message.starts_with(cause));
  }
}

TEST_CASE("BRI notices: a token is for who signs with a key of the bank, now", "[bank]") {
  const auto kind = BankNoticeKind::token;
  const auto plain = noticeRequest(kind, R"({"grantType":"client_credentials"})");
  const auto answer = [&](const BankNoticeRequest& request, TimePoint now = kNoticeNow) {
    return answerTo(kind, notices().refuseTokenRequest(request, now));
  };
  const auto good = signedByRsa(plain, "first");
  CHECK(answer(good) == "none");
  CHECK(answer(signedByRsa(plain, "second")) == "none");
  CHECK(answer(signedByRsa(plain, "other")) == "4017300 Unauthorized. stringToSign");
  for (const auto* signature : {"AAAA", "no base64!"}) {
    auto request = good;
    request.signature = signature;
    CHECK(answer(request) == "4017300 Unauthorized. stringToSign");
  }
  auto request = plain;
  request.clientKey = "somebody";
  CHECK(answer(signedByRsa(request, "first")) == "4017300 Unauthorized. stringToSign");
  request = good;
  request.timestamp = formatSnapTime(kNoticeNow + std::chrono::seconds{1});
  CHECK(answer(request) == "4017300 Unauthorized. stringToSign");

  using Seconds = std::chrono::seconds;
  CHECK(answer(good, kNoticeNow + Seconds{300}) == "none");
  CHECK(answer(good, kNoticeNow - Seconds{300}) == "none");
  CHECK(answer(good, kNoticeNow + Seconds{300} + Milliseconds{1}) == "4017300 Unauthorized. X-TIMESTAMP");
  CHECK(answer(good, kNoticeNow - Seconds{300} - Milliseconds{1}) == "4017300 Unauthorized. X-TIMESTAMP");

  const std::pair<const char*, std::function<void(BankNoticeRequest&)>> spoilt[] = {
      {"4007302 Invalid Mandatory Field X-CLIENT-KEY", [](auto& one) { one.clientKey.clear(); }},
      {"4007302 Invalid Mandatory Field X-TIMESTAMP", [](auto& one) { one.timestamp.clear(); }},
      {"4007302 Invalid Mandatory Field X-SIGNATURE", [](auto& one) { one.signature.clear(); }},
      {"4007301 Invalid Field Format X-TIMESTAMP", [](auto& one) { one.timestamp = "2026-01-02 10:11:12"; }},
      {"4007300 Bad Request", [](auto& one) { one.body = "{"; }},
      {"4007300 Bad Request", [](auto& one) { one.body = "[]"; }},
      {"4007300 Bad Request", [](auto& one) { one.body = ""; }},
      {"4007302 Invalid Mandatory Field grantType", [](auto& one) { one.body = "{}"; }},
      {"4007301 Invalid Field Format grantType", [](auto& one) { one.body = R"({"grantType":"password"})"; }},
      {"4007301 Invalid Field Format grantType", [](auto& one) { one.body = R"({"grantType":1})"; }}};
  for (const auto& [wanted, spoil] : spoilt) {
    request = good;
    spoil(request);
    CHECK(answer(request) == wanted);
  }
  const auto given = notices().tokenGiven(SecretText("abc"), Seconds{899});
  CHECK(given.status == 200);
  CHECK(given.body == R"({"accessToken":"abc","tokenType":"BearerToken","expiresIn":"899"})");
}

TEST_CASE("BRI notices: headers", "[bank]") {
  for (const auto kind : kSignedKinds) {
    const std::string service(bankNoticeService(kind));
    auto good = noticeRequest(kind, "{}");
    good.signature = "x";
    CHECK(answerTo(kind, notices().refuseHead(good)) == "none");
    const auto check = [&](std::string BankNoticeRequest::*header, const char* name, const char* bad) {
      auto request = good;
      (request.*header).clear();
      CHECK(answerTo(kind, notices().refuseHead(request)) ==
            "400" + service + "02 Invalid Mandatory Field " + name);
      if (bad != nullptr) {
        request.*header = bad;
        CHECK(answerTo(kind, notices().refuseHead(request)) ==
              "400" + service + "01 Invalid Field Format " + name);
      }
    };
    check(&BankNoticeRequest::timestamp, "X-TIMESTAMP", "yesterday");
    check(&BankNoticeRequest::signature, "X-SIGNATURE", nullptr);
    check(&BankNoticeRequest::externalId, "X-EXTERNAL-ID", "1234567890123456789012345678901234567");
    check(&BankNoticeRequest::externalId, "X-EXTERNAL-ID", "12 34");
    check(&BankNoticeRequest::partnerId, "X-PARTNER-ID", "a\tb");
    check(&BankNoticeRequest::channelId, "CHANNEL-ID", "000009");
  }
  for (const auto& [header, token] : std::vector<std::pair<std::string, std::string>>{{"Bearer abc", "abc"},
                                                                                      {"bearer abc", "abc"},
                                                                                      {"Basic abc", ""},
                                                                                      {"Bearer ", ""},
                                                                                      {"abc", ""},
                                                                                      {"", ""}}) {
    auto request = noticeRequest(BankNoticeKind::push, "{}");
    request.authorization = SecretText(header);
    CHECK(notices().tokenOf(request).reveal() == token);
  }
}

TEST_CASE(
    "BRI notices: a call is the bank's if time and HMAC are right, in either encoding and over either hash",
    "[bank]") {
  const char* const spaced = "{ \"partnerServiceId\" : \"   77777\",\n \"n\": 1.50 }";
  for (const auto kind : kSignedKinds) {
    const std::string service(bankNoticeService(kind));
    const auto answer = [&](const BankNoticeRequest& request, TimePoint now = kNoticeNow) {
      return answerTo(kind, notices().refuseSignature(request, now));
    };
    const auto wrong = "401" + service + "00 Unauthorized. Signature";
    const auto late = "401" + service + "00 Unauthorized. X-TIMESTAMP";
    const auto plain = noticeRequest(kind, spaced);
    CHECK(answer(signedWith(plain, SnapEncoding::hex)) == "none");
    CHECK(answer(signedWith(plain, SnapEncoding::base64)) == "none");
    auto raw = plain;
    raw.signature = toHex(hmacSha512(
        asBytes(kNoticeSecret), asBytes("POST:/outside/bri" + raw.path.substr(kBankNoticePlace.size()) + ":" +
                                        kNoticeToken + ":" + tokenDigestHex(spaced) + ":" + raw.timestamp)));
    CHECK(answer(raw) == "none");

    const auto good = signedWith(plain);
    CHECK(answer(signedWith(plain, SnapEncoding::hex, "other-secret")) == wrong);
    const std::function<void(BankNoticeRequest&)> changes[] = {
        [](auto& one) { one.body.replace(one.body.find("1.50"), 4, "1.51"); },
        [](auto& one) { one.body += " x"; },
        [](auto& one) { one.method = "PUT"; },
        [](auto& one) { one.path += "/"; },
        [](auto& one) { one.path = "/elsewhere"; },
        [](auto& one) { one.timestamp = formatSnapTime(kNoticeNow + Milliseconds{1}); },
        [](auto& one) { one.authorization = SecretText(std::string("Bearer B") + (kNoticeToken + 1)); },
        [](auto& one) { one.signature[0] = one.signature[0] == '0' ? '1' : '0'; },
        [](auto& one) { one.signature.pop_back(); }};
    for (const auto& change : changes) {
      auto request = good;
      change(request);
      CHECK(answer(request) == wrong);
    }
    // The path that it was called by is not the one that the bank was told.
    auto called = plain;
    called.signature =
        signSnapCall(noticeCall(plain, plain.path), SecretText(kNoticeSecret), SnapEncoding::hex).value();
    CHECK(answer(called) == wrong);

    CHECK(answer(good, kNoticeNow + BriNotices::kSkew) == "none");
    CHECK(answer(good, kNoticeNow - BriNotices::kSkew) == "none");
    CHECK(answer(good, kNoticeNow + BriNotices::kSkew + Milliseconds{1}) == late);
    CHECK(answer(good, kNoticeNow - BriNotices::kSkew - Milliseconds{1}) == late);
  }
}

TEST_CASE("BRI notices: only one about a QR code may be signed over client and time", "[bank]") {
  for (const auto kind : kSignedKinds) {
    const bool code = kind == BankNoticeKind::qrNotify;
    const auto wrong = "401" + std::string(bankNoticeService(kind)) + "00 Unauthorized. Signature";
    const auto answer = [&](const BankNoticeRequest& request) {
      return answerTo(kind, notices().refuseSignature(request, kNoticeNow));
    };
    for (const char* name : {"first", "second"}) {
      CHECK(answer(signedByRsa(noticeRequest(kind, "{}"), name)) == (code ? "none" : wrong));
    }
    CHECK(answer(signedByRsa(noticeRequest(kind, "{}"), "other")) == wrong);
    auto request = signedByRsa(noticeRequest(kind, "{}"), "first");
    request.timestamp = formatSnapTime(kNoticeNow + Milliseconds{1});
    CHECK(answer(request) == wrong);
    request = noticeRequest(kind, "{}");
    request.clientKey = "bri-at-kx";
    CHECK(answer(signedByRsa(request, "first")) == wrong);
  }
}
