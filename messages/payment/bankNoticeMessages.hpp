#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/secretText.hpp"
#include "messages/platform/requestContext.hpp"
#include "messages/platform/typeIds.hpp"

// What a bank calls: it tells of money, or asks before it takes any.
namespace ks {

/// Where the bank's calls arrive. What it signs begins with the path that it was told instead.
inline constexpr std::string_view kBankNoticePlace = "/api/payment/bri";

enum class BankNoticeKind : std::uint8_t {
  token,    ///< the bank wants an access token of ours
  push,     ///< money came to a virtual account
  inquiry,  ///< may a customer pay this virtual account?
  payment,  ///< the customer has paid: a definite no gives the money back
  qrNotify  ///< money came to a QR code
};

/// SNAP's two digits of the service, which are in every answer.
[[nodiscard]] inline std::string_view bankNoticeService(BankNoticeKind kind) noexcept {
  switch (kind) {
    case BankNoticeKind::token:
      return "73";
    case BankNoticeKind::push:
      return "34";
    case BankNoticeKind::inquiry:
      return "24";
    case BankNoticeKind::payment:
      return "25";
    case BankNoticeKind::qrNotify:
      return "52";
  }
  return "";
}

/// A call as it came. Nothing of it is believed before its signature is checked.
struct BankNoticeRequest {
  RequestContext context;
  BankNoticeKind kind = BankNoticeKind::token;
  std::string method;
  std::string path;  ///< as called, without a query
  std::string clientKey;
  std::string timestamp;
  std::string signature;
  std::string externalId;
  std::string partnerId;
  std::string channelId;
  SecretText authorization;
  std::string body;  ///< the bytes that are signed
};

struct BankNoticeReply {
  int status = 500;
  std::string body;  ///< JSON
};

}  // namespace ks

CAF_BEGIN_TYPE_ID_BLOCK(kBankNotices, caf::first_custom_type_id + 800)
CAF_ADD_TYPE_ID(kBankNotices, (ks::BankNoticeRequest))
CAF_ADD_TYPE_ID(kBankNotices, (ks::BankNoticeReply))
CAF_END_TYPE_ID_BLOCK(kBankNotices)

namespace ks {

/// Calls of the bank (public process).
using BankNoticeActor = caf::typed_actor<
    // The answer is committed when it is given. A fault is our own trouble and says nothing about the money: whoever
    // passes it on must not answer 4xx.
    caf::result<BankNoticeReply>(BankNoticeRequest)>;

}  // namespace ks
