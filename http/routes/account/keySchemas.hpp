#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/schema/objectSchema.hpp"
#include "messages/account/keyMessages.hpp"

// Bodies of the key routes, those of the API and those that kctl asks.
namespace ks {

/// A new key with the fields that its maker chooses; here and in MachineKeyInput.
struct OwnKeyInput : ApiKeyRecord {};
ObjectSchema<OwnKeyInput> schemaFor(Of<OwnKeyInput> of);

struct MachineKeyInput : ApiKeyRecord {};
ObjectSchema<MachineKeyInput> schemaFor(Of<MachineKeyInput> of);

ObjectSchema<RotateApiKeyRequest> schemaFor(Of<RotateApiKeyRequest> of);

ObjectSchema<ApiKeyRecord> schemaFor(Of<ApiKeyRecord> of);
ObjectSchema<IssuedApiKey> schemaFor(Of<IssuedApiKey> of);
ObjectSchema<SigningKeyRecord> schemaFor(Of<SigningKeyRecord> of);

struct IntrospectInput {
  SecretText token;
  std::string ip;
};
ObjectSchema<IntrospectInput> schemaFor(Of<IntrospectInput> of);

struct ActorOutput {
  Uuid sub;
};
ObjectSchema<ActorOutput> schemaFor(Of<ActorOutput> of);
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
ObjectSchema<IntrospectOutput> schemaFor(Of<IntrospectOutput> of);

}  // namespace ks
