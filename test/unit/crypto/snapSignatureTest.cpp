#include "crypto/snapSignature.hpp"

#include <catch2/catch_test_macros.hpp>

#include "core/text/base64url.hpp"
#include "crypto/hmacSha256.hpp"
#include "crypto/hmacSha512.hpp"
#include "crypto/secretToken.hpp"

using namespace ks;

// Vectors T2 and T6 are those of Midtrans' SNAP-BI-Signature-Demo, T3 that of artivisi's snap-provider-simulator;
// the string of T1 and the fields of T4 are BRI's. T4's and T5's results were computed with libsodium and Python.

namespace {

SecretText secret(const char* text) { return SecretText(std::string(text)); }

constexpr const char* kEmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct Vector {
  SnapCall call;
  const char* secret;
  const char* bodyHash;
  const char* hex;
  const char* base64;
};

const Vector kT2{{"POST", "/v1.0/qr/qr-mpm-generate", "myaccesstoken",
                  R"({"partnerReferenceNo":"2020102900000000000001","amount":{"value":"12345678.00",)"
                  R"("currency":"IDR"},"feeAmount":{"value":"12345678.00","currency":"IDR"},)"
                  R"("merchantId":"00007100010926","terminalId":"213141251124",)"
                  R"("validityPeriod":"2009-07-03T12:08:56-07:00"})",
                  "2024-03-05T10:37:16.196Z"},
                 "myclientsecret",
                 "01463f60dbb6ca538581579dd95b31c8ba9fc6600eca750e4d8460ca4e402111",
                 "c26cd3ef28e0d52c710acc4db0580247d4985e264619b71e17a7d5f317bdeec0"
                 "0c1f167eece101308066bdbe928fa19c92c1a9de2bfbec38a89a049b7124f75d",
                 "wmzT7yjg1SxxCsxNsFgCR9SYXiZGGbceF6fV8xe97sAMHxZ+7OEBMIBmvb6Sj6Gc"
                 "ksGp3iv77DiomgSbcST3XQ=="};

const Vector kT3{{"POST", "/snap/v1.0/transfer-va/create-va", "tok123", "{ \"a\": \"b c\",\n \"n\": 1.50 }",
                  "2026-10-08T10:00:00.000+07:00"},
                 "secret-xyz",
                 "df3472b0c34bb2e31ebf6dfc47ba309515bb0cd58f12fb1feeb015c347a1c25b",
                 "a4d897434df393c9befec5cca18ddba0b08878eb925b2a158fe4008d363dac20"
                 "ef8381785eeee66ebee30f3f9fa2481f6cb9a7abb871a89aa84725ace7c160fb",
                 "pNiXQ03zk8m+/sXMoY3boLCIeOuSWyoVj+QAjTY9rCDvg4F4Xu7mbr7jDz+fokgf"
                 "bLmnq7hxqJqoRyWs58Fg+w=="};

const Vector kT4{{"POST", "/snap/v1.0/dummy", "R04XSUbnm1GXNmDiXx9ysWMpFWBr", R"({"hello":"world"})",
                  "2021-11-02T13:14:15.678+07:00"},
                 "secret-xyz",
                 "93a23971a914e5eacbf0a8d25154cda309c3c1c72fbb9914d47c60f3cb681588",
                 "4746c35ce7f8dd0eaf10a251b761dd1d6d43078e664a8114353aa9c8ba40bc82"
                 "c98ac2ee4ef5b3d311e05f98a409eb19c8c2e8749e72f65d9f9a3b9c484b354f",
                 "R0bDXOf43Q6vEKJRt2HdHW1DB45mSoEUNTqpyLpAvILJisLuTvWz0xHgX5ikCesZ"
                 "yMLodJ5y9l2fmjucSEs1Tw=="};

/// The signature over the body as it is, made without snapSignature.
std::string rawSignature(const SnapCall& call, const char* key) {
  const auto text = std::string(call.method) + ":" + std::string(call.path) + ":" +
                    std::string(call.accessToken) + ":" + tokenDigestHex(call.body) + ":" +
                    std::string(call.timestamp);
  return toHex(hmacSha512(asBytes(key), asBytes(text)));
}

std::string upper(std::string text) {
  for (auto& c : text) {
    c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return text;
}

}  // namespace

TEST_CASE("HMAC-SHA-512: RFC 4231", "[crypto]") {
  struct Case {
    Bytes key;
    std::string message;
    const char* mac;
  };
  Bytes counting;
  for (std::uint8_t i = 1; i <= 25; ++i) {
    counting.push_back(i);
  }
  const Case cases[] = {
      {Bytes(20, 0x0b), "Hi There",
       "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
       "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
      {{'J', 'e', 'f', 'e'},
       "what do ya want for nothing?",
       "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
       "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
      {Bytes(20, 0xaa), std::string(50, '\xdd'),
       "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
       "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"},
      {counting, std::string(50, '\xcd'),
       "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db"
       "a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd"},
      {Bytes(131, 0xaa), "Test Using Larger Than Block-Size Key - Hash Key First",
       "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
       "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"},
      {Bytes(131, 0xaa),
       "This is a test using a larger than block-size key and a larger than block-size data. The key needs to "
       "be hashed before being used by the HMAC algorithm.",
       "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944"
       "b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.message);
    CHECK(toHex(hmacSha512(one.key, asBytes(one.message))) == one.mac);
  }
  // Test case 5 gives the first 128 bits only.
  CHECK(toHex(hmacSha512({}, {}))
            .starts_with("b936cee86c9f87aa5d3c6f2e84cb5a4239a5fe50480a6ec66b70ab5b1f4ac673"));
  CHECK(toHex(hmacSha512(Bytes(20, 0x0c), asBytes("Test With Truncation"))).substr(0, 32) ==
        "415fad6271580a531d4179bc891d87a6");
}

TEST_CASE("SNAP: hash of the body and the string to sign (T1)", "[crypto][payment]") {
  CHECK(tokenDigestHex(R"({"hello":"world"})") ==
        "93a23971a914e5eacbf0a8d25154cda309c3c1c72fbb9914d47c60f3cb681588");
  CHECK(tokenDigestHex("") == kEmptyHash);
  SnapCall call{"POST", "/snap/v1.0/dummy", "muhpwhwOkPRU9nNXYnyYHj8t54x3", R"({ "hello" : "world" })",
                "2021-11-29T09:22:18.172+07:00"};
  // BRI's string, except for the hash: the body of its own is not published.
  CHECK(snapCallText(call).value().reveal() ==
        "POST:/snap/v1.0/dummy:muhpwhwOkPRU9nNXYnyYHj8t54x3:"
        "93a23971a914e5eacbf0a8d25154cda309c3c1c72fbb9914d47c60f3cb681588:2021-11-29T09:22:18.172+07:00");
  call.method = "GET";
  call.body = "";
  CHECK(snapCallText(call).value().reveal() ==
        std::string("GET:/snap/v1.0/dummy:muhpwhwOkPRU9nNXYnyYHj8t54x3:") + kEmptyHash +
            ":2021-11-29T09:22:18.172+07:00");
}

TEST_CASE("SNAP: signatures of calls (T2, T3, T4)", "[crypto][payment]") {
  for (const auto& vector : {kT2, kT3, kT4}) {
    CAPTURE(vector.call.path);
    const auto key = secret(vector.secret);
    const auto text = snapCallText(vector.call);
    REQUIRE(text.ok());
    CHECK(text.value().reveal().find(std::string(":") + vector.bodyHash + ":") != std::string::npos);
    CHECK(signSnapCall(vector.call, key, SnapEncoding::hex).value() == vector.hex);
    CHECK(signSnapCall(vector.call, key, SnapEncoding::base64).value() == vector.base64);
    CHECK(verifySnapCall(vector.call, key, vector.hex));
    CHECK(verifySnapCall(vector.call, key, vector.base64));
    CHECK(verifySnapCall(vector.call, key, upper(vector.hex)));
    CHECK(verifySnapCall(vector.call, key, rawSignature(vector.call, vector.secret)));
  }
}

TEST_CASE("SNAP: anything changed is refused", "[crypto][payment]") {
  const auto key = secret(kT3.secret);
  const auto refused = [&](const SnapCall& call) { return !verifySnapCall(call, key, kT3.hex); };
  SnapCall call = kT3.call;
  call.method = "PUT";
  CHECK(refused(call));
  call = kT3.call;
  call.path = "/snap/v1.0/transfer-va/create-va/";
  CHECK(refused(call));
  call = kT3.call;
  call.accessToken = "tok124";
  CHECK(refused(call));
  call = kT3.call;
  call.timestamp = "2026-10-08T10:00:00.001+07:00";
  CHECK(refused(call));
  for (const char* body :
       {"", "{}", R"({"a":"bc","n":1.50})", R"({"a":"b c","n":1.5})", R"({"a":"b c","n":"1.50"})",
        R"({"a":"b c","n":1.50)", R"({"a":"b c","n":1.50}")"}) {
    CAPTURE(body);
    call = kT3.call;
    call.body = body;
    CHECK(refused(call));
  }
  // Another white space has the same minified body, so the hash of that is valid, the hash of the raw body not.
  call = kT3.call;
  call.body = R"({"a":"b c","n":1.50})";
  CHECK_FALSE(refused(call));
  CHECK_FALSE(verifySnapCall(call, key, rawSignature(kT3.call, kT3.secret)));
  CHECK_FALSE(verifySnapCall(kT3.call, secret("secret-xyZ"), kT3.hex));
  CHECK_FALSE(verifySnapCall(kT3.call, secret(""), kT3.hex));
}

TEST_CASE("SNAP: what is no signature is refused", "[crypto][payment]") {
  const auto key = secret(kT4.secret);
  const std::string hex = kT4.hex;
  const std::string base64 = kT4.base64;
  for (const auto& text :
       {std::string(), hex.substr(1), hex + "0", hex.substr(0, 88), hex.substr(0, 127) + "g",
        hex.substr(0, 64), std::string(128, '0'), " " + hex.substr(1), base64.substr(0, 86),
        base64.substr(0, 87) + "A", base64.substr(0, 86) + "\n=", std::string(88, '='), std::string(88, 'A'),
        std::string(88, '\0')}) {
    CAPTURE(text);
    CHECK_FALSE(verifySnapCall(kT4.call, key, text));
  }
  for (std::size_t i = 0; i < hex.size(); ++i) {
    auto changed = hex;
    changed[i] = changed[i] == '0' ? '1' : '0';
    CHECK_FALSE(verifySnapCall(kT4.call, key, changed));
  }
}

TEST_CASE("SNAP: a body whose string has no end is not signed; received, its raw hash counts",
          "[crypto][payment]") {
  SnapCall call = kT4.call;
  call.body = R"({"hello)";
  const auto made = signSnapCall(call, secret("s"), SnapEncoding::hex);
  REQUIRE_FALSE(made.ok());
  CHECK(made.fault().code == ErrorCode::malformedJson);
  CHECK(verifySnapCall(call, secret("s"), rawSignature(call, "s")));
}

TEST_CASE("legacy BRIAPI: HMAC-SHA-256 of the published payload (T5)", "[crypto][payment]") {
  const auto sign = [](std::string_view payload) {
    return base64Encode(hmacSha256(asBytes("secret-xyz"), asBytes(payload)));
  };
  CHECK(sign("path=/v1.0/brifast-incoming-remittance&verb=POST&token=Bearer R04XSUbnm1GXNmDiXx9ysWMpFWBr"
             "&timestamp=2019-01-02T13:14:15.678Z&body=") == "FPy2ptN2jMp+kb5WFApAMAp/7TcRXlbQmtOMSOAbnoE=");
  CHECK(sign("path=/v1/briva&verb=POST&token=Bearer tok123&timestamp=2019-01-02T13:14:15.678Z&body="
             R"({"institutionCode":"J104408","brivaNo":"77777","custCode":"123456789115","nama":"Sabrina",)"
             R"("amount":"100000","keterangan":"Testing BRIVA","expiredDate":"2020-02-27 23:59:00"})") ==
        "GMxEQ8CkX7dx9Ent9BONv4W7lIi5TaMmwfabJbKPksk=");
}

TEST_CASE("SNAP: signature of a token request (T6)", "[crypto][payment]") {
  const auto key = RsaPublicKey::fromPem(
      "-----BEGIN PUBLIC KEY-----\n"
      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAlWbtlh3eM+bW3n5AFj42\n"
      "wddC4L7tQqbLiCFbTv8K67yng9iwK5mEn+UMXiRhvB2JVWFafCPPxFamsiVG3Mjn\n"
      "eGjC0BYgmpmw4qXnAnyO3nCdCuPtmZ3ljhKvSTPdWZxrcLi1Xa9V/+Pzb8hrjb5i\n"
      "wMn6SZFNeMmZYgFKiSeueo6TPln2PoTqXCzs1HtsM8eUVe8GAsjJe/3dYl992nyX\n"
      "OpG21GgNu8o5T3WOptPg6GdDTWkTWUu483yRbVVy04Pz4L8DDZTDv+WcsAViDn1r\n"
      "A/jB1Auj/UGKx2ovGcBH/a/hor5TbABbODU6cPTHT54K3sSZtvZNV4eFDB1f/4wd\n"
      "fwIDAQAB\n"
      "-----END PUBLIC KEY-----\n");
  REQUIRE(key.ok());
  const std::string signature =
      "WzW49tYIgKIBmBi/gVBHGLAkhEaZlXM11zcZxAiyHji6TLPjPbwLu3Z45it25AIeG0XDItcdTSkds47zFEMh6IP0PXPIP1+Ey4RmX/"
      "o2fuYRF/xBHvfvKnMmANMTS1axsXBSW3EHqYpbVrkCcqNnB3u+wu63us9WIhRZaWgxgQ2PJLaiVHIwgu9u7jxkWX7Bg4rerZH3RKdQf"
      "IJAAJsSN13efR7VdSAyzU7QaKjgislxrLqmesYNJkbD03XLjHdo6YWuzAVV7xdZRpLiGkIAkW7luXTBZYBO+4oENZAPQYzrLeN1qRY1"
      "Sr7BgLONCA2QA26BB6SYW4R7qofS9+RyOQ==";
  CHECK(snapTokenText("G1234325-SNAP", "2024-03-01T08:27:49.024Z") ==
        "G1234325-SNAP|2024-03-01T08:27:49.024Z");
  CHECK(verifySnapToken("G1234325-SNAP", "2024-03-01T08:27:49.024Z", signature, key.value()));
  CHECK_FALSE(verifySnapToken("G1234325-SNAP", "2024-03-01T08:27:49.025Z", signature, key.value()));
  CHECK_FALSE(verifySnapToken("G1234326-SNAP", "2024-03-01T08:27:49.024Z", signature, key.value()));
  CHECK_FALSE(verifySnapToken("G1234325-SNAP", "2024-03-01T08:27:49.024Z", "", key.value()));
  CHECK_FALSE(verifySnapToken("G1234325-SNAP", "2024-03-01T08:27:49.024Z", signature.substr(4), key.value()));
  CHECK_FALSE(verifySnapToken("G1234325-SNAP", "2024-03-01T08:27:49.024Z", signature + "\n", key.value()));
}
