#pragma once
#include <string>
#include <string_view>

#include "core/logging/auditEvent.hpp"

// Event types of webhooks. An audit event's type is its action, and `.fail` or `.deny` where it was not done
// (`auth.login.fail`); PostgresWebhookRepository::newEvents() makes it.
namespace ks {

/// `*`, a type, or the beginning of types up to a dot and `*`: `user.*`.
[[nodiscard]] bool isEventPattern(std::string_view pattern) noexcept;
[[nodiscard]] bool matchesEvent(std::string_view pattern, std::string_view type) noexcept;

inline constexpr std::size_t kLongestEventPattern = 64;

}  // namespace ks
