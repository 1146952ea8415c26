#pragma once
#include "messages/platform/requestContext.hpp"

namespace ks {

/// Whether the caller is a machine with its own key; then userId is the key's id.
inline bool isMachine(const Principal& caller) { return caller.keyId == caller.userId; }

/// As the audit trail names it: user, key; impersonator: an administrator as the user; anonymous: nobody is
/// signed in.
inline const char* callerKind(const Principal* caller) {
  return caller == nullptr        ? "anonymous"
         : caller->impersonatorId ? "impersonator"
         : isMachine(*caller)     ? "key"
                                  : "user";
}

}  // namespace ks
