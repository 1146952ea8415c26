#include "http/routing/versionTag.hpp"

#include <algorithm>
#include <charconv>

namespace ks {

Result<std::optional<std::int64_t>> expectedVersion(const HttpRequest& request, bool required) {
  auto tag = request.header("If-Match");
  if (!required && (tag.empty() || tag == "*")) {
    return std::optional<std::int64_t>{};
  }
  if (tag.empty()) {
    return fieldFault(ErrorCode::preconditionRequired, "If-Match");
  }
  if (tag.starts_with("W/")) {  // so nginx writes the tag of an answer that it compresses
    tag.remove_prefix(2);
  }
  if (tag.size() > 1 && tag.starts_with('"') && tag.ends_with('"')) {
    tag = tag.substr(1, tag.size() - 2);
  }
  std::int32_t version = 0;  // no record changes more often
  const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), version);
  if (error != std::errc{} || end != tag.data() + tag.size() || version < 0) {
    return fieldFault(ErrorCode::versionMismatch, "If-Match");
  }
  return std::optional<std::int64_t>{version};
}

bool matchesTag(std::string_view ifNoneMatch, std::string_view tag) {
  const auto opaque = [](std::string_view text) { return text.substr(text.starts_with("W/") ? 2 : 0); };
  while (!ifNoneMatch.empty()) {
    const auto end = std::min(ifNoneMatch.find(','), ifNoneMatch.size());
    auto one = ifNoneMatch.substr(0, end);
    ifNoneMatch.remove_prefix(std::min(end + 1, ifNoneMatch.size()));
    while (!one.empty() && (one.front() == ' ' || one.front() == '\t')) {
      one.remove_prefix(1);
    }
    while (!one.empty() && (one.back() == ' ' || one.back() == '\t')) {
      one.remove_suffix(1);
    }
    if (one == "*" || (!one.empty() && opaque(one) == opaque(tag))) {
      return true;
    }
  }
  return false;
}

}  // namespace ks
