#pragma once
#include <chrono>
#include <string_view>

#include "bank/bri/briConfig.hpp"
#include "core/result.hpp"
#include "core/secretText.hpp"
#include "messages/payment/bankRecords.hpp"

namespace ks {

/// What the HTTP answer to an order says. One about another account, code or amount is unknown, and so is all that
/// cannot be read. `now` stands for a time of payment that the bank does not say.
[[nodiscard]] BankAnswer readBriAnswer(const BriTerms& terms, const BankOrder& order, int httpStatus,
                                       std::string_view body, TimePoint now);

struct BriToken {
  SecretText text;
  std::chrono::seconds life{};
};
/// Service 73, whose answer has no response code when all is well. The message of the fault says why there is none.
[[nodiscard]] Result<BriToken> readBriToken(int httpStatus, std::string_view body);

}  // namespace ks
