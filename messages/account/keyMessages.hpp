#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/account/keyRecords.hpp"
#include "messages/platform/requestContext.hpp"

// Machine keys and the keys that sign tokens, for the API and kctl. Without a principal the caller is
// the operator.
namespace ks {

struct CreateApiKeyRequest {
  RequestContext context;
  ApiKeyRecord key;  ///< of kind user: the caller's own; ids, owner, maker, secret and time are filled in
};
/// The only answer with the text of a key.
struct IssuedApiKey {
  ApiKeyRecord key;
  SecretText text;
};

struct ListApiKeysRequest {
  RequestContext context;
  bool own = false;  ///< the caller's; else the machines'
};

struct RevokeApiKeyRequest {
  RequestContext context;
  Uuid id;
  bool own = false;
};

struct RotateApiKeyRequest : IdRequest {
  std::chrono::seconds overlap{};  ///< how long the old key stays valid
};

/// Ends the sessions of the context's principal, and the own keys.
struct LogoutAllRequest {
  RequestContext context;
  bool keepCurrent = false;
  bool keepKeys = false;
};
struct SessionsRevoked {
  std::uint64_t count = 0;
};

struct ListSigningKeysRequest : PlainRequest {};
/// By hand, before its time.
struct RotateSigningKeysRequest : PlainRequest {};

}  // namespace ks
