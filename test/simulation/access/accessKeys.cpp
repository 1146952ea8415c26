#include "test/simulation/access/accessPlayer.hpp"

#include <algorithm>

namespace ks::sim {

void AccessPlayer::makeOwnKey() {
  const auto session = anyCredential({Kind::session, Kind::impersonation, Kind::userKey});
  const auto process = anyProcess();
  RequestContext context;
  if (!session || !admitted("createOwnKey", session, process, context)) {
    return;
  }
  if (session->kind != Kind::session || now() - session->checkedAt > kRecentAuthentication + kBlur) {
    violate(nameOf(*session) + " was let in to make a key");
  }
  CreateApiKeyRequest request{context, {}};
  request.key.name = "key " + std::to_string(++keysMade_);
  const auto scopes = someRights(context.principal->permissions);
  request.key.scopes.assign(scopes.begin(), scopes.end());
  Credential key;
  key.kind = Kind::userKey;
  key.userId = session->userId;
  key.scopes = scopes;
  if (random_.oneIn(3)) {
    request.key.allowedNetworks = {std::string(kInsideNetwork)};
    key.bound = true;
  }
  if (random_.oneIn(3)) {
    request.key.expiresAt = key.expires = now() + std::chrono::minutes{1 + random_.below(60)};
  }
  auto issued = calls_->ask<IssuedApiKey>(calls_->keys(process), std::move(request));
  if (done("makeOwnKey by " + nameOf(*session), issued)) {
    key.id = issued.value().key.id;
    key.secret = std::move(issued.value().text);
    oracle_.give(std::move(key));
  }
}

void AccessPlayer::makeMachineKey() {
  const auto maker = random_.oneIn(4) ? nullptr
                                      : anyCredential({Kind::session, Kind::impersonation, Kind::userKey,
                                                       Kind::machineKey, Kind::machineKey});
  const auto process = anyProcess();
  auto context = calls_->contextFrom(true);
  if (maker && !admitted("createMachineKey", maker, process, context)) {
    return;
  }
  if (maker && (maker->kind == Kind::impersonation || maker->kind == Kind::userKey)) {
    violate(nameOf(*maker) + " was let in to make a machine's key");
  }
  Credential key;
  key.kind = Kind::machineKey;
  key.maker = !maker ? Uuid{} : maker->kind == Kind::machineKey ? maker->id : maker->userId;
  key.scopes = maker ? someRights(context.principal->permissions)
                     : someRights({"keys:read", "keys:write", "users:read", "settings:read"});
  CreateApiKeyRequest request{context, {}};
  request.key.kind = ApiKeyKind::admin;
  request.key.name = "machine " + std::to_string(++keysMade_);
  request.key.scopes.assign(key.scopes.begin(), key.scopes.end());
  if (random_.oneIn(3)) {
    request.key.allowedNetworks = {std::string(kInsideNetwork)};
    key.bound = true;
  }
  if (random_.oneIn(3)) {
    request.key.expiresAt = key.expires = now() + std::chrono::minutes{1 + random_.below(60)};
  }
  auto issued = calls_->ask<IssuedApiKey>(calls_->keys(process), std::move(request));
  if (done("makeMachineKey by " + (maker ? nameOf(*maker) : std::string("the operator")), issued)) {
    key.id = issued.value().key.id;
    key.secret = std::move(issued.value().text);
    oracle_.give(std::move(key));
  }
}

void AccessPlayer::rotateKey() {
  const auto old = anyCredential({Kind::machineKey});
  const auto by = random_.oneIn(4)   ? nullptr
                  : random_.oneIn(3) ? old
                                     : anyCredential({Kind::session, Kind::machineKey});
  const auto process = anyProcess();
  auto context = calls_->contextFrom(true);
  if (!old || (by && !admitted("rotateMachineKey", by, process, context))) {
    return;
  }
  const std::chrono::seconds overlap{random_.oneIn(2) ? 0 : 600};
  auto issued =
      calls_->ask<IssuedApiKey>(calls_->keys(process), RotateApiKeyRequest{{context, old->id}, overlap});
  if (!done("rotateKey " + nameOf(*old) + " by " + (by ? nameOf(*by) : std::string("the operator")),
            issued)) {
    return;
  }
  if (old->ended || old->rotated || now() - kBlur > old->expires) {
    violate(nameOf(*old) + " was given a successor although it is over");
  }
  Credential key;
  key.kind = Kind::machineKey;
  key.maker = !by ? Uuid{} : by == old ? old->maker : by->kind == Kind::machineKey ? by->id : by->userId;
  key.scopes = old->scopes;
  key.bound = old->bound || !issued.value().key.allowedNetworks.empty();
  key.expires = old->expires;
  if (const auto& told = issued.value().key.expiresAt; told && *told > key.expires) {
    violate("the successor of " + nameOf(*old) + " outlives it");
  } else if (told) {
    key.expires = *told;
  }
  key.id = issued.value().key.id;
  key.secret = std::move(issued.value().text);
  old->rotated = true;
  old->ended = old->ended || overlap.count() == 0;
  old->expires = std::min(old->expires, TimePoint{now() + overlap});
  oracle_.give(std::move(key));
}

void AccessPlayer::revokeKey() {
  const auto key = anyCredential({Kind::machineKey, Kind::userKey});
  const auto by = anyCredential({Kind::session, Kind::machineKey});
  const bool own = key && key->kind == Kind::userKey;
  const auto process = anyProcess();
  RequestContext context;
  if (!key || !by || !admitted(own ? "revokeOwnKey" : "revokeMachineKey", by, process, context)) {
    return;
  }
  const auto revoked =
      calls_->ask<ApiKeyRecord>(calls_->keys(process), RevokeApiKeyRequest{context, key->id, own});
  if (done("revokeKey " + nameOf(*key), revoked)) {
    if (own && by->userId != key->userId) {
      violate(nameOf(*key) + " was revoked by somebody else");
    }
    key->ended = true;
  }
}

}  // namespace ks::sim
