#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/uuid.hpp"

namespace ks {

/// Purpose of a machine's key: administration, other services of the company, or its owner's programs.
enum class ApiKeyKind : std::uint8_t { admin, service, user };

/// Its name in the database and the API.
constexpr std::string_view apiKeyKindName(ApiKeyKind kind) noexcept {
  return kind == ApiKeyKind::admin ? "admin" : kind == ApiKeyKind::service ? "service" : "user";
}

constexpr std::optional<ApiKeyKind> apiKeyKindFrom(std::string_view name) noexcept {
  for (const auto kind : {ApiKeyKind::admin, ApiKeyKind::service, ApiKeyKind::user}) {
    if (apiKeyKindName(kind) == name) {
      return kind;
    }
  }
  return std::nullopt;
}

constexpr std::string_view apiKeyLead(ApiKeyKind kind) noexcept {
  return kind == ApiKeyKind::admin ? "ks_adm_" : kind == ApiKeyKind::service ? "ks_svc_" : "ks_live_";
}

/// What precedes the secret in a key's text; may be shown.
[[nodiscard]] inline std::string apiKeyPrefix(ApiKeyKind kind, const Uuid& id) {
  return std::string(apiKeyLead(kind)) + toHex(id.bytes);
}

}  // namespace ks
