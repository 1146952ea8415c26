#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "messages/accountRecords.hpp"

namespace ks {

/// A session's fast copy as text, without its refresh key: netstrings ("3:abc,") in a fixed order behind a
/// version.
[[nodiscard]] std::string sessionToText(const SessionRecord& session);
/// Nothing when the text is of another version or broken: the copy is then as good as absent.
[[nodiscard]] std::optional<SessionRecord> sessionFromText(std::string_view text);

}  // namespace ks
