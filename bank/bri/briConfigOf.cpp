#include "bank/bri/briConfigOf.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

namespace ks {
namespace {

constexpr const char* kBriKeyVariable = "K_BRI_PRIVATE_KEY_FILE";
constexpr std::size_t kMostKeyBytes = std::size_t{32} * 1024;

Fault keyFileFault(const std::string& why) {
  return fieldFault(ErrorCode::invalidFormat, kBriKeyVariable, why);
}

/// Why nobody should trust the file, or nothing. A credential of systemd belongs to root, and an access list, shown
/// as the group's bits, opens it to the service.
std::string openKeyFileFault(const struct stat& status, const std::string& path) {
  const bool credential = status.st_uid == 0 && ::geteuid() != 0;
  const mode_t forbidden = credential ? S_IRWXO : S_IRWXG | S_IRWXO;
  if (!S_ISREG(status.st_mode) || (status.st_mode & forbidden) != 0) {
    return "must be readable by its owner only; run: chmod 600 " + path;
  }
  return status.st_uid == ::geteuid() || credential ? "" : "belongs to another user";
}

Result<SecretText> readBriKeyFile(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return keyFileFault(std::string("cannot be read: ") + std::strerror(errno));
  }
  if (const auto fault = openKeyFileFault(status, path); !fault.empty()) {
    return keyFileFault(fault);
  }
  std::string text(kMostKeyBytes, '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.gcount() == 0 || !in.eof()) {
    return keyFileFault(in.gcount() == 0 ? "is empty or cannot be read" : "is too long for a key");
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return SecretText(std::move(text));
}

}  // namespace

Result<BriConfig> briConfigOf(const Settings& settings) {
  auto pem = readBriKeyFile(settings.briPrivateKeyFile);
  if (!pem) {
    return std::move(pem.fault());
  }
  auto key = RsaPrivateKey::fromPem(pem.value());
  if (!key) {
    return keyFileFault(key.fault().message);
  }
  BriTerms terms{.partnerServiceId = settings.briPartnerServiceId,
                 .merchantId = settings.briMerchantId,
                 .terminalId = settings.briTerminalId,
                 .tokenPath = settings.briTokenPath,
                 .vaPrefix = settings.briVaPath,
                 .qrGeneratePath = settings.briQrGeneratePath,
                 .qrQueryPath = settings.briQrQueryPath,
                 .qrRefundPath = settings.briQrRefundPath};
  return BriConfig{.origin = settings.briUrl,
                   .clientId = settings.briClientId,
                   .clientSecret = settings.briClientSecret,
                   .privateKey = std::move(key.value()),
                   .partnerId = settings.briPartnerId,
                   .channelId = settings.briChannelId,
                   .caFile = settings.briCaFile,
                   .encoding = settings.briBase64 ? SnapEncoding::base64 : SnapEncoding::hex,
                   .timeout = settings.briTimeout,
                   .terms = std::move(terms)};
}

}  // namespace ks
