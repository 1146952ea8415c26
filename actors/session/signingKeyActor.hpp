#pragma once
#include <chrono>
#include <memory>
#include <vector>

#include "actors/runtime/accountCrypto.hpp"
#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "actors/session/signingKeys.hpp"
#include "messages/account/keyInterfaces.hpp"
#include "messages/actorInterfaces.hpp"

namespace ks {

struct SigningKeyPolicy {
  std::chrono::seconds rotateEvery{std::chrono::hours{24 * 30}};
  /// How long a key is published before it signs: longer than clients may keep the key set (its max-age, five
  /// minutes) and than a process goes without reading the keys (a minute).
  std::chrono::seconds publishAhead{900};
  /// How long a key verifies after its last signature: an access token's lifetime, plus as long as a process
  /// that gets no notification may continue signing with it.
  std::chrono::seconds verifyAfter{1200};
  std::chrono::seconds lookEvery{60};
};

struct SigningKeyDependencies {
  ActorEnvironment environment;
  ActorPool<StorageActor> storage;
  std::shared_ptr<const AccountCrypto> crypto;
  std::shared_ptr<SigningKeys> signingKeys;
  SigningKeyPolicy policy;
  std::chrono::milliseconds storageTimeout{10'000};
};

/// See SigningKeyActor. Every process has one and looks every minute; the statement lets one of them change
/// the keys.
struct SigningKeyState {
  SigningKeyState(SigningKeyActor::pointer self, std::shared_ptr<ActorProbe> probe,
                  SigningKeyDependencies dependencies);
  SigningKeyActor::behavior_type make_behavior();

  SigningKeyActor::pointer self;

 private:
  using Keys = std::vector<SigningKeyRecord>;
  using KeysPromise = caf::typed_response_promise<Keys>;

  void look();
  caf::result<Keys> list(ListSigningKeysRequest& request);
  caf::result<Keys> rotate(RotateSigningKeysRequest& request);
  void rotateKnown(const RequestContext& context, const Keys& keys, const KeysPromise& promise);
  void reload(const RequestContext& context, KeysPromise promise);
  Result<RotateSigningKeys> step(TimePoint currentBefore) const;

  std::shared_ptr<ActorProbe> probe_;
  SigningKeyDependencies deps_;
};

}  // namespace ks
