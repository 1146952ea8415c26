#include "http/routes/account/keyRoutes.hpp"

#include <utility>

#include "http/routes/account/keySchemas.hpp"
#include "http/routing/asks.hpp"
#include "http/routing/controlSpec.hpp"

namespace ks {
namespace {

constexpr std::uint32_t kMostListed = 200;

template <class Call>
IssuedApiKey createKey(const KeyRoutesConfig& config, const Call& call) {
  if (call.body.expiresAt && *call.body.expiresAt <= config.clock.now()) {
    throw FaultAnswer{
        fieldFault(ErrorCode::validationFailed, "expires_at", "expires_at must lie in the future")};
  }
  return call.ask(config.keys(), CreateApiKeyRequest{call.context, call.body});
}

ListAnswer<ApiKeyRecord> listKeys(const KeyRoutesConfig& config, const RequestCall<>& call, bool own) {
  return pageOf(call.ask(config.keys(), ListApiKeysRequest{call.context, own}), kMostListed);
}

RouteAccess seeing() { return RouteAccess::needs("keys:read"); }
RouteAccess revoking() { return RouteAccess::needs("keys:write"); }
RouteAccess making() { return RouteAccess::needs("keys:write").recent(); }

/// One kind of spec for the API and for kctl.
struct KeyRouteSpecs {
  bool control = false;
  [[nodiscard]] RouteSpec make(HttpMethod method, const std::string& path, const std::string& operationId,
                               std::string summary, RouteAccess access, std::vector<ErrorCode> errors) const {
    if (control) {
      auto spec = controlSpec(method, "/control" + path, "control_" + operationId, std::move(summary));
      spec.errors = std::move(errors);
      return spec;
    }
    return {.method = method,
            .path = "/api/admin" + path,
            .operationId = operationId,
            .summary = std::move(summary),
            .tag = "keys",
            .access = std::move(access),
            .errors = std::move(errors)};
  }
};

void addMachineKeys(RouteTable& routes, const KeyRoutesConfig& config, const KeyRouteSpecs& specs) {
  routes.add(
      specs.make(HttpMethod::get, "/keys", "listMachineKeys",
                 "Machine keys, at most 200: keys that are not revoked first, newest first", seeing(), {}),
      ok("The keys"), [config](const RequestCall<>& call) { return listKeys(config, call, false); });

  auto create = specs.make(HttpMethod::post, "/keys", "createMachineKey", "Create a machine key", making(),
                           {ErrorCode::scopeNotAllowed, ErrorCode::conflict});
  create.description =
      "The answer shows the key only once. At every use it may do what its scopes name and its creator may "
      "do at that time. A key that a key makes is never wider than that in scopes, addresses and expiry, "
      "takes over what is left out, and ends with it.";
  routes.add(std::move(create), created("The key"),
             [config](const RequestCall<MachineKeyInput>& call) { return createKey(config, call); });

  routes.add(specs.make(HttpMethod::del, "/keys/{id}", "revokeMachineKey", "Revoke a machine's key",
                        revoking(), {ErrorCode::keyNotFound, ErrorCode::rankTooLow}),
             ok("The key"), asks<IdCall<>, RevokeApiKeyRequest>(config.keys));

  auto rotating = specs.make(
      HttpMethod::post, "/keys/{id}/rotate", "rotateMachineKey", "Rotate a key", making(),
      {ErrorCode::keyNotFound, ErrorCode::conflict, ErrorCode::scopeNotAllowed, ErrorCode::rankTooLow});
  rotating.description =
      "The old key stays valid for overlap_s seconds, by default not at all. The successor has its limits "
      "and belongs to the caller.";
  routes.add(std::move(rotating), created("The successor"), asks<IdCall<RotateApiKeyRequest>>(config.keys));
}

void addSigningKeys(RouteTable& routes, const KeyRoutesConfig& config, const KeyRouteSpecs& specs) {
  routes.add(specs.make(HttpMethod::get, "/signing-keys", "listSigningKeys",
                        "The keys that sign access tokens", seeing(), {}),
             ok("The keys"), asks<RequestCall<>, ListSigningKeysRequest>(config.signingKeys));

  auto rotating = specs.make(HttpMethod::post, "/signing-keys/rotate", "rotateSigningKeys",
                             "Activate the next signing key now", making(), {ErrorCode::conflict});
  rotating.description = "Refused until clients that cache the key set have the next key.";
  routes.add(std::move(rotating), ok("The keys"),
             asks<RequestCall<>, RotateSigningKeysRequest>(config.signingKeys));
}

}  // namespace

void addMachineKeyRoutes(RouteTable& routes, const KeyRoutesConfig& config) {
  addMachineKeys(routes, config, {false});
  addSigningKeys(routes, config, {false});
}

void addKeyControlRoutes(RouteTable& routes, const KeyRoutesConfig& config) {
  addMachineKeys(routes, config, {true});
  addSigningKeys(routes, config, {true});
}

void addOwnKeyRoutes(RouteTable& routes, const KeyRoutesConfig& config) {
  routes.add({.path = "/api/auth/me/api-keys",
              .operationId = "listOwnKeys",
              .summary = "Own API keys, at most 200: keys that are not revoked first, newest first",
              .tag = "keys",
              .access = RouteAccess::signedIn()},
             ok("The keys"), [config](const RequestCall<>& call) { return listKeys(config, call, true); });

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/me/api-keys",
       .operationId = "createOwnKey",
       .summary = "Create an API key for own programs",
       .description =
           "The answer shows the key only once. It acts as you with one factor: it reaches neither keys nor "
           "passwords nor factors, nor operations that require a second factor. It ends when all your "
           "sessions are ended, unless keep_keys is set then.",
       .tag = "keys",
       .access = RouteAccess::signedIn().recent(),
       .errors = {ErrorCode::scopeNotAllowed, ErrorCode::conflict}},
      created("The key"), [config](const RequestCall<OwnKeyInput>& call) { return createKey(config, call); });

  routes.add({.method = HttpMethod::del,
              .path = "/api/auth/me/api-keys/{id}",
              .operationId = "revokeOwnKey",
              .summary = "Revoke one of the own keys",
              .tag = "keys",
              .access = RouteAccess::signedIn(),
              .errors = {ErrorCode::keyNotFound}},
             noContent("Revoked"), [config](const IdCall<>& call) {
               return call.ask(config.keys(), RevokeApiKeyRequest{call.context, call.path.id, true});
             });
}

void addIntrospectionRoute(RouteTable& routes, const IntrospectionConfig& config) {
  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/introspect",
       .operationId = "introspect",
       .summary = "Introspect an access token or key",
       .description = "For other services, with a key whose scope is tokens:introspect. `act` names the "
                      "administrator who acts as the user.",
       .tag = "keys",
       .access = RouteAccess::needs("tokens:introspect")},
      ok("The state of the token"), [config](const RequestCall<IntrospectInput>& call) {
        const auto token = call.body.token.reveal();
        auto context = call.context;
        context.client = {call.body.ip, {}, {}, {}};  // not the address of the service that asks
        const auto found = config.authenticate(token, context);
        IntrospectOutput out;
        if (!found) {
          const auto status = describe(found.fault().code).httpStatus;
          if (status >= 500 || status == 429) {
            throw FaultAnswer{found.fault()};
          }
          if (found.fault().audit) {
            config.refused(*found.fault().audit);
          }
          return out;
        }
        const auto& principal = *found.value().principal;
        out.active = true;
        out.sub = principal.userId;
        out.sid = principal.keyId.value_or(principal.sessionId);
        out.roles = principal.roles;
        out.permissions = principal.permissions;
        out.aal = principal.assuranceLevel;
        if (principal.deviceChanged) {
          out.stepUp = true;
        }
        if (principal.impersonatorId) {
          out.act = ActorOutput{*principal.impersonatorId};
        }
        if (const auto expiry = config.expiry(token)) {
          out.exp = std::chrono::duration_cast<std::chrono::seconds>(expiry->time_since_epoch()).count();
        }
        return out;
      });
}

}  // namespace ks
