#pragma once
#include <string>
#include <string_view>

#include "core/network/ipAddress.hpp"
#include "core/result.hpp"

namespace ks {

/// Allowed targets of webhooks. Others are refused when a webhook is created and again, by the
/// address actually called, at each delivery.
struct WebhookRules {
  bool plainHttp = false;  ///< http:// in addition to https://
  bool loopback = false;   ///< this machine too, for tests
};

[[nodiscard]] bool mayCall(const IpAddress& address, const WebhookRules& rules) noexcept;

/// targetNotAllowed (of `url`), when the form is wrong or the host has an address that may not be called. A
/// host without an address at present is not a fault. Uses the resolver, which may take seconds.
Result<Done> checkWebhookTarget(const std::string& url, const WebhookRules& rules);

}  // namespace ks
