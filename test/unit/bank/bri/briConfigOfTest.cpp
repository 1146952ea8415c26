#include "bank/bri/briConfigOf.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "test/unit/cli/temporaryFolder.hpp"

using namespace ks;

namespace {

using Perms = std::filesystem::perms;

Settings settingsWith(const std::filesystem::path& keyFile) {
  Settings settings;
  settings.briUrl = "https://bank.example";
  settings.briClientId = "client";
  settings.briClientSecret = SecretText("secret");
  settings.briPrivateKeyFile = keyFile.string();
  settings.briCaFile = "/ca.pem";
  settings.briPartnerId = "PARTNER";
  settings.briChannelId = "00009";
  settings.briPartnerServiceId = "77777";
  settings.briMerchantId = "merchant";
  settings.briTerminalId = "terminal";
  settings.briBase64 = true;
  settings.briTokenPath = "/token";
  settings.briVaPath = "/va";
  settings.briQrGeneratePath = "/make";
  settings.briQrQueryPath = "/ask";
  settings.briQrRefundPath = "/refund";
  settings.briTimeout = std::chrono::milliseconds{2000};
  return settings;
}

std::string causeOf(const std::filesystem::path& keyFile) {
  const auto config = briConfigOf(settingsWith(keyFile));
  REQUIRE_FALSE(config.ok());
  CHECK(config.fault().field == "K_BRI_PRIVATE_KEY_FILE");
  return config.fault().message;
}

}  // namespace

TEST_CASE("BRI config: every setting comes to its place", "[bank]") {
  const cli::TemporaryFolder folder;
  const auto file = folder.path() / "key.pem";
  const auto command =
      "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out " + file.string() + " 2>/dev/null";
  REQUIRE(std::system(command.c_str()) == 0);
  std::filesystem::permissions(file, Perms::owner_read);
  const auto read = briConfigOf(settingsWith(file));
  INFO((read ? "" : read.fault().message));
  REQUIRE(read.ok());
  const auto& config = read.value();
  CHECK(config.origin == "https://bank.example");
  CHECK(config.clientId == "client");
  CHECK(config.clientSecret.reveal() == "secret");
  CHECK(config.privateKey.sign(asBytes("message")).value().size() == 256);
  CHECK(config.partnerId == "PARTNER");
  CHECK(config.channelId == "00009");
  CHECK(config.caFile == "/ca.pem");
  CHECK(config.encoding == SnapEncoding::base64);
  CHECK(config.timeout == std::chrono::seconds{2});
  CHECK(config.terms.partnerServiceId == "77777");
  CHECK(config.terms.merchantId == "merchant");
  CHECK(config.terms.terminalId == "terminal");
  CHECK(config.terms.qrServiceCode == "47");
  CHECK(config.terms.tokenPath == "/token");
  CHECK(config.terms.vaPrefix == "/va");
  CHECK(config.terms.qrGeneratePath == "/make");
  CHECK(config.terms.qrQueryPath == "/ask");
  CHECK(config.terms.qrRefundPath == "/refund");
}

TEST_CASE("BRI config: the key's file is a key, and nobody else's to read", "[bank]") {
  const cli::TemporaryFolder folder;
  const auto file = folder.path() / "key.pem";
  const auto write = [&](const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
    std::filesystem::permissions(file, Perms::owner_read | Perms::owner_write);
  };
  CHECK(causeOf(file).starts_with("cannot be read"));
  CHECK(causeOf(folder.path()).starts_with("must be readable by its owner only"));
  write("");
  CHECK(causeOf(file) == "is empty or cannot be read");
  write(std::string(40'000, 'x'));
  CHECK(causeOf(file) == "is too long for a key");
  write("no key");
  CHECK(causeOf(file) == "the text contains no readable private key in PEM format");
  for (const auto more : {Perms::group_read, Perms::others_read, Perms::group_write}) {
    std::filesystem::permissions(file, Perms::owner_read | more);
    CHECK(causeOf(file).starts_with("must be readable by its owner only"));
  }
}
