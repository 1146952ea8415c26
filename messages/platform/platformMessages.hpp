#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/secretText.hpp"
#include "core/uuid.hpp"
#include "messages/platform/requestContext.hpp"

// Messages of the parts that every process has: password hashing, Redis, health, supervision.
namespace ks {

struct HashPassword {
  RequestContext context;
  SecretText password;
};
struct VerifyPassword {
  RequestContext context;
  SecretText password;
  std::string phc;  ///< empty: unknown user; the same work is done and the answer is "no match"
  std::string claimPhc =
      {};                 ///< of a claim (FoundCredential), tried when the other does not match; empty: none
  SecretText typed = {};  ///< the password's bytes as typed, if different: an imported hash may be of these
};
struct PasswordVerdict {
  bool matches = false;
  bool needsUpgrade = false;
  bool matchesClaim = false;
};

/// Commands for one pipelined round trip, each a list of words.
struct RedisCommands {
  RequestContext context;
  std::vector<std::vector<std::string>> commands;
};

/// A message of a subscribed channel, or (with `gap`) a notification that messages may have been missed.
struct RedisNotice {
  std::string channel;
  std::string payload;
  bool gap = false;
  bool connected = false;
};

struct CheckHealth : PlainRequest {};
struct HealthCheck {
  std::string name;
  bool up = false;
  bool required = true;  ///< false: the process can do without it for a while
  double latencyMs = 0;
  std::string error;  ///< for the log and kctl; not shown to anonymous callers
};
struct HealthReport {
  TimePoint at;
  std::vector<HealthCheck> checks;
  [[nodiscard]] bool healthy() const;      ///< everything is up
  [[nodiscard]] bool serviceable() const;  ///< everything required is up
};

/// Sent to a supervisor when one of its children has ended.
struct ChildDown {
  std::uint64_t actorId = 0;
  std::string name;
  std::string reason;
  bool orderly = false;
};

inline bool HealthReport::healthy() const {
  for (const auto& check : checks) {
    if (!check.up) {
      return false;
    }
  }
  return true;
}

inline bool HealthReport::serviceable() const {
  for (const auto& check : checks) {
    if (check.required && !check.up) {
      return false;
    }
  }
  return true;
}

}  // namespace ks
