#pragma once
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/secretText.hpp"
#include "core/uuid.hpp"
#include "test/simulation/faults/faultyRedisConnection.hpp"

namespace ks::sim {

/// How often a refresh token was sent, and since when.
struct TokenUse {
  VirtualTime firstSent;
  int attempts = 0;
};

/// A session as its user's device knows it.
struct SessionView {
  struct OldToken {
    SecretText token;
    std::int64_t counter = 0;
    VirtualTime replacedAt;  ///< its successor was certainly in use by then
  };
  Uuid id;
  Uuid userId;
  int level = 1;  ///< of assurance
  VirtualTime openedAt;
  SecretText access;
  VirtualTime accessAt;
  SecretText refresh;
  std::int64_t counter = 0;
  std::vector<OldToken> old;
  std::shared_ptr<TokenUse> use;  ///< of the present refresh token
  int tries = 0;                  ///< secrets shown in it
  bool maybeEnded = false;        ///< an operation that would end it had an unknown outcome
  bool ended = false;             ///< the end was acknowledged
  std::size_t endedBy = 0;        ///< by this process
  VirtualTime endedAt;
};

/// A second factor as its user's authenticator app knows it.
struct FactorView {
  Uuid id;
  std::string secret;
  std::int64_t triedStep = 0;           ///< the newest one whose code was sent
  std::set<std::int64_t> accepted;      ///< steps whose code opened something
  std::vector<std::string> codes;       ///< recovery codes that were not sent yet
  std::set<std::string> acceptedCodes;  ///< recovery codes that opened something
  std::vector<std::string> sentCodes;
};

/// An account as its user knows it.
struct AccountModel {
  std::string email;
  bool registered = false;
  bool verified = false;               ///< acknowledged
  std::vector<std::string> passwords;  ///< more than one after a change of unknown outcome
  VirtualTime unsureUntil{};           ///< the outcome may change till then
  std::shared_ptr<FactorView> factor;
  bool factorSure = true;           ///< false: its coming or going had an unknown outcome
  VirtualTime factorUnsureUntil{};  ///< the outcome may change till then
  bool lockedOut = false;           ///< by a clock that was set back
  std::vector<std::shared_ptr<SessionView>> sessions;
  VirtualTime endsUntil{};              ///< till then what may end every session may still come about
  std::string deviceToken;              ///< of the last sign-in; empty: none, or perhaps no longer good
  int deviceTries = 0;                  ///< at most so many failures count against that device
  std::vector<std::string> usedResets;  ///< tokens whose use was acknowledged
};

}  // namespace ks::sim
