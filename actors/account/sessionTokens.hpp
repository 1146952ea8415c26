#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/account/authDependencies.hpp"

namespace ks {

/// Properties of a session to be opened.
struct SessionCommand {
  TokenTransport transport = TokenTransport::bearer;
  bool remember = true;
  int assuranceLevel = 1;
  std::vector<std::string> methods;  ///< amr: pwd, otp…
};

/// A session that is not stored yet, and the key of its refresh tokens.
struct FreshSession {
  SessionRecord record;
  SecretText refreshKey;
  SecretText deviceToken;  ///< by which the device is known from now on
};

/// The device that a client presents, if `user` has signed in with it and has not changed the
/// password since.
std::optional<KnownDevice> knownDevice(const AccountCrypto& crypto, const ClientInfo& client,
                                       const UserRecord& user);
/// The token of the device from now on: the one that it has, or a new one.
SecretText deviceTokenOf(const AuthDependencies& dependencies, const ClientInfo& client,
                         const UserRecord& user);
Result<FreshSession> makeSession(const AuthDependencies& dependencies, const RequestContext& context,
                                 const UserRecord& user, const SessionCommand& wish);

/// A session that replaces `old` after `method` was checked. It lives no longer than that one would
/// have.
Result<FreshSession> makeSuccessor(const AuthDependencies& dependencies, const RequestContext& context,
                                   const UserRecord& user, const NewSession& old, int assuranceLevel,
                                   const std::string& method);

/// The tokens of a session at `counter`.
Result<LoginAnswer> makeTokens(const AuthDependencies& dependencies, const SessionRecord& session,
                               const SecretText& refreshKey, std::int64_t counter);

}  // namespace ks
