#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "actors/sessionTokens.hpp"

namespace ks {

inline constexpr std::string_view kChallengePurpose = "mfa_challenge";

/// How the session is to be that a challenge leads to, as the challenge keeps it, sealed: two letters, then
/// the device's id and name with a zero byte between, which neither contains.
struct ChallengeState {
  TokenTransport transport = TokenTransport::bearer;
  bool remember = true;
  std::string deviceId;
  std::string deviceName;

  [[nodiscard]] std::string toText() const {
    std::string text{transport == TokenTransport::cookie ? 'c' : 'b', remember ? 'r' : '-'};
    return text + deviceId + '\0' + deviceName;
  }
  [[nodiscard]] static std::optional<ChallengeState> parse(std::string_view text) {
    const auto middle = text.find('\0');
    if (middle == std::string_view::npos || middle < 2) {
      return std::nullopt;
    }
    ChallengeState state;
    state.transport = text[0] == 'c' ? TokenTransport::cookie : TokenTransport::bearer;
    state.remember = text[1] == 'r';
    state.deviceId = text.substr(2, middle - 2);
    state.deviceName = text.substr(middle + 1);
    return state;
  }
};

}  // namespace ks
