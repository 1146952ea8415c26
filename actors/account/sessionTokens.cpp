#include "actors/account/sessionTokens.hpp"

#include <algorithm>
#include <utility>

#include "actors/account/deviceTraits.hpp"
#include "actors/runtime/sealContexts.hpp"
#include "core/invariant.hpp"
#include "core/text/userAgent.hpp"
#include "crypto/refreshToken.hpp"

namespace ks {
namespace {

std::uint32_t secondsUntil(TimePoint then, TimePoint now) {
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(then - now).count();
  return static_cast<std::uint32_t>(std::max<std::int64_t>(left, 0));
}

struct SessionLife {
  std::chrono::minutes idle;
  std::chrono::minutes absolute;
};

SessionLife sessionLife(const AuthPolicy& policy, const UserRecord& user, const SessionCommand& wish) {
  SessionLife life{policy.sessionIdle, policy.sessionAbsolute};
  const auto atMost = [&](std::chrono::minutes idle, std::chrono::minutes absolute) {
    life = {std::min(life.idle, idle), std::min(life.absolute, absolute)};
  };
  if (!wish.remember) {
    atMost(policy.shortSessionIdle, policy.shortSessionAbsolute);
  }
  if (user.mfaEnabled) {
    atMost(policy.factorSessionIdle, policy.factorSessionAbsolute);
  }
  // Every permission lets its holder administer something.
  if (!user.permissions.empty()) {
    atMost(policy.adminSessionIdle, policy.adminSessionAbsolute);
  }
  return life;
}

}  // namespace

std::optional<KnownDevice> knownDevice(const AccountCrypto& crypto, const ClientInfo& client,
                                       const UserRecord& user) {
  const auto device = crypto.deviceTokens.read(client.deviceId);
  const bool known = device && device->userId == user.id && device->sessionEpoch == user.sessionEpoch;
  return known ? device : std::nullopt;
}

SecretText deviceTokenOf(const AuthDependencies& dependencies, const ClientInfo& client,
                         const UserRecord& user) {
  return knownDevice(*dependencies.crypto, client, user)
             ? SecretText{client.deviceId}
             : SecretText{dependencies.crypto->deviceTokens.make(
                   {user.id, dependencies.environment.uuids.next(), user.sessionEpoch})};
}

Result<FreshSession> makeSession(const AuthDependencies& dependencies, const RequestContext& context,
                                 const UserRecord& user, const SessionCommand& wish) {
  FreshSession fresh;
  fresh.refreshKey = makeRefreshKey(dependencies.environment.random);
  fresh.record.user = user;
  auto& session = fresh.record.session;
  session.id = dependencies.environment.uuids.next();
  session.userId = user.id;
  session.assuranceLevel = wish.assuranceLevel;
  session.methods = wish.methods;
  session.createdAt = dependencies.environment.clock.now();
  const auto life = sessionLife(*dependencies.policy, user, wish);
  session.idleExpiresAt = session.createdAt + life.idle;
  session.absoluteExpiresAt = session.createdAt + life.absolute;
  session.ip = context.client.ip;
  session.userAgent = context.client.userAgent;
  session.deviceName = context.client.deviceName.empty() ? describeUserAgent(context.client.userAgent)
                                                         : context.client.deviceName;
  auto client = context.client;
  fresh.deviceToken = deviceTokenOf(dependencies, client, user);
  if (wish.transport == TokenTransport::cookie) {
    client.deviceId = fresh.deviceToken.reveal();  // the cookie that the browser has from now on
  }
  session.deviceHash =
      dependencies.crypto->devices.bind(deviceTraitsOf(client, wish.transport == TokenTransport::cookie));
  session.transport = wish.transport == TokenTransport::cookie ? "cookie" : "bearer";
  fresh.record.lastSeenAt = session.createdAt;
  auto sealed = dependencies.crypto->cipher.seal(fresh.refreshKey.reveal(), refreshKeyContext(session.id));
  if (!sealed.ok()) {
    return std::move(sealed.fault());
  }
  session.refreshKeySealed = std::move(sealed.value());
  return fresh;
}

Result<FreshSession> makeSuccessor(const AuthDependencies& dependencies, const RequestContext& context,
                                   const UserRecord& user, const NewSession& old, int assuranceLevel,
                                   const std::string& method) {
  SessionCommand wish;
  wish.transport = old.transport == "cookie" ? TokenTransport::cookie : TokenTransport::bearer;
  wish.assuranceLevel = assuranceLevel;
  // What a session of one factor proved before another device took it over does not apply to this one.
  if (assuranceLevel > 1) {
    wish.methods = old.methods;
  }
  if (std::find(wish.methods.begin(), wish.methods.end(), method) == wish.methods.end()) {
    wish.methods.push_back(method);
  }
  auto fresh = makeSession(dependencies, context, user, wish);
  if (fresh.ok()) {
    auto& session = fresh.value().record.session;
    session.absoluteExpiresAt = std::min(session.absoluteExpiresAt, old.absoluteExpiresAt);
    session.idleExpiresAt = std::min(session.idleExpiresAt, session.absoluteExpiresAt);
    ensure(session.absoluteExpiresAt <= old.absoluteExpiresAt, "a session's successor does not outlive it");
    if (isOnDevice(dependencies.crypto->devices, old.deviceHash, context.client, old.transport == "cookie")) {
      session.deviceName = old.deviceName;
    }
  }
  return fresh;
}

Result<LoginAnswer> makeTokens(const AuthDependencies& dependencies, const SessionRecord& session,
                               const SecretText& refreshKey, std::int64_t counter) {
  const auto time = dependencies.environment.clock.now();
  const auto sessionEnds = std::min(session.session.idleExpiresAt, session.session.absoluteExpiresAt);
  AccessClaims claims;
  claims.tokenId = dependencies.environment.uuids.next();
  claims.userId = session.user.id;
  claims.sessionId = session.session.id;
  claims.roles = session.user.roles;
  claims.permissions = session.user.permissions;
  claims.assuranceLevel = session.session.assuranceLevel;
  claims.methods = session.session.methods;
  claims.authenticatedAt = authenticatedAt(session.session);
  claims.stepUp = session.deviceChangedAt.has_value();
  claims.issuedAt = time;
  claims.notBefore = time;
  // A session is in use when it is refreshed: several times within its idle time.
  const auto accessLife = std::min<Milliseconds>(dependencies.policy->accessTokenLife,
                                                 (session.session.idleExpiresAt - time) / 3);
  // An impersonation has no refresh token: its access token lives as long as it.
  claims.actorId = session.session.impersonatorId;
  claims.expiresAt = claims.actorId
                         ? session.session.absoluteExpiresAt
                         : std::min<TimePoint>(time + accessLife, session.session.absoluteExpiresAt);
  ensure(claims.expiresAt <= session.session.absoluteExpiresAt, "no access token outlives its session");
  ensure(!claims.actorId || (claims.assuranceLevel == 1 && *claims.actorId != claims.userId),
         "an impersonation is of another user, with one factor");
  auto access = dependencies.signingKeys->sign(claims);
  if (!access.ok()) {
    return std::move(access.fault());
  }
  auto refresh = makeRefreshToken(session.session.id, counter, refreshKey);
  if (!refresh.ok()) {
    return std::move(refresh.fault());
  }
  LoginAnswer answer;
  answer.user = std::make_shared<const UserRecord>(session.user);
  auto& tokens = answer.tokens;
  tokens.sessionId = session.session.id;
  tokens.accessToken = std::move(access.value());
  tokens.accessExpiresInS = secondsUntil(claims.expiresAt, time);
  tokens.refreshToken = std::move(refresh.value());
  tokens.refreshExpiresInS = secondsUntil(sessionEnds, time);
  tokens.transport = session.session.transport == "cookie" ? TokenTransport::cookie : TokenTransport::bearer;
  tokens.csrfToken = dependencies.crypto->csrf.make(session.session.id);
  return answer;
}

}  // namespace ks
