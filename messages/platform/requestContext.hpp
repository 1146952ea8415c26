#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "core/clockInterface.hpp"
#include "core/uuid.hpp"

namespace ks {

/// The caller, from a verified access token and its live session. Immutable, shared between messages.
struct Principal {
  Uuid userId;
  Uuid sessionId;
  std::vector<std::string> roles;
  std::vector<std::string> permissions;
  int assuranceLevel = 1;              ///< 1 = one factor, 2 = two
  TimePoint authenticatedAt;           ///< of the last factor that was checked
  bool deviceChanged = false;          ///< since then the session has continued on another device
  Bytes deviceHash;                    ///< of the device that the session is bound to; empty: to none
  std::optional<Uuid> impersonatorId;  ///< the administrator who acts as the user
  std::optional<Uuid> keyId;  ///< of the machine key that calls instead of a session; then sessionId is nil
  /// Accounts whose rights also limit this access: the creators of a key, an impersonator.
  std::vector<Uuid> dependsOn;
  std::uint64_t knownSince = 0;  ///< TokenCache::generation() before this was looked up

  [[nodiscard]] bool may(const std::string& permission) const;
};

/// Origin of a request, as reported by the gateway.
struct ClientInfo {
  std::string ip;          ///< textual address, already normalised
  std::string userAgent;   ///< at most 256 characters
  std::string deviceId;    ///< value of the device cookie or field; may be empty
  std::string deviceName;  ///< as the user named it; may be empty
};

/// Travels in every request message.
struct RequestContext {
  std::string requestId;
  std::chrono::steady_clock::time_point deadline;  ///< after it the answer is not used
  std::shared_ptr<const Principal> principal;      ///< nullptr: nobody is signed in
  ClientInfo client;

  /// Text of the signed-in user's id, or "".
  [[nodiscard]] std::string userIdText() const {
    return principal ? principal->userId.toString() : std::string{};
  }
};

/// A request of nothing else, or about one object: `struct FindWebhook : IdRequest {};`.
struct PlainRequest {
  RequestContext context;
};
struct IdRequest {
  RequestContext context;
  Uuid id;
};

inline bool Principal::may(const std::string& permission) const {
  for (const auto& held : permissions) {
    if (held == permission) {
      return true;
    }
  }
  return false;
}

}  // namespace ks
