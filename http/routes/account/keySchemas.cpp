#include "http/routes/account/keySchemas.hpp"

#include "core/limits.hpp"
#include "http/routes/account/accountFields.hpp"
#include "http/schema/networkRules.hpp"

namespace ks {
namespace {

constexpr std::size_t kMostScopes = 64;
constexpr std::size_t kMostNetworks = 32;

bool isScopeName(std::string_view text) {
  const auto colon = text.find(':');
  const auto isWord = [](std::string_view word) {
    return !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
  };
  return colon != std::string_view::npos && isWord(text.substr(0, colon)) && isWord(text.substr(colon + 1));
}

template <class Input>
ObjectSchema<Input> keyInput(std::string name, std::string description) {
  return ObjectSchema<Input>(std::move(name), std::move(description))
      .field("name", &Input::name, shownNameRules(1, 100).example("\"nightly report\""))
      .field("scopes", &Input::scopes,
             rules()
                 .items(0, kMostScopes)
                 .length(3, 64)
                 .accept(&isScopeName, "^[a-z_]+:[a-z_]+$")
                 .describe("a subset of your permissions")
                 .example("[\"users:read\"]"))
      .field("allowed_cidrs", &Input::allowedNetworks,
             networkRules()
                 .optional()
                 .items(0, kMostNetworks)
                 .describe("addresses or networks from which the key is valid; none: from everywhere")
                 .example("[\"203.0.113.0/24\"]"))
      .field("expires_at", &Input::expiresAt, rules().describe("in the future; default: never"));
}

std::optional<Uuid> unlessNil(const Uuid& id) { return id.isNil() ? std::nullopt : std::optional(id); }

}  // namespace

ObjectSchema<OwnKeyInput> schemaFor(Of<OwnKeyInput> /*of*/) {
  return keyInput<OwnKeyInput>("OwnKeyInput", "An API key for own programs");
}

ObjectSchema<MachineKeyInput> schemaFor(Of<MachineKeyInput> /*of*/) {
  return keyInput<MachineKeyInput>("MachineKeyInput", "A machine key")
      .field("kind", &MachineKeyInput::kind,
             EnumNames<ApiKeyKind>{{ApiKeyKind::admin, "admin"}, {ApiKeyKind::service, "service"}});
}

ObjectSchema<RotateApiKeyRequest> schemaFor(Of<RotateApiKeyRequest> /*of*/) {
  return ObjectSchema<RotateApiKeyRequest>("RotateKeyInput", "How long the old key stays valid")
      .field("overlap_s", &RotateApiKeyRequest::overlap,
             rules().optional().range(0, 30.0 * 86'400).describe("seconds that the old key stays valid"));
}

ObjectSchema<ApiKeyRecord> schemaFor(Of<ApiKeyRecord> /*of*/) {
  using Key = ApiKeyRecord;
  return ObjectSchema<Key>("Key", "A key without its secret")
      .field("id", &Key::id)
      .field("kind", &Key::kind,
             EnumNames<ApiKeyKind>{
                 {ApiKeyKind::admin, "admin"}, {ApiKeyKind::service, "service"}, {ApiKeyKind::user, "user"}})
      .field("name", &Key::name)
      .computed(
          "prefix", [](const Key& key) { return apiKeyPrefix(key.kind, key.id); },
          rules().describe("the beginning of the key"))
      .field("scopes", &Key::scopes)
      .field("allowed_cidrs", &Key::allowedNetworks)
      .field("created_at", &Key::createdAt)
      .field("expires_at", &Key::expiresAt, rules().orNull())
      .field("last_used_at", &Key::lastUsedAt, rules().orNull().describe("to the minute"))
      .field("revoked_at", &Key::revokedAt, rules().orNull())
      .computed(
          "created_by", [](const Key& key) { return unlessNil(key.createdBy); },
          rules().orNull().describe("user or key; null: the operator"))
      .computed(
          "rotated_from", [](const Key& key) { return unlessNil(key.rotatedFrom); },
          rules().orNull().describe("the key whose successor this is"));
}

ObjectSchema<IssuedApiKey> schemaFor(Of<IssuedApiKey> /*of*/) {
  return ObjectSchema<IssuedApiKey>("IssuedKey", "Shown only once")
      .field("key", &IssuedApiKey::text)
      .field("details", &IssuedApiKey::key);
}

ObjectSchema<SigningKeyRecord> schemaFor(Of<SigningKeyRecord> /*of*/) {
  return ObjectSchema<SigningKeyRecord>("SigningKey", "A key that signs access tokens")
      .field("kid", &SigningKeyRecord::keyId)
      .field("status", &SigningKeyRecord::status, rules().describe("current, next or retiring"))
      .field("not_before", &SigningKeyRecord::notBefore, rules().describe("start of signing"))
      .field("retire_at", &SigningKeyRecord::retireAt,
             rules().orNull().describe("its tokens are valid until then"));
}

ObjectSchema<IntrospectInput> schemaFor(Of<IntrospectInput> /*of*/) {
  return ObjectSchema<IntrospectInput>("IntrospectInput", "An access token or a key")
      .field("token", &IntrospectInput::token, rules().length(1, limits::kAccessTokenBytes))
      .field("ip", &IntrospectInput::ip,
             addressRules().optional().describe(
                 "of the client that presented the token to the service; a key that is bound to addresses is "
                 "valid only from those"));
}

ObjectSchema<ActorOutput> schemaFor(Of<ActorOutput> /*of*/) {
  return ObjectSchema<ActorOutput>("IntrospectedActor", "RFC 8693").field("sub", &ActorOutput::sub);
}

ObjectSchema<IntrospectOutput> schemaFor(Of<IntrospectOutput> /*of*/) {
  return ObjectSchema<IntrospectOutput>("Introspection",
                                        "Only `active`, false, if the token is not valid now")
      .field("active", &IntrospectOutput::active)
      .field("sub", &IntrospectOutput::sub)
      .field("sid", &IntrospectOutput::sid, rules().describe("session, or key"))
      .field("roles", &IntrospectOutput::roles)
      .field("permissions", &IntrospectOutput::permissions)
      .field("aal", &IntrospectOutput::aal)
      .field("step_up", &IntrospectOutput::stepUp,
             rules().describe("true: the session has continued on another device since its sign-in"))
      .field("act", &IntrospectOutput::act, rules().describe("the administrator who acts as the user"))
      .field("exp", &IntrospectOutput::exp, rules().describe("seconds since 1970; absent for keys"));
}

}  // namespace ks
