#pragma once
#include <chrono>
#include <string>

#include "core/secretText.hpp"
#include "crypto/rsaKey.hpp"
#include "crypto/snapSignature.hpp"

namespace ks {

/// What orders are made of: who we are at the bank, and where its services are. No secrets.
struct BriTerms {
  std::string partnerServiceId;  ///< 1 to 8 digits, without padding: our virtual accounts begin with it
  std::string merchantId{};      ///< of QR codes, likewise the next two; empty: none can be made
  std::string terminalId{};
  std::string qrServiceCode = "47";  ///< of a query; older documents have 17
  std::string tokenPath = "/snap/v1.0/access-token/b2b";
  std::string vaPrefix = "/snap/v1.0/transfer-va";
  std::string qrGeneratePath = "/snap/v1.1/qr/qr-mpm-generate";
  std::string qrQueryPath = "/snap/v1.1/qr/qr-mpm-query";
  std::string qrRefundPath{};  ///< empty: the bank is not asked for refunds
};

struct BriConfig {
  std::string origin;  ///< http:// is for a simulator
  std::string clientId;
  SecretText clientSecret;
  RsaPrivateKey privateKey;
  std::string partnerId;  ///< `X-PARTNER-ID`
  std::string channelId;
  std::string caFile;  ///< empty: the system's authorities
  SnapEncoding encoding = SnapEncoding::hex;
  std::chrono::milliseconds timeout{15000};  ///< of one call at most
  BriTerms terms;
};

}  // namespace ks
