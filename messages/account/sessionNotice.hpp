#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/uuid.hpp"

namespace ks {

/// Redis channel on which a process announces ended sessions.
inline constexpr std::string_view kSessionsEndedChannel = "kauth:sessions:ended";

/// Wire form: the user's id and the sessions' ids, separated by blanks.
struct SessionsEnded {
  Uuid userId;
  std::vector<Uuid> sessionIds;

  [[nodiscard]] std::string toText() const;
  /// Nothing when the text has another form (anything that reaches Redis can publish).
  static std::optional<SessionsEnded> parse(std::string_view text);
};

}  // namespace ks
