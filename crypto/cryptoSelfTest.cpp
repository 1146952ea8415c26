#include "crypto/cryptoSelfTest.hpp"

#include <sodium.h>

#include <array>
#include <string>

#include "core/text/base64url.hpp"
#include "crypto/authenticatedCipher.hpp"
#include "crypto/hmacSha256.hpp"
#include "crypto/passwordHash.hpp"
#include "crypto/secretBuffer.hpp"
#include "crypto/secretToken.hpp"
#include "crypto/signingKey.hpp"
#include "crypto/sodiumRandomSource.hpp"

namespace ks {
namespace {

Bytes fromHex(std::string_view hex) {
  Bytes bytes(hex.size() / 2);
  sodium_hex2bin(bytes.data(), bytes.size(), hex.data(), hex.size(), nullptr, nullptr, nullptr);
  return bytes;
}

Bytes countingBytes(std::uint8_t first, std::size_t count) {
  Bytes bytes(count);
  for (std::size_t i = 0; i < count; ++i) {
    bytes[i] = static_cast<std::uint8_t>(first + i);
  }
  return bytes;
}

// FIPS 180-2, appendix B.1.
bool sha256Works() {
  return tokenDigestHex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
}

// RFC 4231, test case 2.
bool hmacWorks() {
  return toHex(hmacSha256(asBytes("Jefe"), asBytes("what do ya want for nothing?"))) ==
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
}

// RFC 7693, appendix A.
bool blake2bWorks() {
  Bytes hash(64);
  crypto_generichash(hash.data(), hash.size(), asBytes("abc").data(), 3, nullptr, 0);
  return toHex(hash) ==
         "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
         "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923";
}

// RFC 8037, appendix A.4.
bool ed25519Works() {
  const auto seed = base64UrlDecode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").value_or(Bytes(32));
  const auto publicKey = base64UrlDecode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").value_or(Bytes{});
  constexpr std::string_view kMessage = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  auto signature = signEd25519(toSecret(seed), asBytes(kMessage));
  const bool good =
      base64UrlEncode(signature) ==
          "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg" &&
      verifyEd25519(publicKey, asBytes(kMessage), signature);
  signature[0] ^= 1U;
  return good && !verifyEd25519(publicKey, asBytes(kMessage), signature);
}

// McGrew and Viega, The Galois/Counter Mode of Operation, test case 16.
bool aesGcmWorks() {
  const Bytes key = fromHex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  const Bytes nonce = fromHex("cafebabefacedbaddecaf888");
  const Bytes associated = fromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const Bytes plaintext = fromHex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const Bytes ciphertext = fromHex(
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
      "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b");
  const bool hardware = hasAesInHardware();
  if (hardware && (sealAesGcm(plaintext, associated, nonce, key) != ciphertext ||
                   openAesGcm(ciphertext, associated, nonce, key, true) != plaintext)) {
    return false;
  }
  return openAesGcm(ciphertext, associated, nonce, key, false) == plaintext;
}

// draft-irtf-cfrg-xchacha-03, appendix A.3.1.
bool xchachaWorks() {
  constexpr std::string_view kText =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen "
      "would be it.";
  const Bytes key = countingBytes(0x80, 32);
  const Bytes nonce = countingBytes(0x40, 24);
  const Bytes associated = fromHex("50515253c0c1c2c3c4c5c6c7");
  const Bytes ciphertext = sealXChaCha(asBytes(kText), associated, nonce, key);
  const auto opened = openXChaCha(ciphertext, associated, nonce, key);
  return toHex(ByteView(ciphertext).last(kAeadTagBytes)) == "c0875924c1c7987947deafd8780acf49" && opened &&
         asText(*opened) == kText;
}

// Test suite of the reference implementation (argon2 20171227, src/test.c).
bool argon2idWorks() {
  const std::string phc =
      "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
  const auto right = verifyPassword(phc, SecretText("password"));
  const auto wrong = verifyPassword(phc, SecretText("Password"));
  return right.ok() && right.value() && wrong.ok() && !wrong.value();
}

bool randomWorks() {
  SodiumRandomSource random;
  SecretBuffer<32> one;
  SecretBuffer<32> other;
  random.fill(one.writable());
  random.fill(other.writable());
  return !equalConstantTime(one.view(), other.view());
}

struct KnownAnswer {
  const char* name;
  bool (*works)();
};

constexpr std::array<KnownAnswer, 8> kKnownAnswers{{{"SHA-256", sha256Works},
                                                    {"HMAC-SHA-256", hmacWorks},
                                                    {"BLAKE2b", blake2bWorks},
                                                    {"Ed25519", ed25519Works},
                                                    {"AES-256-GCM", aesGcmWorks},
                                                    {"XChaCha20-Poly1305", xchachaWorks},
                                                    {"Argon2id", argon2idWorks},
                                                    {"the random source", randomWorks}}};

}  // namespace

Result<Done> cryptoSelfTest() {
  if (!startCrypto()) {
    return makeFault(ErrorCode::internal, "libsodium does not start on this machine");
  }
  std::string broken;
  for (const auto& answer : kKnownAnswers) {
    if (!answer.works()) {
      broken += (broken.empty() ? "" : ", ") + std::string(answer.name);
    }
  }
  if (!broken.empty()) {
    return makeFault(ErrorCode::internal, "the cryptography on this machine gives wrong results: " + broken);
  }
  return Done{};
}

Result<Done> cryptoRoundTrip(const FieldCipher& cipher) {
  SodiumRandomSource random;
  SecretBuffer<32> value;
  random.fill(value.writable());
  const auto sealed = cipher.seal(asText(value.view()), "health");
  if (!sealed) {
    return sealed.fault();
  }
  const auto opened = cipher.open(sealed.value(), "health");
  if (!opened) {
    return opened.fault();
  }
  if (!equalConstantTime(secretBytes(opened.value()), value.view())) {
    return makeFault(ErrorCode::internal, "a sealed value opened to something else");
  }
  return Done{};
}

}  // namespace ks
