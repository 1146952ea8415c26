#include "http/routes/account/keyRoutes.hpp"

#include <utility>

#include "http/routes/account/keySchemas.hpp"
#include "http/routing/actorBridge.hpp"
#include "http/routing/controlSpec.hpp"

namespace ks {
namespace {

constexpr std::uint32_t kMostListed = 200;

KeyOutput keyOutput(const KeyRoutesConfig& config, const ApiKeyRecord& key) {
  const auto orNothing = [](const Uuid& id) { return id.isNil() ? std::nullopt : std::optional<Uuid>(id); };
  return {key.id,
          key.kind,
          key.name,
          config.prefix(key),
          key.scopes,
          key.allowedNetworks,
          key.createdAt,
          key.expiresAt,
          key.lastUsedAt,
          key.revokedAt,
          orNothing(key.createdBy),
          orNothing(key.rotatedFrom)};
}

HttpResponse issuedAnswer(const KeyRoutesConfig& config, const Result<IssuedApiKey>& issued) {
  if (!issued) {
    return HttpResponse(issued.fault());
  }
  return HttpResponse::json(201, issuedKeyOutputSchema(),
                            IssuedKeyOutput{issued.value().text, keyOutput(config, issued.value().key)});
}

template <class Input>
HttpResponse createKey(const KeyRoutesConfig& config, const RequestContext& context, ApiKeyKind kind,
                       const Input& input) {
  if (input.expiresAt && *input.expiresAt <= config.clock.now()) {
    Fault fault = makeFault(ErrorCode::validationFailed);
    fault.field = "expires_at";
    fault.message = "expires_at must lie in the future";
    return HttpResponse(std::move(fault));
  }
  CreateApiKeyRequest request{context, {}};
  request.key.kind = kind;
  request.key.name = input.name;
  request.key.scopes = input.scopes;
  request.key.allowedNetworks = input.allowedNetworks;
  request.key.expiresAt = input.expiresAt;
  return issuedAnswer(config,
                      askActor<IssuedApiKey>(config.system, config.keys(), context, std::move(request)));
}

HttpResponse listKeys(const KeyRoutesConfig& config, const RequestContext& context, bool own) {
  auto keys = askActor<std::vector<ApiKeyRecord>>(config.system, config.keys(), context,
                                                  ListApiKeysRequest{context, own});
  if (!keys) {
    return HttpResponse(keys.fault());
  }
  KeyListOutput out;
  out.page.limit = kMostListed;
  for (const auto& key : keys.value()) {
    out.data.push_back(keyOutput(config, key));
  }
  return HttpResponse::json(200, keyListOutputSchema(), out);
}

Result<ApiKeyRecord> revokeKey(const KeyRoutesConfig& config, const RequestContext& context, const Uuid& id,
                               bool own) {
  return askActor<ApiKeyRecord>(config.system, config.keys(), context, RevokeApiKeyRequest{context, id, own});
}

HttpResponse rotateKey(const KeyRoutesConfig& config, const RequestContext& context, const Uuid& id,
                       std::uint32_t overlapS) {
  return issuedAnswer(
      config, askActor<IssuedApiKey>(config.system, config.keys(), context,
                                     RotateApiKeyRequest{context, id, std::chrono::seconds{overlapS}}));
}

HttpResponse signingKeysAnswer(const Result<std::vector<SigningKeyRecord>>& keys) {
  if (!keys) {
    return HttpResponse(keys.fault());
  }
  SigningKeyListOutput out;
  for (const auto& key : keys.value()) {
    out.data.push_back({key.keyId, key.status, key.notBefore, key.retireAt});
  }
  return HttpResponse::json(200, signingKeyListOutputSchema(), out);
}

template <class Request>
HttpResponse askSigningKeys(const KeyRoutesConfig& config, const RequestContext& context) {
  return signingKeysAnswer(askActor<std::vector<SigningKeyRecord>>(config.system, config.signingKeys(),
                                                                   context, Request{context}));
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
  routes.add(specs.make(HttpMethod::get, "/keys", "listMachineKeys",
                        "Keys of machines, at most 200: those not revoked first, newest first", seeing(), {}),
             noInput(), {output(200, "The keys", keyListOutputSchema())},
             [config](const RequestCall<>& call) { return listKeys(config, call.context, false); });

  auto create = specs.make(HttpMethod::post, "/keys", "createMachineKey", "Make a key for a machine",
                           making(), {ErrorCode::scopeNotAllowed, ErrorCode::conflict});
  create.description =
      "The answer shows the key this once. At every use it may what its scopes name and its maker may then. "
      "A key "
      "that a key makes is never wider than that in scopes, addresses and expiry, takes over what is left "
      "out, and "
      "ends with it.";
  routes.add(std::move(create), bodyInput(machineKeyInputSchema()),
             {output(201, "The key", issuedKeyOutputSchema())},
             [config](const RequestCall<MachineKeyInput>& call) {
               return createKey(config, call.context, call.body.kind, call.body);
             });

  routes.add(specs.make(HttpMethod::del, "/keys/{id}", "revokeMachineKey", "Revoke a machine's key",
                        revoking(), {ErrorCode::keyNotFound, ErrorCode::rankTooLow}),
             pathInput(keyPathSchema()), {output(200, "The key", keyOutputSchema())},
             [config](const RequestCall<NoInput, NoInput, KeyPath>& call) -> HttpResponse {
               const auto key = revokeKey(config, call.context, call.path.id, false);
               return key ? HttpResponse::json(200, keyOutputSchema(), keyOutput(config, key.value()))
                          : HttpResponse(key.fault());
             });

  auto rotating = specs.make(
      HttpMethod::post, "/keys/{id}/rotate", "rotateMachineKey", "Give a key a successor", making(),
      {ErrorCode::keyNotFound, ErrorCode::conflict, ErrorCode::scopeNotAllowed, ErrorCode::rankTooLow});
  rotating.description =
      "The old key lives on for overlap_s seconds; without it ends at once. The successor has its limits and "
      "is a key "
      "of whoever rotates it.";
  routes.add(std::move(rotating), bodyInput(rotateKeyInputSchema()).withPath(keyPathSchema()),
             {output(201, "The successor", issuedKeyOutputSchema())},
             [config](const RequestCall<RotateKeyInput, NoInput, KeyPath>& call) {
               return rotateKey(config, call.context, call.path.id, call.body.overlapS);
             });
}

void addSigningKeys(RouteTable& routes, const KeyRoutesConfig& config, const KeyRouteSpecs& specs) {
  routes.add(specs.make(HttpMethod::get, "/signing-keys", "listSigningKeys",
                        "The keys that sign access tokens", seeing(), {}),
             noInput(), {output(200, "The keys", signingKeyListOutputSchema())},
             [config](const RequestCall<>& call) {
               return askSigningKeys<ListSigningKeysRequest>(config, call.context);
             });

  auto rotating = specs.make(HttpMethod::post, "/signing-keys/rotate", "rotateSigningKeys",
                             "Let the next key sign now", making(), {ErrorCode::conflict});
  rotating.description = "Refused while the next key may not have reached everybody who keeps the key set.";
  routes.add(std::move(rotating), noInput(), {output(200, "The keys", signingKeyListOutputSchema())},
             [config](const RequestCall<>& call) {
               return askSigningKeys<RotateSigningKeysRequest>(config, call.context);
             });
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
              .summary = "Own keys, at most 200: those not revoked first, newest first",
              .tag = "keys",
              .access = RouteAccess::signedIn()},
             noInput(), {output(200, "The keys", keyListOutputSchema())},
             [config](const RequestCall<>& call) { return listKeys(config, call.context, true); });

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/me/api-keys",
       .operationId = "createOwnKey",
       .summary = "Make a key for programs of one's own",
       .description = "The answer shows the key this once. It acts as you with one factor: it reaches "
                      "neither keys nor passwords nor factors, nor what needs a second factor. It ends "
                      "when all your sessions are ended, unless you say otherwise then.",
       .tag = "keys",
       .access = RouteAccess::signedIn().recent(),
       .errors = {ErrorCode::scopeNotAllowed, ErrorCode::conflict}},
      bodyInput(ownKeyInputSchema()), {output(201, "The key", issuedKeyOutputSchema())},
      [config](const RequestCall<OwnKeyInput>& call) {
        return createKey(config, call.context, ApiKeyKind::user, call.body);
      });

  routes.add({.method = HttpMethod::del,
              .path = "/api/auth/me/api-keys/{id}",
              .operationId = "revokeOwnKey",
              .summary = "Revoke one of the own keys",
              .tag = "keys",
              .access = RouteAccess::signedIn(),
              .errors = {ErrorCode::keyNotFound}},
             pathInput(keyPathSchema()), {noContent("Revoked")},
             [config](const RequestCall<NoInput, NoInput, KeyPath>& call) -> HttpResponse {
               const auto key = revokeKey(config, call.context, call.path.id, true);
               return key ? HttpResponse::empty() : HttpResponse(key.fault());
             });
}

void addIntrospectionRoute(RouteTable& routes, const IntrospectionConfig& config) {
  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/auth/introspect",
       .operationId = "introspect",
       .summary = "Whether a token is good now, and whose it is",
       .description = "For other services, with a key whose scope is tokens:introspect. `act` names the "
                      "administrator who acts as the user.",
       .tag = "keys",
       .access = RouteAccess::needs("tokens:introspect")},
      bodyInput(introspectInputSchema()), {output(200, "What it is", introspectOutputSchema())},
      [config](const RequestCall<IntrospectInput>& call) -> HttpResponse {
        const auto token = call.body.token.reveal();
        auto context = call.context;
        context.client = {call.body.ip, {}, {}, {}};  // not the address of the service that asks
        const auto found = config.authenticate(token, context);
        IntrospectOutput out;
        if (!found) {
          const auto status = describe(found.fault().code).httpStatus;
          if (status >= 500 || status == 429) {
            return HttpResponse(found.fault());
          }
          if (found.fault().audit) {
            config.refused(*found.fault().audit);
          }
          return HttpResponse::json(200, introspectOutputSchema(), out);
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
        return HttpResponse::json(200, introspectOutputSchema(), out);
      });
}

}  // namespace ks
