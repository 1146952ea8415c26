#include "actors/account/attemptKeys.hpp"

#include <string>
#include <utility>

#include "core/network/ipAddress.hpp"
#include "core/text/identifierFold.hpp"

namespace ks {
namespace {

/// The wait reported when only a reset of the password helps.
constexpr std::uint32_t kLongWaitS = 86'400;

AttemptLimit limitOf(const AccountCrypto& crypto, const EventRate& rate, std::string_view what,
                     const std::string& whose) {
  const std::string purpose = "attempts:" + std::string{what};
  return {crypto.tokens.storedHash(purpose, SecretText{whose}), static_cast<std::int32_t>(rate.count),
          static_cast<std::int32_t>(rate.window.count())};
}

}  // namespace

Bytes identifierKey(const AccountCrypto& crypto, std::string_view identifier) {
  return crypto.tokens.storedHash("throttle:identifier", SecretText{normalizeIdentifier(identifier)});
}

Bytes accountKey(const AccountCrypto& crypto, const Uuid& userId) {
  return crypto.tokens.storedHash("throttle:account", SecretText{userId.toString()});
}

AttemptLimit limitOfAddress(const AccountCrypto& crypto, const EventRate& rate, std::string_view what,
                            const ClientInfo& client) {
  const auto address = IpAddress::parse(client.ip);
  return limitOf(crypto, rate, what, "address " + (address ? address->countingPrefix() : client.ip));
}

AttemptLimit limitOfIdentifier(const AccountCrypto& crypto, const EventRate& rate, std::string_view what,
                               std::string_view identifier) {
  return limitOf(crypto, rate, what, "identifier " + normalizeIdentifier(identifier));
}

Fault tooManyAttempts(std::int64_t waitS) {
  auto fault = makeFault(ErrorCode::tooManyAttempts);
  fault.retryAfterS = waitS == LockStep::kForever ? kLongWaitS : static_cast<std::uint32_t>(waitS);
  return fault;
}

}  // namespace ks
