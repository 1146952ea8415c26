#include "actors/session/sessionActor.hpp"

#include <algorithm>
#include <utility>

#include "actors/platform/storageJob.hpp"
#include "crypto/apiKey.hpp"
#include "messages/account/sessionNotice.hpp"

namespace ks {
namespace {

/// A key of another process is noticed after this time; a shorter one would let forged key ids load the
/// storage.
constexpr std::chrono::seconds kKeyReloadEvery{5};

}  // namespace

TokenCache::Key tokenCacheKey(const AccountCrypto& crypto, const SecretText& token,
                              const ClientInfo& client) {
  const auto hash = claimsToBeApiKey(token.reveal())
                        ? crypto.tokens.storedHash("api_key_cache " + client.ip, token)
                        : crypto.tokens.storedHash("access_token_cache", token);
  TokenCache::Key key{};
  std::copy_n(hash.begin(), std::min(hash.size(), key.size()), key.begin());
  return key;
}

SessionState::SessionState(SessionActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                           SessionDependencies dependencies)
    : self(selfPointer), probe_(std::move(probe)), deps_(std::move(dependencies)) {
  // After a restart: notifications of ended sessions were missed meanwhile.
  deps_.tokenCache->clear();
}

SessionActor::behavior_type SessionState::make_behavior() {
  return {
      guarded(self, probe_, [this](AuthenticateRequest& request) { return authenticate(request); }),
      guarded(self, probe_, [this](RedisNotice& notice) { noticed(notice); }),
  };
}

caf::result<Authenticated> SessionState::authenticate(AuthenticateRequest& request) {
  auto promise = self->make_response_promise<Authenticated>();
  auto question = std::make_shared<Question>(Question{
      std::move(request.context), std::move(request.accessToken), {}, deps_.tokenCache->generation()});
  if (claimsToBeApiKey(question->token.reveal())) {
    askKey(question, promise);
    return promise;
  }
  auto claims = deps_.signingKeys->verify(question->token.reveal(), deps_.environment.clock.now());
  if (claims.ok()) {
    question->claims = std::move(claims.value());
    askStorage(question, promise);
  } else if (claims.fault().code == ErrorCode::tokenInvalid &&
             self->clock().now() - keysReloadedAt_ > kKeyReloadEvery) {
    reloadKeysThenRetry(question, promise);
  } else {
    fail(promise, std::move(claims.fault()));
  }
  return promise;
}

void SessionState::reloadKeysThenRetry(const std::shared_ptr<Question>& question, const Promise& promise) {
  keysReloadedAt_ = self->clock().now();
  const auto time = deps_.environment.clock.now();
  storeThen(self, probe_, question->context, deps_.storageTimeout, deps_.storage, ListSigningKeys{time},
            promise, [this, question, time, promise](std::vector<SigningKeyRecord>& records) mutable {
              if (auto loaded = deps_.signingKeys->load(records, deps_.crypto->cipher); !loaded.ok()) {
                return fail(promise, std::move(loaded.fault()));
              }
              auto claims = deps_.signingKeys->verify(question->token.reveal(), time);
              if (!claims.ok()) {
                return fail(promise, std::move(claims.fault()));
              }
              question->claims = std::move(claims.value());
              askStorage(question, promise);
            });
}

void SessionState::askStorage(const std::shared_ptr<Question>& question, const Promise& promise) {
  storeThen(self, probe_, question->context, deps_.storageTimeout, deps_.storage,
            FindSession{question->claims.sessionId}, promise,
            [this, question, promise](std::optional<SessionRecord>& session) mutable {
              if (!session) {
                return fail(promise, ErrorCode::sessionRevoked);
              }
              judge(*question, *session, promise);
            });
}

void SessionState::judge(const Question& question, const SessionRecord& session, Promise promise) {
  const auto time = deps_.environment.clock.now();
  if (session.session.userId != question.claims.userId) {
    return fail(promise, ErrorCode::tokenInvalid);
  }
  if (session.revokedAt || session.user.status == UserStatus::deleted || !session.impersonatorMay) {
    return fail(promise, ErrorCode::sessionRevoked);
  }
  if (session.user.status == UserStatus::suspended) {
    return fail(promise, ErrorCode::accountSuspended);
  }
  if (time >= session.session.absoluteExpiresAt || time >= session.session.idleExpiresAt) {
    return fail(promise, ErrorCode::sessionExpired);
  }
  auto principal = std::make_shared<Principal>();
  principal->userId = session.user.id;
  principal->sessionId = session.session.id;
  principal->roles = session.user.roles;
  principal->permissions = session.user.permissions;
  principal->assuranceLevel = session.session.assuranceLevel;
  principal->authenticatedAt = authenticatedAt(session.session);
  principal->knownSince = question.generation;
  principal->deviceChanged = session.deviceChangedAt.has_value();
  principal->deviceHash = session.session.deviceHash;
  if (const auto& impersonator = session.session.impersonatorId) {
    principal->impersonatorId = impersonator;
    principal->dependsOn = {*impersonator};
  }
  Authenticated authenticated;
  authenticated.principal = std::move(principal);
  authenticated.user = std::make_shared<const UserRecord>(session.user);
  authenticated.transport =
      session.session.transport == "cookie" ? TokenTransport::cookie : TokenTransport::bearer;
  deps_.tokenCache->put(tokenCacheKey(*deps_.crypto, question.token, question.context.client), authenticated,
                        std::min(question.claims.expiresAt, session.session.idleExpiresAt),
                        question.generation);
  promise.deliver(std::move(authenticated));
}

void SessionState::noticed(const RedisNotice& notice) {
  if (notice.channel == kSessionsEndedChannel) {
    if (const auto ended = SessionsEnded::parse(notice.payload)) {
      for (const auto& id : ended->sessionIds) {
        deps_.tokenCache->forgetSession(id);
      }
    }
  }
}

}  // namespace ks
