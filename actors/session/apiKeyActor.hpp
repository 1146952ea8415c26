#pragma once
#include <chrono>
#include <memory>
#include <vector>

#include "actors/runtime/accountCrypto.hpp"
#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "actors/session/tokenCache.hpp"
#include "core/logging/eventInbox.hpp"
#include "messages/account/keyInterfaces.hpp"
#include "messages/actorInterfaces.hpp"

namespace ks {

struct ApiKeyDependencies {
  ActorEnvironment environment;
  ActorPool<StorageActor> storage;
  ActorRef<SessionCacheActor> sessionCache;
  std::shared_ptr<TokenCache> tokenCache;
  std::shared_ptr<const AccountCrypto> crypto;
  ActorRef<MailActor> mail;
  std::size_t keysOfUser = 20;
  std::size_t keysOfMachines = 200;
  std::chrono::milliseconds storageTimeout{10'000};
};

/// See ApiKeyActor. Nobody gives a key a permission that they lack; the operator may give any.
struct ApiKeyState {
  ApiKeyState(ApiKeyActor::pointer self, std::shared_ptr<ActorProbe> probe, ApiKeyDependencies dependencies);
  ApiKeyActor::behavior_type make_behavior();

  ApiKeyActor::pointer self;

 private:
  caf::result<IssuedApiKey> create(CreateApiKeyRequest& request);
  void storeNew(const RequestContext& context, CreateApiKey creation, SecretText text,
                caf::typed_response_promise<IssuedApiKey> promise);
  /// Continues with `next(std::optional<OutboxMail>&)`: the mail to the creator of a key in a session. For
  /// keys that machines and the operator create there is none.
  template <class Next>
  void noticeThen(const RequestContext& context, const std::string& keyName,
                  caf::typed_response_promise<IssuedApiKey> promise, Next next);
  void wakeMail(const std::optional<OutboxMail>& notice);
  caf::result<std::vector<ApiKeyRecord>> list(ListApiKeysRequest& request);
  caf::result<ApiKeyRecord> revoke(RevokeApiKeyRequest& request);
  caf::result<IssuedApiKey> rotate(RotateApiKeyRequest& request);
  void rotateKnown(const std::shared_ptr<RotateApiKeyRequest>& request, const ApiKeyRecord& old,
                   const caf::typed_response_promise<IssuedApiKey>& promise);
  void storeSuccessor(const std::shared_ptr<RotateApiKeyRequest>& request, const ApiKeyRecord& old,
                      std::optional<OutboxMail> notice, caf::typed_response_promise<IssuedApiKey> promise);
  [[nodiscard]] AuditEvent keyAudit(const RequestContext& context, const char* action, const Uuid& keyId,
                                    AuditOutcome outcome = AuditOutcome::ok) const;
  /// RANK_TOO_LOW, with its audit entry.
  [[nodiscard]] Fault refusedRank(const RequestContext& context, const char* action, const Uuid& keyId) const;
  /// The fault of the first scope that the caller lacks; audited. Nothing when there is none.
  std::optional<Fault> refusedScope(const RequestContext& context, const std::vector<std::string>& scopes,
                                    const char* action);
  void keyEnded(const RequestContext& context, const ApiKeyRecord& key);

  std::shared_ptr<ActorProbe> probe_;
  ApiKeyDependencies deps_;
};

}  // namespace ks
