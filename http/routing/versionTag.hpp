#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "http/server/httpMessage.hpp"

namespace ks {

/// A record of which each change makes a new version; its answers have the ETag `"7"`.
template <class T>
inline constexpr bool hasVersion = requires(const T& record) {
  { record.version } -> std::convertible_to<std::int64_t>;
};

/// The record, with its version as ETag where it has one.
template <class T>
[[nodiscard]] HttpResponse recordAnswer(int status, const T& record) {
  auto answer = HttpResponse::json(status, record);
  if constexpr (hasVersion<T>) {
    answer.setHeader("ETag", "\"" + std::to_string(record.version) + "\"");
  }
  return answer;
}

/// The version that a change was made from, by `If-Match`; nothing for `*`, and without the header where it
/// is not required. PRECONDITION_REQUIRED; VERSION_MISMATCH for what can be no version.
[[nodiscard]] Result<std::optional<std::int64_t>> expectedVersion(const HttpRequest& request, bool required);

/// Whether `If-None-Match` names the tag, as weak tags are compared (RFC 9110, 13.1.2).
[[nodiscard]] bool matchesTag(std::string_view ifNoneMatch, std::string_view tag);

}  // namespace ks
