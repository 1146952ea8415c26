#include "actors/session/apiKeyActor.hpp"

#include <algorithm>
#include <utility>

#include "actors/mail/mailComposition.hpp"
#include "actors/platform/storageJob.hpp"
#include "actors/runtime/auditNote.hpp"
#include "actors/session/sessionEnd.hpp"
#include "core/logging/logging.hpp"
#include "core/text/mailPayload.hpp"
#include "core/text/userAgent.hpp"
#include "crypto/apiKey.hpp"

namespace ks {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

Fault widerThanMaker() {
  return messageFault(
      ErrorCode::scopeNotAllowed,
      "A key created by a key may have no wider addresses and no later expiry than its creator");
}

Uuid makerOf(const RequestContext& context) {
  if (!context.principal) {
    return {};
  }
  return context.principal->keyId.value_or(context.principal->userId);
}

}  // namespace

ApiKeyState::ApiKeyState(ApiKeyActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                         ApiKeyDependencies dependencies)
    : self(selfPointer), probe_(std::move(probe)), deps_(std::move(dependencies)) {}

ApiKeyActor::behavior_type ApiKeyState::make_behavior() {
  return {
      guarded(self, probe_, [this](CreateApiKeyRequest& request) { return create(request); }),
      guarded(self, probe_, [this](ListApiKeysRequest& request) { return list(request); }),
      guarded(self, probe_, [this](RevokeApiKeyRequest& request) { return revoke(request); }),
      guarded(self, probe_, [this](RotateApiKeyRequest& request) { return rotate(request); }),
  };
}

AuditEvent ApiKeyState::keyAudit(const RequestContext& context, const char* action, const Uuid& keyId,
                                 AuditOutcome outcome) const {
  auto event = auditOf(deps_.environment, context, action, outcome);
  if (!context.principal) {
    event.actorType = "operator";
  }
  event.targetType = "key";
  event.targetId = keyId.isNil() ? std::string{} : keyId.toString();
  return event;
}

std::optional<Fault> ApiKeyState::refusedScope(const RequestContext& context,
                                               const std::vector<std::string>& scopes, const char* action) {
  if (!context.principal) {
    return std::nullopt;
  }
  const auto lacking = std::find_if(scopes.begin(), scopes.end(),
                                    [&](const std::string& scope) { return !context.principal->may(scope); });
  if (lacking == scopes.end()) {
    return std::nullopt;
  }
  auto event = keyAudit(context, action, {}, AuditOutcome::deny);
  event.reason = "scope_not_allowed";
  event.after = {{"scope", *lacking}};
  return refusal(fieldFault(ErrorCode::scopeNotAllowed, "scopes",
                            "You do not have the permission " + *lacking + ", so your key cannot have it"),
                 std::move(event));
}

Fault ApiKeyState::refusedRank(const RequestContext& context, const char* action, const Uuid& keyId) const {
  auto event = keyAudit(context, action, keyId, AuditOutcome::deny);
  event.reason = "rank_too_low";
  auto fault = makeFault(ErrorCode::rankTooLow);
  fault.message =
      "The key acts with an equal or higher rank; only its creator, or kctl on the machine, may do this";
  return refusal(std::move(fault), std::move(event));
}

template <class Next>
void ApiKeyState::noticeThen(const RequestContext& context, const std::string& keyName,
                             caf::typed_response_promise<IssuedApiKey> promise, Next next) {
  if (!context.principal || context.principal->keyId) {
    std::optional<OutboxMail> none;
    next(none);
    return;
  }
  storeThen(self, probe_, context, deps_.storageTimeout, deps_.storage,
            FindSession{context.principal->sessionId}, promise,
            [this, context, keyName, promise,
             next = std::move(next)](std::optional<SessionRecord>& session) mutable {
              if (!session || session->revokedAt) {
                return fail(promise, ErrorCode::sessionRevoked);
              }
              auto notice = composeMail(deps_.environment.uuids, *deps_.crypto, "apiKeyMade",
                                        session->user.locale, session->user.email,
                                        mailPayload({{"key", keyName},
                                                     {"device", describeUserAgent(context.client.userAgent)},
                                                     {"ip", context.client.ip}}));
              if (!notice.ok()) {
                return fail(promise, std::move(notice.fault()));
              }
              std::optional<OutboxMail> mail(std::move(notice.value()));
              next(mail);
            });
}

void ApiKeyState::wakeMail(const std::optional<OutboxMail>& notice) {
  if (const auto mail = deps_.mail.get(); mail && notice) {
    compat::tell(self, mail, WakeAtom_v);
  }
}

caf::result<IssuedApiKey> ApiKeyState::create(CreateApiKeyRequest& request) {
  const auto& context = request.context;
  auto& key = request.key;
  const bool own = key.kind == ApiKeyKind::user;
  if (own && !context.principal) {
    return toCafError(makeFault(ErrorCode::tokenMissing));
  }
  std::sort(key.scopes.begin(), key.scopes.end());
  key.scopes.erase(std::unique(key.scopes.begin(), key.scopes.end()), key.scopes.end());
  if (auto refused = refusedScope(context, key.scopes, "key.create")) {
    return toCafError(std::move(*refused));
  }
  key.id = deps_.environment.uuids.next();
  key.ownerId = own ? context.principal->userId : Uuid{};
  key.createdBy = makerOf(context);
  key.createdAt = deps_.environment.clock.now();
  key.lastUsedAt.reset();
  key.revokedAt.reset();
  key.rotatedFrom = {};
  CreateApiKey creation;
  creation.most = own ? deps_.keysOfUser : deps_.keysOfMachines;
  auto text = makeApiKey(key.kind, key.id, deps_.environment.random);
  key.secretHash = apiKeyHash(text.reveal());
  creation.callerSession = context.principal ? context.principal->sessionId : Uuid{};
  creation.audit = keyAudit(context, "key.create", key.id);
  creation.audit.after = {{"kind", std::string{apiKeyKindName(key.kind)}},
                          {"name", key.name},
                          {"scopes", joined(key.scopes)},
                          {"allowed_networks", joined(key.allowedNetworks)}};
  creation.key = key;
  auto promise = self->make_response_promise<IssuedApiKey>();
  noticeThen(context, key.name, promise,
             [this, context, creation = std::move(creation), text = std::move(text),
              promise](std::optional<OutboxMail>& notice) mutable {
               creation.notice = std::move(notice);
               storeNew(context, std::move(creation), std::move(text), promise);
             });
  return promise;
}

void ApiKeyState::storeNew(const RequestContext& context, CreateApiKey creation, SecretText text,
                           caf::typed_response_promise<IssuedApiKey> promise) {
  const bool own = creation.key.kind == ApiKeyKind::user;
  const auto notice = creation.notice;
  auto issued = std::make_shared<IssuedApiKey>(IssuedApiKey{creation.key, std::move(text)});
  storeThen(self, probe_, context, deps_.storageTimeout, deps_.storage, std::move(creation), promise,
            [this, issued, own, notice, promise](CreatedApiKey& made) mutable {
              if (made.outcome == CreateApiKeyOutcome::sessionOver) {
                return fail(promise, ErrorCode::sessionRevoked);
              }
              if (made.outcome == CreateApiKeyOutcome::widerThanMaker) {
                return fail(promise, widerThanMaker());
              }
              if (made.outcome == CreateApiKeyOutcome::tooMany) {
                return fail(promise,
                            messageFault(ErrorCode::conflict,
                                         "There are " +
                                             std::to_string(own ? deps_.keysOfUser : deps_.keysOfMachines) +
                                             " keys, which is the limit; revoke one that is not needed"));
              }
              issued->key = std::move(made.key);
              wakeMail(notice);
              logAudit("key.created", "A machine key was created",
                       {{"key_id", issued->key.id.toString()},
                        {"kind", std::string{apiKeyKindName(issued->key.kind)}}});
              promise.deliver(std::move(*issued));
            });
}

caf::result<std::vector<ApiKeyRecord>> ApiKeyState::list(ListApiKeysRequest& request) {
  ListApiKeys which;
  if (request.own) {
    if (!request.context.principal) {
      return toCafError(makeFault(ErrorCode::tokenMissing));
    }
    which.ownerId = request.context.principal->userId;
  }
  auto promise = self->make_response_promise<std::vector<ApiKeyRecord>>();
  storeThen(self, probe_, request.context, deps_.storageTimeout, deps_.storage, which, promise,
            [promise](std::vector<ApiKeyRecord>& keys) mutable { promise.deliver(std::move(keys)); });
  return promise;
}

caf::result<ApiKeyRecord> ApiKeyState::revoke(RevokeApiKeyRequest& request) {
  const auto context = request.context;
  RevokeApiKey revocation;
  revocation.id = request.id;
  if (request.own) {
    if (!context.principal) {
      return toCafError(makeFault(ErrorCode::tokenMissing));
    }
    revocation.ownerId = context.principal->userId;
  }
  revocation.now = deps_.environment.clock.now();
  revocation.by = makerOf(context);
  revocation.audit = keyAudit(context, "key.revoke", request.id);
  auto promise = self->make_response_promise<ApiKeyRecord>();
  storeThen(self, probe_, context, deps_.storageTimeout, deps_.storage, std::move(revocation), promise,
            [this, context, promise](RevokedApiKey& revoked) mutable {
              auto& key = revoked.key;
              if (!key) {
                return fail(promise, ErrorCode::keyNotFound);
              }
              if (revoked.rankTooLow) {
                return fail(promise, refusedRank(context, "key.revoke", key->id));
              }
              keyEnded(context, *key);
              logAudit("key.revoked", "A machine key was revoked", {{"key_id", key->id.toString()}});
              promise.deliver(std::move(*key));
            });
  return promise;
}

caf::result<IssuedApiKey> ApiKeyState::rotate(RotateApiKeyRequest& request) {
  auto promise = self->make_response_promise<IssuedApiKey>();
  auto shared = std::make_shared<RotateApiKeyRequest>(std::move(request));
  storeThen(self, probe_, shared->context, deps_.storageTimeout, deps_.storage, ListApiKeys{}, promise,
            [this, shared, promise](std::vector<ApiKeyRecord>& keys) mutable {
              const auto old = std::find_if(keys.begin(), keys.end(),
                                            [&](const ApiKeyRecord& key) { return key.id == shared->id; });
              if (old == keys.end()) {
                return fail(promise, ErrorCode::keyNotFound);
              }
              if (auto refused = refusedScope(shared->context, old->scopes, "key.rotate")) {
                return fail(promise, std::move(*refused));
              }
              rotateKnown(shared, *old, promise);
            });
  return promise;
}

void ApiKeyState::rotateKnown(const std::shared_ptr<RotateApiKeyRequest>& request, const ApiKeyRecord& old,
                              const caf::typed_response_promise<IssuedApiKey>& promise) {
  noticeThen(request->context, old.name, promise,
             [this, request, old, promise](std::optional<OutboxMail>& notice) mutable {
               storeSuccessor(request, old, std::move(notice), promise);
             });
}

void ApiKeyState::storeSuccessor(const std::shared_ptr<RotateApiKeyRequest>& request, const ApiKeyRecord& old,
                                 std::optional<OutboxMail> notice,
                                 caf::typed_response_promise<IssuedApiKey> promise) {
  const auto& context = request->context;
  RotateApiKey rotation;
  rotation.oldId = old.id;
  rotation.newId = deps_.environment.uuids.next();
  auto text = makeApiKey(old.kind, rotation.newId, deps_.environment.random);
  rotation.newSecretHash = apiKeyHash(text.reveal());
  rotation.createdBy = makerOf(context);
  rotation.now = deps_.environment.clock.now();
  rotation.oldEndsAt = rotation.now + request->overlap;
  rotation.notice = notice;
  rotation.audit = keyAudit(context, "key.rotate", old.id);
  rotation.audit.after = {{"successor", rotation.newId.toString()},
                          {"overlap_s", static_cast<std::int64_t>(request->overlap.count())}};
  storeThen(self, probe_, context, deps_.storageTimeout, deps_.storage, std::move(rotation), promise,
            [this, request, old, text = std::move(text), notice = std::move(notice),
             promise](RotatedApiKey& rotated) mutable {
              if (rotated.outcome == RotateApiKeyOutcome::notFound) {
                return fail(promise, ErrorCode::keyNotFound);
              }
              if (rotated.outcome == RotateApiKeyOutcome::rankTooLow) {
                return fail(promise, refusedRank(request->context, "key.rotate", old.id));
              }
              if (rotated.outcome == RotateApiKeyOutcome::widerThanMaker) {
                return fail(promise, widerThanMaker());
              }
              if (rotated.outcome == RotateApiKeyOutcome::rotatedBefore) {
                return fail(promise, messageFault(ErrorCode::conflict,
                                                  "The key already has a successor, or has ended"));
              }
              if (request->overlap <= std::chrono::seconds{0}) {
                keyEnded(request->context, old);
              }
              wakeMail(notice);
              logAudit("key.rotated", "A machine key was given a successor",
                       {{"key_id", old.id.toString()}, {"successor", rotated.key.id.toString()}});
              promise.deliver(IssuedApiKey{std::move(rotated.key), std::move(text)});
            });
}

void ApiKeyState::keyEnded(const RequestContext& context, const ApiKeyRecord& key) {
  announceSessionsEnded(*deps_.tokenCache, deps_.sessionCache, context,
                        key.ownerId.isNil() ? key.id : key.ownerId, {key.id});
}

}  // namespace ks
