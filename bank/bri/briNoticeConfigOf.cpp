#include "bank/bri/briNoticeConfigOf.hpp"

#include <fstream>
#include <string>
#include <utility>

namespace ks {
namespace {

constexpr std::size_t kMostBankKeys = 2;
constexpr std::size_t kMostBankKeyFile = std::size_t{32} * 1024;
constexpr std::string_view kBankKeyBegin = "-----BEGIN ";

Fault bankKeyFault(const std::string& why) {
  return fieldFault(ErrorCode::invalidFormat, "K_BRI_NOTICE_KEY_FILE", why);
}

Result<std::string> readBankKeyFile(const std::string& path) {
  std::string text(kMostBankKeyFile, '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.gcount() == 0 || !in.eof()) {
    return bankKeyFault(in.gcount() == 0 ? "is empty or cannot be read" : "is too long for two keys");
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

Result<std::vector<RsaPublicKey>> readBankKeys(std::string_view text) {
  std::vector<RsaPublicKey> keys;
  for (auto begin = text.find(kBankKeyBegin); begin != std::string_view::npos;) {
    if (keys.size() == kMostBankKeys) {
      return bankKeyFault("has more than two keys");
    }
    const auto next = text.find(kBankKeyBegin, begin + kBankKeyBegin.size());
    auto key = RsaPublicKey::fromPem(text.substr(begin, next - begin));
    if (!key) {
      return bankKeyFault("key " + std::to_string(keys.size() + 1) + ": " + key.fault().message);
    }
    keys.push_back(std::move(key.value()));
    begin = next;
  }
  if (keys.empty()) {
    return bankKeyFault("has no key in PEM format");
  }
  return keys;
}

}  // namespace

Result<BriNoticeConfig> briNoticeConfigOf(const Settings& settings) {
  auto text = readBankKeyFile(settings.briNoticeKeyFile);
  if (!text) {
    return std::move(text.fault());
  }
  auto keys = readBankKeys(text.value());
  if (!keys) {
    return std::move(keys.fault());
  }
  return BriNoticeConfig{.clientId = settings.briNoticeClientId,
                         .clientSecret = settings.briNoticeClientSecret,
                         .keys = std::move(keys.value()),
                         .signedPlace = settings.briNoticePath,
                         .partnerServiceId = settings.briPartnerServiceId};
}

}  // namespace ks
