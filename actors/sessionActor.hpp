#pragma once
#include <chrono>
#include <memory>

#include "actors/accountCrypto.hpp"
#include "actors/actorDirectory.hpp"
#include "actors/actorEnvironment.hpp"
#include "actors/actorRef.hpp"
#include "actors/signingKeys.hpp"
#include "actors/tokenCache.hpp"
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
  std::chrono::milliseconds cacheTimeout{
      200};  ///< Redis may be slow; the storage is the truth and is asked then
};

/// See SessionActor. Looks for a token's session in Redis' fast copy, then in the storage, and remembers the
/// answer in the process.
struct SessionState {
  SessionState(SessionActor::pointer self, std::shared_ptr<ActorProbe> probe,
               SessionDependencies dependencies);
  SessionActor::behavior_type make_behavior();

  SessionActor::pointer self;

 private:
  using Promise = caf::typed_response_promise<Authenticated>;
  struct Question;

  caf::result<Authenticated> authenticate(AuthenticateRequest& request);
  void askCache(const std::shared_ptr<Question>& question, Promise promise);
  void askStorage(const std::shared_ptr<Question>& question, Promise promise);
  void reloadKeysThenRetry(const std::shared_ptr<Question>& question, Promise promise);
  void judge(const Question& question, const SessionRecord& session, Promise promise);
  void noticed(const RedisNotice& notice);

  std::shared_ptr<ActorProbe> probe_;
  SessionDependencies deps_;
  std::chrono::steady_clock::time_point keysReloadedAt_{};
};

/// The key under which an access token is remembered.
TokenCache::Key tokenCacheKey(const AccountCrypto& crypto, const SecretText& token);

}  // namespace ks
