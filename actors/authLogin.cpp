#include <algorithm>
#include <utility>

#include "actors/authActor.hpp"
#include "actors/authSteps.hpp"
#include "actors/sealContexts.hpp"
#include "core/ipAddress.hpp"
#include "core/logging.hpp"
#include "core/userAgent.hpp"
#include "crypto/refreshToken.hpp"

namespace ks {
namespace {

DeviceTraits traitsOf(const ClientInfo& client) {
  const auto address = IpAddress::parse(client.ip);
  return {userAgentFamily(client.userAgent), client.deviceId,
          address ? address->networkPrefix() : std::string{}};
}

std::uint32_t secondsUntil(TimePoint then, TimePoint now) {
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(then - now).count();
  return static_cast<std::uint32_t>(std::max<std::int64_t>(left, 0));
}

std::string lowerCase(std::string text) {
  for (auto& c : text) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

}  // namespace

caf::result<LoginAnswer> AuthState::login(LoginRequest& request) {
  auto password = normalizePassword(request.password, deps_.policy.password);
  if (!password.ok()) {
    return toCafError(std::move(password.fault()));
  }
  auto promise = self->make_response_promise<LoginAnswer>();
  auto shared = std::make_shared<LoginRequest>(std::move(request));
  auto normal = std::make_shared<SecretText>(std::move(password.value()));
  storeThen<&AccountRepositoryInterface::findCredential>(
      shared->context, shared->identifier, promise,
      [this, shared, normal, promise](std::optional<CredentialRecord>& found) mutable {
        auto credential = std::make_shared<std::optional<CredentialRecord>>(std::move(found));
        auto phc = *credential ? (*credential)->passwordPhc : std::string{};
        hashThen<PasswordVerdict>(
            shared->context, VerifyPassword{{}, *normal, std::move(phc)}, promise,
            [this, shared, normal, credential, promise](PasswordVerdict& verdict) mutable {
              judgeLogin(shared, *normal, *credential, verdict, promise);
            });
      });
  return promise;
}

void AuthState::refuseLogin(const LoginRequest& request, const std::optional<CredentialRecord>& credential,
                            ErrorCode code, const char* reason, LoginPromise promise) {
  // Which account was meant, whether there is one or not, without saying it.
  const auto subject =
      toHex(deps_.crypto->tokens.storedHash("login_identifier", SecretText{lowerCase(request.identifier)}));
  const auto userId = credential ? credential->user.id : Uuid{};
  auto event = auditOfUser(deps_.environment, request.context, "auth.login", userId,
                           code == ErrorCode::invalidCredentials ? AuditOutcome::fail : AuditOutcome::deny);
  event.reason = reason;
  if (!credential) {
    event.actorType = "anonymous";
    event.targetType = "identifier";
    event.targetId = subject;
  }
  if (recorded(std::move(event), promise)) {
    logSecurity("auth.login.failed", "A sign-in was refused",
                {{"reason", reason},
                 {"user_id", credential ? userId.toString() : std::string{}},
                 {"ip", request.context.client.ip},
                 {"subject", subject}});
    promise.deliver(toCafError(makeFault(code)));
  }
}

void AuthState::judgeLogin(const std::shared_ptr<LoginRequest>& request, const SecretText& password,
                           const std::optional<CredentialRecord>& credential, const PasswordVerdict& verdict,
                           LoginPromise promise) {
  const auto refuse = [&](ErrorCode code, const char* reason) {
    refuseLogin(*request, credential, code, reason, promise);
  };
  if (!credential || !verdict.matches) {
    return refuse(ErrorCode::invalidCredentials, credential ? "wrong_password" : "unknown_identifier");
  }
  const auto& user = credential->user;
  if (user.status == UserStatus::suspended) {
    return refuse(ErrorCode::accountSuspended, "suspended");
  }
  if (user.status == UserStatus::deleted) {
    return refuse(ErrorCode::invalidCredentials, "deleted");
  }
  if (user.status == UserStatus::pending || !user.emailVerifiedAt) {
    return refuse(ErrorCode::emailNotVerified, "email_not_verified");
  }
  if (user.passwordChangeRequired) {
    return refuse(ErrorCode::passwordChangeRequired, "password_change_required");
  }
  if (verdict.needsUpgrade) {
    upgradeHash(request->context, user.id, credential->passwordPhc, password);
  }
  openSession(request->context, user, request->transport, request->remember, std::move(promise));
}

void AuthState::openSession(const RequestContext& context, const UserRecord& user, TokenTransport transport,
                            bool remember, LoginPromise promise) {
  const auto key = makeRefreshKey(deps_.environment.random);
  SessionRecord record;
  record.user = user;
  auto& session = record.session;
  session.id = deps_.environment.uuids.next();
  session.userId = user.id;
  session.methods = {"pwd"};
  session.createdAt = now();
  session.idleExpiresAt =
      session.createdAt + (remember ? deps_.policy.sessionIdle : deps_.policy.shortSessionIdle);
  session.absoluteExpiresAt =
      session.createdAt + (remember ? deps_.policy.sessionAbsolute : deps_.policy.shortSessionAbsolute);
  session.ip = context.client.ip;
  session.userAgent = context.client.userAgent;
  session.deviceName = context.client.deviceName.empty() ? describeUserAgent(context.client.userAgent)
                                                         : context.client.deviceName;
  session.deviceHash = deps_.crypto->devices.bind(traitsOf(context.client));
  session.transport = transport == TokenTransport::cookie ? "cookie" : "bearer";
  record.lastSeenAt = session.createdAt;
  auto sealed = deps_.crypto->cipher.seal(key.reveal(), refreshKeyContext(session.id));
  if (!sealed.ok()) {
    promise.deliver(toCafError(std::move(sealed.fault())));
    return;
  }
  session.refreshKeySealed = std::move(sealed.value());
  OpenSession opening{session, auditOfUser(deps_.environment, context, "auth.login", user.id)};
  opening.audit.sessionId = session.id;
  storeThen<&AccountRepositoryInterface::openSession>(
      context, std::move(opening), promise,
      [this, context, record = std::move(record), key, promise](Done&) mutable {
        logAudit("auth.login.succeeded", "A user signed in",
                 {{"user_id", record.user.id.toString()}, {"session_id", record.session.id.toString()}});
        answerWithTokens(context, record, key, 0, promise);
      });
}

void AuthState::answerWithTokens(const RequestContext& context, const SessionRecord& session,
                                 const SecretText& refreshKey, std::int64_t counter, LoginPromise promise) {
  auto made = makeTokens(session, refreshKey, counter);
  if (!made.ok()) {
    promise.deliver(toCafError(std::move(made.fault())));
    return;
  }
  const auto answer = std::make_shared<LoginAnswer>(std::move(made.value()));
  auto copy = session;
  copy.session.refreshKeySealed.clear();
  CacheSession message{context, std::move(copy), tokenDigestHex(answer->tokens.accessToken.reveal()),
                       answer->tokens.accessExpiresInS};
  compat::ask(self, deps_.sessionCache.get(), timeLeft(self, context, deps_.policy.cacheTimeout),
              std::move(message))
      .then([answer, promise](Done&) mutable { promise.deliver(std::move(*answer)); },
            [answer, promise](caf::error&) mutable { promise.deliver(std::move(*answer)); });
}

Result<LoginAnswer> AuthState::makeTokens(const SessionRecord& session, const SecretText& refreshKey,
                                          std::int64_t counter) {
  const auto time = now();
  const auto sessionEnds = std::min(session.session.idleExpiresAt, session.session.absoluteExpiresAt);
  AccessClaims claims;
  claims.tokenId = deps_.environment.uuids.next();
  claims.userId = session.user.id;
  claims.sessionId = session.session.id;
  claims.roles = session.user.roles;
  claims.permissions = session.user.permissions;
  claims.assuranceLevel = session.session.assuranceLevel;
  claims.methods = session.session.methods;
  claims.authenticatedAt = session.session.createdAt;
  claims.issuedAt = time;
  claims.notBefore = time;
  claims.expiresAt =
      std::min<TimePoint>(time + deps_.policy.accessTokenLife, session.session.absoluteExpiresAt);
  auto access = deps_.signingKeys->sign(claims);
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
  tokens.csrfToken = deps_.crypto->csrf.make(session.session.id);
  return answer;
}

void AuthState::upgradeHash(const RequestContext& context, Uuid userId, const std::string& oldPhc,
                            const SecretText& password) {
  if (hashesInFlight >= deps_.policy.hashesInFlight / 2) {
    return;  // the next sign-in will do it; this is no time for extra work
  }
  ++hashesInFlight;
  compat::ask(self, deps_.passwords.pick(), caf::timespan{deps_.policy.hashTimeout},
              HashPassword{context, password})
      .then(
          [this, context, userId, oldPhc](std::string& phc) {
            --hashesInFlight;
            compat::tellAnon(
                deps_.storage.pick(),
                storageJob<&AccountRepositoryInterface::upgradePasswordHash>(context, {userId, oldPhc, phc}));
          },
          [this](caf::error& error) {
            --hashesInFlight;
            logFault("auth.hash.upgradeFailed", "An old password hash could not be upgraded",
                     faultFromCafError(error));
          });
}

}  // namespace ks
