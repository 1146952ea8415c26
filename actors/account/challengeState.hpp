#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "actors/account/sessionTokens.hpp"
#include "core/text/base64url.hpp"

namespace ks {

inline constexpr std::string_view kChallengePurpose = "mfa_challenge";

/// The session that a challenge leads to, as the challenge stores it, sealed: two letters, then
/// the device's id and name and, as base64url, the key that counted the password, separated by a zero byte,
/// which none of them contains.
struct ChallengeState {
  TokenTransport transport = TokenTransport::bearer;
  bool remember = true;
  std::string deviceId;
  std::string deviceName;
  Bytes passwordKey;  ///< empty: made by a version that stored none

  [[nodiscard]] std::string toText() const {
    std::string text{transport == TokenTransport::cookie ? 'c' : 'b', remember ? 'r' : '-'};
    return text + deviceId + '\0' + deviceName + '\0' + base64UrlEncode(passwordKey);
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
    const auto rest = text.substr(middle + 1);
    const auto end = rest.find('\0');
    state.deviceName = rest.substr(0, end);
    if (end != std::string_view::npos) {
      state.passwordKey = base64UrlDecode(rest.substr(end + 1)).value_or(Bytes{});
    }
    return state;
  }
};

}  // namespace ks
