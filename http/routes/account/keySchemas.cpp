#include "http/routes/account/keySchemas.hpp"

#include "core/limits.hpp"
#include "core/network/ipAddress.hpp"
#include "http/routes/account/accountFields.hpp"

namespace ks {
namespace {

constexpr std::size_t kMostScopes = 64;
constexpr std::size_t kMostNetworks = 32;

bool isKeyNetwork(std::string_view text) { return IpNetwork::parse(text).has_value(); }

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
                 .describe("permissions of yours that the key has too")
                 .example("[\"users:read\"]"))
      .field("allowed_cidrs", &Input::allowedNetworks,
             rules()
                 .optional()
                 .items(0, kMostNetworks)
                 .length(2, 49)
                 .accept(&isKeyNetwork, "^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$")
                 .describe("addresses or networks from which the key is good; none: from everywhere")
                 .example("[\"203.0.113.0/24\"]"))
      .field("expires_at", &Input::expiresAt, rules().describe("in the future; left out: never"));
}

const EnumNames<ApiKeyKind>& kindNames() {
  static const EnumNames<ApiKeyKind> names{
      {ApiKeyKind::admin, "admin"}, {ApiKeyKind::service, "service"}, {ApiKeyKind::user, "user"}};
  return names;
}

}  // namespace

const ObjectSchema<OwnKeyInput>& ownKeyInputSchema() {
  static const auto schema = keyInput<OwnKeyInput>("OwnKeyInput", "A key for programs of one's own");
  return schema;
}

const ObjectSchema<MachineKeyInput>& machineKeyInputSchema() {
  static const auto schema =
      keyInput<MachineKeyInput>("MachineKeyInput", "A key for a machine")
          .field("kind", &MachineKeyInput::kind,
                 EnumNames<ApiKeyKind>{{ApiKeyKind::admin, "admin"}, {ApiKeyKind::service, "service"}});
  return schema;
}

const ObjectSchema<KeyPath>& keyPathSchema() {
  static const auto schema = ObjectSchema<KeyPath>("KeyPath").field("id", &KeyPath::id);
  return schema;
}

const ObjectSchema<RotateKeyInput>& rotateKeyInputSchema() {
  static const auto schema =
      ObjectSchema<RotateKeyInput>("RotateKeyInput")
          .field("overlap_s", &RotateKeyInput::overlapS,
                 rules().optional().range(0, 30.0 * 86'400).describe("seconds that the old key lives on"));
  return schema;
}

const ObjectSchema<KeyOutput>& keyOutputSchema() {
  static const auto schema =
      ObjectSchema<KeyOutput>("Key", "A key without its secret")
          .field("id", &KeyOutput::id)
          .field("kind", &KeyOutput::kind, kindNames())
          .field("name", &KeyOutput::name)
          .field("prefix", &KeyOutput::prefix, rules().describe("how the key begins"))
          .field("scopes", &KeyOutput::scopes)
          .field("allowed_cidrs", &KeyOutput::allowedNetworks)
          .field("created_at", &KeyOutput::createdAt)
          .field("expires_at", &KeyOutput::expiresAt, rules().orNull())
          .field("last_used_at", &KeyOutput::lastUsedAt, rules().orNull().describe("to the minute"))
          .field("revoked_at", &KeyOutput::revokedAt, rules().orNull())
          .field("created_by", &KeyOutput::createdBy,
                 rules().orNull().describe("user or key; null: the operator"))
          .field("rotated_from", &KeyOutput::rotatedFrom, rules().orNull());
  return schema;
}

const ObjectSchema<IssuedKeyOutput>& issuedKeyOutputSchema() {
  static const auto schema = ObjectSchema<IssuedKeyOutput>("IssuedKey", "Shown this once")
                                 .field("key", &IssuedKeyOutput::key)
                                 .field("details", &IssuedKeyOutput::details, keyOutputSchema());
  return schema;
}

const ObjectSchema<KeyListOutput>& keyListOutputSchema() {
  static const auto schema = ObjectSchema<KeyListOutput>("KeyList")
                                 .field("data", &KeyListOutput::data, keyOutputSchema())
                                 .field("page", &KeyListOutput::page, pageOutputSchema());
  return schema;
}

const ObjectSchema<SigningKeyListOutput>& signingKeyListOutputSchema() {
  static const auto row =
      ObjectSchema<SigningKeyOutput>("SigningKey")
          .field("kid", &SigningKeyOutput::kid)
          .field("status", &SigningKeyOutput::status, rules().describe("current, next or retiring"))
          .field("not_before", &SigningKeyOutput::notBefore, rules().describe("signs from then on"))
          .field("retire_at", &SigningKeyOutput::retireAt,
                 rules().orNull().describe("its tokens are good until then"));
  static const auto schema =
      ObjectSchema<SigningKeyListOutput>("SigningKeyList").field("data", &SigningKeyListOutput::data, row);
  return schema;
}

const ObjectSchema<IntrospectInput>& introspectInputSchema() {
  static const auto schema =
      ObjectSchema<IntrospectInput>("IntrospectInput", "An access token or a key")
          .field("token", &IntrospectInput::token, rules().length(1, limits::kAccessTokenBytes))
          .field(
              "ip", &IntrospectInput::ip,
              addressRules().optional().describe("of whoever showed the token to the service; a key that is "
                                                 "bound to addresses is good from those only"));
  return schema;
}

const ObjectSchema<IntrospectOutput>& introspectOutputSchema() {
  static const auto actor =
      ObjectSchema<ActorOutput>("IntrospectedActor", "RFC 8693").field("sub", &ActorOutput::sub);
  static const auto schema =
      ObjectSchema<IntrospectOutput>("Introspection", "Only `active`, false, for what is not good now")
          .field("active", &IntrospectOutput::active)
          .field("sub", &IntrospectOutput::sub)
          .field("sid", &IntrospectOutput::sid, rules().describe("session, or key"))
          .field("roles", &IntrospectOutput::roles)
          .field("permissions", &IntrospectOutput::permissions)
          .field("aal", &IntrospectOutput::aal)
          .field("step_up", &IntrospectOutput::stepUp,
                 rules().describe("true: the session has gone on on another device since its sign-in"))
          .field("act", &IntrospectOutput::act, actor,
                 rules().describe("the administrator who acts as the user"))
          .field("exp", &IntrospectOutput::exp, rules().describe("seconds since 1970; not of keys"));
  return schema;
}

}  // namespace ks
