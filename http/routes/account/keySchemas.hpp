#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/routing/listSchema.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/account/keyMessages.hpp"

// Bodies of the key routes, those of the API and those that kctl asks.
namespace ks {

/// A user's own key.
struct OwnKeyInput {
  std::string name;
  std::vector<std::string> scopes;
  std::vector<std::string> allowedNetworks;
  std::optional<TimePoint> expiresAt;
};
const ObjectSchema<OwnKeyInput>& ownKeyInputSchema();

/// A machine's.
struct MachineKeyInput {
  std::string name;
  std::vector<std::string> scopes;
  std::vector<std::string> allowedNetworks;
  std::optional<TimePoint> expiresAt;
  ApiKeyKind kind = ApiKeyKind::admin;
};
const ObjectSchema<MachineKeyInput>& machineKeyInputSchema();

struct KeyPath {
  Uuid id;
};
const ObjectSchema<KeyPath>& keyPathSchema();

struct RotateKeyInput {
  std::uint32_t overlapS = 0;
};
const ObjectSchema<RotateKeyInput>& rotateKeyInputSchema();

struct KeyOutput {
  Uuid id;
  ApiKeyKind kind = ApiKeyKind::user;
  std::string name;
  std::string prefix;
  std::vector<std::string> scopes;
  std::vector<std::string> allowedNetworks;
  TimePoint createdAt;
  std::optional<TimePoint> expiresAt;
  std::optional<TimePoint> lastUsedAt;
  std::optional<TimePoint> revokedAt;
  std::optional<Uuid> createdBy;
  std::optional<Uuid> rotatedFrom;
};
const ObjectSchema<KeyOutput>& keyOutputSchema();

struct IssuedKeyOutput {
  SecretText key;
  KeyOutput details;
};
const ObjectSchema<IssuedKeyOutput>& issuedKeyOutputSchema();

struct KeyListOutput {
  std::vector<KeyOutput> data;
  PageOutput page;
};
const ObjectSchema<KeyListOutput>& keyListOutputSchema();

struct SigningKeyOutput {
  std::string kid;
  std::string status;
  TimePoint notBefore;
  std::optional<TimePoint> retireAt;
};
struct SigningKeyListOutput {
  std::vector<SigningKeyOutput> data;
};
const ObjectSchema<SigningKeyListOutput>& signingKeyListOutputSchema();

struct IntrospectInput {
  SecretText token;
  std::string ip;
};
const ObjectSchema<IntrospectInput>& introspectInputSchema();

struct ActorOutput {
  Uuid sub;
};
struct IntrospectOutput {
  bool active = false;
  std::optional<Uuid> sub;
  std::optional<Uuid> sid;
  std::optional<std::vector<std::string>> roles;
  std::optional<std::vector<std::string>> permissions;
  std::optional<int> aal;
  std::optional<bool> stepUp;
  std::optional<ActorOutput> act;
  std::optional<std::int64_t> exp;
};
const ObjectSchema<IntrospectOutput>& introspectOutputSchema();

}  // namespace ks
