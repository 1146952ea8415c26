#pragma once
#include <chrono>
#include <memory>

#include "actors/runtime/accountCrypto.hpp"
#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "actors/session/signingKeys.hpp"
#include "actors/session/tokenCache.hpp"
#include "messages/account/keyRecords.hpp"
#include "messages/actorInterfaces.hpp"

namespace ks {

struct SessionDependencies {
  ActorEnvironment environment;
  ActorPool<StorageActor> storage;
  ActorRef<SessionCacheActor> sessionCache;
  std::shared_ptr<const AccountCrypto> crypto;
  std::shared_ptr<SigningKeys> signingKeys;
  std::shared_ptr<TokenCache> tokenCache;
  std::chrono::milliseconds storageTimeout{10'000};
};

/// See SessionActor. Asks the storage, the only truth, and caches the answer in the process. Files:
/// sessionActor.cpp, sessionKeys.cpp (keys of machines).
struct SessionState {
  SessionState(SessionActor::pointer self, std::shared_ptr<ActorProbe> probe,
               SessionDependencies dependencies);
  SessionActor::behavior_type make_behavior();

  SessionActor::pointer self;

 private:
  using Promise = caf::typed_response_promise<Authenticated>;
  struct Question {
    RequestContext context;
    SecretText token;
    AccessClaims claims;
    std::uint64_t generation = 0;  ///< of the token cache, before the storage was asked
  };

  caf::result<Authenticated> authenticate(AuthenticateRequest& request);
  void askStorage(const std::shared_ptr<Question>& question, const Promise& promise);
  void reloadKeysThenRetry(const std::shared_ptr<Question>& question, const Promise& promise);
  void judge(const Question& question, const SessionRecord& session, Promise promise);
  void noticed(const RedisNotice& notice);

  // sessionKeys.cpp
  void askKey(const std::shared_ptr<Question>& question, const Promise& promise);
  void judgeKey(const Question& question, const std::optional<FoundApiKey>& found, Promise promise);
  void refuseKey(const Question& question, ErrorCode code, const char* reason, Promise promise);

  std::shared_ptr<ActorProbe> probe_;
  SessionDependencies deps_;
  std::chrono::steady_clock::time_point keysReloadedAt_{};
};

/// The cache key of an access token. A machine's key is cached for one address only, because
/// it may be valid from some only.
TokenCache::Key tokenCacheKey(const AccountCrypto& crypto, const SecretText& token, const ClientInfo& client);

}  // namespace ks
