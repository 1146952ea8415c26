#include "actors/webhook/webhookTarget.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <memory>

#include "actors/webhook/socketAddress.hpp"
#include "core/network/publicAddress.hpp"
#include "core/text/url.hpp"

namespace ks {
namespace {

Fault targetFault(std::string message) {
  return fieldFault(ErrorCode::targetNotAllowed, "url", std::move(message));
}

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, FreeAddresses>;

AddressList resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  return AddressList{::getaddrinfo(host.c_str(), nullptr, &hints, &list) == 0 ? list : nullptr};
}

}  // namespace

bool mayCall(const IpAddress& address, const WebhookRules& rules) noexcept {
  return isPublicAddress(address) || (rules.loopback && address.isLoopback());
}

Result<Done> checkWebhookTarget(const std::string& url, const WebhookRules& rules) {
  const auto parts = parseUrl(url);
  const bool scheme = parts && (parts->scheme == "https" || (rules.plainHttp && parts->scheme == "http"));
  if (!scheme || parts->host.empty() || !parts->user.empty() || !parts->password.empty()) {
    return targetFault(rules.plainHttp ? "must be http:// or https://host[:port][/path], without a user"
                                       : "must be https://host[:port][/path], without a user");
  }
  const auto addresses = resolve(parts->host);
  for (const auto* entry = addresses.get(); entry != nullptr; entry = entry->ai_next) {
    const auto address = addressOf(entry->ai_addr);
    if (!address || !mayCall(*address, rules)) {
      return targetFault("leads to " + (address ? address->toString() : "an address of another kind") +
                         ", which is not a public address");
    }
  }
  return Done{};
}

}  // namespace ks
