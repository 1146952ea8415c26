#include "http/routing/ifMatch.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace ks {
namespace {

Fault ifMatchFault(ErrorCode code, std::string message) {
  auto fault = makeFault(code);
  fault.field = "If-Match";
  fault.message = std::move(message);
  return fault;
}

}  // namespace

std::optional<std::int64_t> versionOf(std::string_view ifMatch) {
  if (ifMatch.starts_with("W/")) {  // so nginx writes the tag of an answer that it compresses
    ifMatch.remove_prefix(2);
  }
  if (ifMatch.size() > 1 && ifMatch.starts_with('"') && ifMatch.ends_with('"')) {
    ifMatch = ifMatch.substr(1, ifMatch.size() - 2);
  }
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(ifMatch.data(), ifMatch.data() + ifMatch.size(), version);
  const bool whole = error == std::errc{} && end == ifMatch.data() + ifMatch.size() && version >= 0;
  return whole ? std::optional(version) : std::nullopt;
}

Result<std::int64_t> ifMatchVersion(const HttpRequest& request) {
  const auto given = request.header("If-Match");
  if (given.empty()) {
    return ifMatchFault(ErrorCode::preconditionRequired, {});
  }
  if (const auto version = versionOf(given)) {
    return *version;
  }
  return ifMatchFault(ErrorCode::invalidFormat, "If-Match takes the version that was read, as \"12\"");
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
