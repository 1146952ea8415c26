#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/result.hpp"
#include "http/server/httpMessage.hpp"

namespace ks {

/// The number in `If-Match: "12"`, quotes or none; nothing when it is no number.
[[nodiscard]] std::optional<std::int64_t> versionOf(std::string_view ifMatch);

/// The version that a change was made from; preconditionRequired, invalidFormat.
[[nodiscard]] Result<std::int64_t> ifMatchVersion(const HttpRequest& request);

/// Whether `If-None-Match` names the tag, as weak tags are compared (RFC 9110, 13.1.2).
[[nodiscard]] bool matchesTag(std::string_view ifNoneMatch, std::string_view tag);

}  // namespace ks
