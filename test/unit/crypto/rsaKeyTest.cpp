#include "crypto/rsaKey.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "core/text/base64url.hpp"
#include "crypto/snapSignature.hpp"
#include "test/unit/cli/temporaryFolder.hpp"
#include "test/unit/core/testSources.hpp"

using namespace ks;

namespace {

/// The openssl program with files in a folder of its own: what it makes and signs is the reference.
class Openssl {
 public:
  void run(const std::string& arguments) const {
    const auto command = "cd " + folder_.path().string() + " && openssl " + arguments + " 2>errors";
    if (std::system(command.c_str()) != 0) {
      throw std::runtime_error(command + ": " + read("errors"));
    }
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(folder_.path() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& name, std::string_view content) const {
    std::ofstream(folder_.path() / name, std::ios::binary) << content;
  }
  [[nodiscard]] SecretText secret(const std::string& name) const { return SecretText(read(name)); }

 private:
  cli::TemporaryFolder folder_;
};

template <class Key>
void checkRefused(const Result<Key>& key, const std::string& message) {
  REQUIRE_FALSE(key.ok());
  CHECK(key.fault().code == ErrorCode::invalidFormat);
  CAPTURE(key.fault().message);
  CHECK(key.fault().message.find(message) != std::string::npos);
  CHECK(key.fault().detail.empty());
}

}  // namespace

TEST_CASE("RSA: signs exactly as openssl does, and each verifies the other", "[crypto][payment]") {
  const Openssl openssl;
  openssl.run("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem");
  openssl.run("rsa -in key.pem -traditional -out pkcs1.pem");
  openssl.run("pkey -in key.pem -pubout -out public.pem");
  REQUIRE(openssl.read("key.pem").starts_with("-----BEGIN PRIVATE KEY-----"));
  REQUIRE(openssl.read("pkcs1.pem").starts_with("-----BEGIN RSA PRIVATE KEY-----"));
  const auto key = RsaPrivateKey::fromPem(openssl.secret("key.pem"));
  const auto sameKey = RsaPrivateKey::fromPem(openssl.secret("pkcs1.pem"));
  const auto publicKey = RsaPublicKey::fromPem(openssl.read("public.pem"));
  REQUIRE(key.ok());
  REQUIRE(sameKey.ok());
  REQUIRE(publicKey.ok());
  CountingRandom random;
  for (const std::size_t size : {0U, 1U, 42U, 5000U}) {
    CAPTURE(size);
    Bytes message(size);
    random.fill(std::as_writable_bytes(std::span(message)));
    openssl.write("message", asText(message));
    openssl.run("dgst -sha256 -sign key.pem -out signature message");
    const auto expected = openssl.read("signature");
    const auto made = key.value().sign(message);
    REQUIRE(made.ok());
    CHECK(asText(made.value()) == expected);
    CHECK(asText(sameKey.value().sign(message).value()) == expected);
    CHECK(publicKey.value().verify(message, made.value()));
    auto otherMessage = message;
    otherMessage.push_back(0);
    CHECK_FALSE(publicKey.value().verify(otherMessage, made.value()));
    auto broken = made.value();
    broken[random.next() % broken.size()] ^= 1U;
    CHECK_FALSE(publicKey.value().verify(message, broken));
  }
  const auto signature = key.value().sign(asBytes("x")).value();
  CHECK(signature.size() == 256);
  openssl.write("message", "x");
  openssl.write("signature", asText(signature));
  openssl.run("dgst -sha256 -verify public.pem -signature signature message >verified");
  CHECK(openssl.read("verified") == "Verified OK\n");
}

TEST_CASE("RSA: what is no signature of the key is refused", "[crypto][payment]") {
  const Openssl openssl;
  openssl.run("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem");
  openssl.run("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out other.pem");
  openssl.run("pkey -in key.pem -pubout -out public.pem");
  const auto publicKey = RsaPublicKey::fromPem(openssl.read("public.pem")).value();
  const auto key = RsaPrivateKey::fromPem(openssl.secret("key.pem")).value();
  const auto other = RsaPrivateKey::fromPem(openssl.secret("other.pem")).value();
  const auto message = asBytes("client|2026-10-08T10:00:00.000+07:00");
  const auto signature = key.sign(message).value();
  CHECK(publicKey.verify(message, signature));
  CHECK(signSnapToken("client", "2026-10-08T10:00:00.000+07:00", key).value() == base64Encode(signature));
  CHECK(verifySnapToken("client", "2026-10-08T10:00:00.000+07:00", base64Encode(signature), publicKey));
  CHECK_FALSE(publicKey.verify(message, other.sign(message).value()));
  for (const auto& bad :
       {Bytes{}, Bytes(1), Bytes(255), Bytes(256), Bytes(256, 0xff), Bytes(257), Bytes(4096)}) {
    CAPTURE(bad.size());
    CHECK_FALSE(publicKey.verify(message, bad));
  }
  auto longer = signature;
  longer.push_back(0);
  CHECK_FALSE(publicKey.verify(message, longer));
  CHECK_FALSE(publicKey.verify(message, ByteView(signature).first(255)));
  // Other digests and paddings of the same key.
  openssl.write("message", asText(message));
  for (const char* how : {"-sha1", "-sha512", "-sha256 -sigopt rsa_padding_mode:pss"}) {
    CAPTURE(how);
    openssl.run(std::string("dgst ") + how + " -sign key.pem -out signature message");
    CHECK_FALSE(publicKey.verify(message, asBytes(openssl.read("signature"))));
  }
  CHECK(publicKey.verify(message, signature));
}

TEST_CASE("RSA: a key that cannot be used says why and shows nothing of itself", "[crypto][payment]") {
  const Openssl openssl;
  openssl.run("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem");
  openssl.run("pkey -in key.pem -pubout -out public.pem");
  openssl.run("pkey -in key.pem -aes256 -passout pass:secret -out sealed.pem");
  openssl.run("pkey -in key.pem -aes256 -passout pass: -out sealedEmpty.pem");
  openssl.run("rsa -in key.pem -traditional -aes256 -passout pass:secret -out sealedPkcs1.pem");
  openssl.run("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out short.pem");
  openssl.run("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out pss.pem");
  openssl.run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem");
  openssl.run("genpkey -algorithm ED25519 -out ed.pem");
  for (const char* name : {"short", "pss", "ec", "ed"}) {
    openssl.run("pkey -in " + std::string(name) + ".pem -pubout -out " + name + "Public.pem");
  }
  const auto whole = openssl.read("key.pem");

  for (const char* name : {"sealed.pem", "sealedEmpty.pem", "sealedPkcs1.pem"}) {
    CAPTURE(name);
    checkRefused(RsaPrivateKey::fromPem(openssl.secret(name)), "is encrypted");
  }
  checkRefused(RsaPrivateKey::fromPem(openssl.secret("short.pem")), "has 1024 bits; at least 2048");
  checkRefused(RsaPublicKey::fromPem(openssl.read("shortPublic.pem")), "has 1024 bits; at least 2048");
  for (const std::string name : {"pss", "ec", "ed"}) {
    CAPTURE(name);
    checkRefused(RsaPrivateKey::fromPem(openssl.secret(name + ".pem")), "private key is not an RSA key");
    checkRefused(RsaPublicKey::fromPem(openssl.read(name + "Public.pem")), "public key is not an RSA key");
  }
  checkRefused(RsaPrivateKey::fromPem(openssl.secret("public.pem")), "no readable private key");
  checkRefused(RsaPublicKey::fromPem(whole), "no readable public key");
  checkRefused(RsaPrivateKey::fromPem(SecretText()), "is empty");
  checkRefused(RsaPublicKey::fromPem(""), "is empty");
  checkRefused(RsaPublicKey::fromPem(std::string(40'000, 'A')), "32 KiB");
  for (const auto& text : {std::string("nonsense"), whole.substr(0, whole.size() / 2), whole.substr(30)}) {
    checkRefused(RsaPrivateKey::fromPem(SecretText(text)), "no readable private key");
  }
  auto damaged = whole;
  damaged.replace(200, 40, 40, 'A');
  checkRefused(RsaPrivateKey::fromPem(SecretText(damaged)), "no readable private key");
  // Text around the key, as tools write it, does no harm.
  CHECK(RsaPrivateKey::fromPem(SecretText("Bag Attributes\n    friendlyName: x\n" + whole + "\n")).ok());
}
