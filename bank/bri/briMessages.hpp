#pragma once
#include <string>
#include <string_view>

#include "bank/bri/briConfig.hpp"
#include "core/result.hpp"
#include "messages/payment/bankRecords.hpp"

// Orders as calls of BRI's SNAP services: BRIVA WS and QRIS MPM dynamic.
namespace ks {

struct BriCall {
  std::string service;  ///< two digits
  std::string method;
  std::string path;
  std::string body;
  std::size_t mostAnswer = std::size_t{64} * 1024;
};

/// The message of the fault says why there is no such call.
[[nodiscard]] Result<BriCall> briCallOf(const BriTerms& terms, const BankOrder& order);

/// Two digits; empty: the bank has no such service.
[[nodiscard]] std::string_view briServiceOf(const BankOrder& order);

/// Left-padded with spaces to 8.
[[nodiscard]] std::string paddedServiceId(const BriTerms& terms);

}  // namespace ks
