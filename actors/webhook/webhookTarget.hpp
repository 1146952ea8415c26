#pragma once
#include <string>
#include <string_view>

#include "core/network/ipAddress.hpp"
#include "core/result.hpp"

namespace ks {

/// Where webhooks may go. What is not allowed here is refused when a webhook is made and again, by the
/// address that is really called, at each delivery.
struct WebhookRules {
  bool plainHttp = false;  ///< http:// beside https://
  bool loopback = false;   ///< this machine too, for tests
};

[[nodiscard]] bool mayCall(const IpAddress& address, const WebhookRules& rules) noexcept;

/// targetNotAllowed (of `url`), when the form is wrong or the host has an address that may not be called. A
/// host that has no address at present is no fault. Asks the resolver, which may take seconds.
Result<Done> checkWebhookTarget(const std::string& url, const WebhookRules& rules);

}  // namespace ks
