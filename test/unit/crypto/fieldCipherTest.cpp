#include "crypto/fieldCipher.hpp"

#include <catch2/catch_test_macros.hpp>

#include "core/text/base64url.hpp"
#include "crypto/authenticatedCipher.hpp"
#include "crypto/keyring.hpp"
#include "test/unit/core/testSources.hpp"
#include "test/unit/crypto/testKeys.hpp"

using namespace ks;

TEST_CASE("keyring: keys, order, subkeys", "[crypto]") {
  const auto ring = testKeyring(kFirstKey + "," + kSecondKey);
  CHECK(ring->primaryId() == "k1");
  CHECK(ring->ids() == std::vector<std::string>{"k1", "k2"});
  CHECK(ring->subkeys(KeyPurpose::csrf).size() == 2);
  CHECK_FALSE(ring->subkey("k3", KeyPurpose::csrf));
  std::vector<std::string> seen;
  for (const auto purpose : {KeyPurpose::field, KeyPurpose::fieldArgon2id, KeyPurpose::tokenHash,
                             KeyPurpose::csrf, KeyPurpose::deviceBinding}) {
    for (const auto key : ring->subkeys(purpose)) {
      const std::string text(asText(key));
      CHECK(std::find(seen.begin(), seen.end(), text) == seen.end());
      seen.push_back(text);
    }
  }
  // crypto_kdf of libsodium 1.0.18 with purpose 1: a change here would make stored data unreadable.
  CHECK(toHex(ring->primarySubkey(KeyPurpose::field)) ==
        "4c030886d283514a25219841430cf0dea75fed44a6f5a98b08baf3a94233b546");
}

TEST_CASE("keyring: faults never show key text", "[crypto]") {
  for (const char* bad : {"", "k1", "k1:short", "k1:MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY"}) {
    CAPTURE(bad);
    const auto ring = Keyring::parse(SecretText(bad));
    REQUIRE_FALSE(ring);
    CHECK(ring.fault().detail.find("MDEy") == std::string::npos);
    CHECK(ring.fault().detail.find("short") == std::string::npos);
  }
  CountingRandom random;
  const auto made = makeMasterKeys("new", random);
  CHECK(Keyring::parse(made).value()->primaryId() == "new");
}

TEST_CASE("field cipher: what is sealed opens, in each format and with each algorithm", "[crypto]") {
  CountingRandom random;
  for (const bool aes : {true, false}) {
    for (const auto format : {FieldFormat::subkey, FieldFormat::argon2id}) {
      const FieldCipher cipher(testKeyring(), random, aes);
      for (const std::string& plaintext :
           {std::string(), std::string("x"), std::string("a\0b", 3), std::string(5000, 'z')}) {
        const auto sealed = cipher.seal(plaintext, "user:1|totp", format);
        REQUIRE(sealed);
        const int version = (format == FieldFormat::argon2id ? 1 : 2) + (aes && hasAesInHardware() ? 0 : 2);
        CHECK(sealed.value()[0] == version);
        const auto opened = cipher.open(sealed.value(), "user:1|totp");
        REQUIRE(opened);
        CHECK(opened.value().reveal() == plaintext);
        CHECK_FALSE(cipher.needsReseal(sealed.value()));
      }
    }
  }
}

TEST_CASE("field cipher: stored values of every version open for ever", "[crypto]") {
  // Sealed once with kFirstKey and context "user:1|secret"; these texts must never be changed.
  const char* const stored[] = {
      "AQJrMdccAsvaEfb-YWnrLE4w5vivxzX4L82d_zDpul8pdYgr7-4D-UG2L8S8tlQnSUdsviF2XRgsfQXY54aQiQ",
      "AgJrMUcdeKzI0gErcHUHW-HJQOyC9g9-VuiKIlLmKxNDWQy2xc5v9LYlD46DvJlIhueqHNEJYagm6P5uzE_daw",
      "AwJrMQ6nqkLm2oq4mWsRQ7-2zuVsZURxQohUaxPGL9Y2L_btxg1oiUmSw9bcViadacFEf7JzlQqjM2EXi2L9evMVQ8MQAm_"
      "c1zKMhw",
      "BAJrMawqMHlL33SV0ui4ZYKgZmIIifXnx0h_w5xj8iWcEx4OwqdnARiQFvqc_5hu3N6rWDq7sWVBpeMMaiVD4518rOXyrToBL5-"
      "35Q",
  };
  CountingRandom random;
  for (const bool aes : {true, false}) {
    const FieldCipher cipher(testKeyring(), random, aes);
    for (int i = 0; i < 4; ++i) {
      const auto sealed = base64UrlDecode(stored[i]);
      REQUIRE(sealed);
      CHECK(sealed->front() == i + 1);
      const auto opened = cipher.open(*sealed, "user:1|secret");
      REQUIRE(opened);
      CHECK(opened.value().reveal() == "JBSWY3DPEHPK3PXP");
    }
  }
}

TEST_CASE("field cipher: any flipped bit, cut or added byte is an error", "[crypto]") {
  CountingRandom random;
  for (const bool aes : {true, false}) {
    const FieldCipher cipher(testKeyring(), random, aes);
    const Bytes sealed = cipher.seal("secret value", "ctx").value();
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        Bytes changed = sealed;
        changed[i] = static_cast<std::uint8_t>(changed[i] ^ (1U << bit));
        CAPTURE(i, bit);
        REQUIRE_FALSE(cipher.open(changed, "ctx"));
      }
      REQUIRE_FALSE(cipher.open(ByteView(sealed).first(i), "ctx"));
    }
    Bytes longer = sealed;
    longer.push_back(0);
    CHECK_FALSE(cipher.open(longer, "ctx"));
  }
}

TEST_CASE("field cipher: flipped bytes of the slow format", "[crypto]") {
  CountingRandom random;
  const FieldCipher cipher(testKeyring(), random);
  const Bytes sealed = cipher.seal("seed", "ctx", FieldFormat::argon2id).value();
  for (const std::size_t i :
       {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{5}, std::size_t{21}, sealed.size() - 1}) {
    Bytes changed = sealed;
    changed[i] ^= 1U;
    CAPTURE(i);
    CHECK_FALSE(cipher.open(changed, "ctx"));
  }
}

TEST_CASE("field cipher: context and key are bound", "[crypto]") {
  CountingRandom random;
  const FieldCipher old(testKeyring(kFirstKey), random);
  const Bytes sealed = old.seal("v", "user:1|device:a").value();
  for (const char* wrong : {"", "user:1|device:b", "user:1|device:", "user:1|device:aa", "User:1|device:a"}) {
    CHECK_FALSE(old.open(sealed, wrong));
  }
  const FieldCipher rotated(testKeyring(kSecondKey + "," + kFirstKey), random);
  CHECK(rotated.open(sealed, "user:1|device:a").value().reveal() == "v");
  CHECK(rotated.needsReseal(sealed));
  CHECK_FALSE(rotated.needsReseal(rotated.seal("v", "c").value()));
  const FieldCipher without(testKeyring(kSecondKey), random);
  const auto unknown = without.open(sealed, "user:1|device:a");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.fault().code == ErrorCode::internal);
  CHECK(unknown.fault().detail.find("K_CRYPTO_MASTER_KEYS") != std::string::npos);
  const std::string impostor = "k1" + kSecondKey.substr(2);
  CHECK_FALSE(FieldCipher(testKeyring(impostor), random).open(sealed, "user:1|device:a"));
  CHECK(old.needsReseal(Bytes{9, 9}));
}

TEST_CASE("field cipher: equal values look different, huge ones are refused", "[crypto]") {
  CountingRandom random;
  const FieldCipher cipher(testKeyring(), random);
  CHECK(cipher.seal("v", "c").value() != cipher.seal("v", "c").value());
  CHECK(cipher.seal(std::string(1U << 20U, 'x'), "c"));
  CHECK(cipher.seal(std::string((1U << 20U) + 1, 'x'), "c").fault().code == ErrorCode::payloadTooLarge);
}

TEST_CASE("authenticated ciphers: hardware and portable AES agree", "[crypto]") {
  if (!hasAesInHardware()) {
    SKIP("no AES instructions here");
  }
  CountingRandom random;
  for (std::size_t size = 0; size < 70; ++size) {
    Bytes key(kAeadKeyBytes);
    Bytes nonce(kAesNonceBytes);
    Bytes plaintext(size);
    Bytes associated(size / 2);
    for (auto* bytes : {&key, &nonce, &plaintext, &associated}) {
      random.fill(std::as_writable_bytes(std::span(*bytes)));
    }
    Bytes sealed = sealAesGcm(plaintext, associated, nonce, key);
    CHECK(openAesGcm(sealed, associated, nonce, key, true) == plaintext);
    CHECK(openAesGcm(sealed, associated, nonce, key, false) == plaintext);
    sealed[size / 2] ^= 1U;
    CHECK_FALSE(openAesGcm(sealed, associated, nonce, key, true));
    CHECK_FALSE(openAesGcm(sealed, associated, nonce, key, false));
  }
  CHECK_FALSE(openAesGcm(Bytes(15), {}, Bytes(12), Bytes(32), false));
  CHECK_FALSE(openXChaCha(Bytes(15), {}, Bytes(24), Bytes(32)));
}
