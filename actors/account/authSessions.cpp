#include <algorithm>
#include <utility>

#include "actors/account/authActor.hpp"
#include "actors/account/deviceTraits.hpp"
#include "actors/runtime/sealContexts.hpp"
#include "core/logging/logging.hpp"
#include "core/text/mailPayload.hpp"
#include "core/text/userAgent.hpp"
#include "crypto/refreshToken.hpp"

namespace ks {
namespace {

AuditEvent sessionAudit(const ActorEnvironment& environment, const RequestContext& context,
                        std::string action, const Uuid& sessionId) {
  auto event = auditOf(environment, context, std::move(action));
  event.targetType = "session";
  event.targetId = sessionId.toString();
  return event;
}

}  // namespace

caf::result<LoginAnswer> AuthState::refresh(RefreshRequest& request) {
  auto promise = self->make_response_promise<LoginAnswer>();
  refreshSession(std::make_shared<RefreshRequest>(std::move(request)), 0, promise);
  return promise;
}

void AuthState::refreshSession(const std::shared_ptr<RefreshRequest>& request, int attempt,
                               const LoginPromise& promise) {
  const auto parts = readRefreshToken(request->refreshToken.reveal());
  if (!parts.ok()) {
    return fail(promise, parts.fault());
  }
  const auto counter = parts.value().counter;
  storeThen(request->context, FindSession{parts.value().sessionId}, promise,
            [this, request, counter, attempt, promise](std::optional<SessionRecord>& session) mutable {
              if (!session) {
                return fail(promise, ErrorCode::refreshTokenInvalid);
              }
              judgeRefresh(request, *session, counter, attempt, promise);
            });
}

void AuthState::judgeRefresh(const std::shared_ptr<RefreshRequest>& request, const SessionRecord& session,
                             std::int64_t counter, int attempt, const LoginPromise& promise) {
  const auto& context = request->context;
  const auto id = session.session.id;
  auto key = deps_.crypto->cipher.open(session.session.refreshKeySealed, refreshKeyContext(id));
  if (!key.ok()) {
    return fail(promise, std::move(key.fault()));
  }
  if (const auto genuine = verifyRefreshToken(request->refreshToken.reveal(), key.value()); !genuine.ok()) {
    return fail(promise, genuine.fault());
  }
  const auto time = now();
  if (session.revokedAt) {
    return fail(promise, ErrorCode::sessionRevoked);
  }
  if (time >= std::min(session.session.idleExpiresAt, session.session.absoluteExpiresAt)) {
    return fail(promise, ErrorCode::sessionExpired);
  }
  if (session.user.status != UserStatus::active) {
    return fail(promise, ErrorCode::accountSuspended);
  }
  const bool byCookie = session.session.transport == "cookie";
  if (!isOnDevice(deps_.crypto->devices, session.session.deviceHash, context.client, byCookie)) {
    const auto traits = deviceTraitsOf(context.client, byCookie);
    changeDevice(request, session, deps_.crypto->devices.bind(traits), counter, attempt, promise);
    return;
  }
  if (counter == session.refreshCounter) {
    const auto idle = session.session.idleExpiresAt -
                      std::max(session.session.createdAt, session.refreshedAt.value_or(TimePoint{}));
    auto renewed = session;
    renewed.session.idleExpiresAt = std::min<TimePoint>(time + idle, session.session.absoluteExpiresAt);
    AdvanceRefresh advance{
        id, counter, time, renewed.session.idleExpiresAt, context.client.ip, context.client.userAgent};
    storeThen(context, std::move(advance), promise,
              [this, request, renewed, key = key.value(), counter, attempt, promise](bool& advanced) mutable {
                if (!advanced) {
                  // Another tab was faster: look again, once; its refresh makes our token the one behind by
                  // one.
                  if (attempt == 0) {
                    refreshSession(request, attempt + 1, promise);
                  } else {
                    fail(promise, ErrorCode::sessionRevoked);
                  }
                  return;
                }
                answerWithTokens(request->context, renewed, key, counter + 1, promise);
              });
    return;
  }
  const bool lostAnswer = counter == session.refreshCounter - 1 && session.refreshedAt &&
                          time - *session.refreshedAt <= deps_.policy->refreshGrace;
  if (lostAnswer) {
    answerWithTokens(context, session, key.value(), session.refreshCounter, promise);
    return;
  }
  logSecurity(
      "auth.refresh.reused", "A refresh token was reused; its session is ended",
      {{"user_id", session.user.id.toString()}, {"session_id", id.toString()}, {"ip", context.client.ip}});
  RevokeSessions revocation;
  revocation.userId = session.user.id;
  revocation.only = id;
  revocation.reason = "refresh_token_reused";
  revocation.now = time;
  revocation.audit =
      auditOfUser(deps_.environment, context, "auth.token.reuse", session.user.id, AuditOutcome::deny);
  revocation.audit.reason = revocation.reason;
  revocation.audit.targetType = "session";
  revocation.audit.targetId = id.toString();
  storeThen(context, std::move(revocation), promise,
            [this, context, userId = session.user.id, promise](std::vector<Uuid>& ended) mutable {
              sessionsEnded(context, userId, ended);
              fail(promise, audited(makeFault(ErrorCode::refreshTokenReused)));
            });
}

void AuthState::changeDevice(const std::shared_ptr<RefreshRequest>& request, const SessionRecord& session,
                             const Bytes& deviceHash, std::int64_t counter, int attempt,
                             const LoginPromise& promise) {
  const auto& context = request->context;
  const auto id = session.session.id;
  const auto payload =
      mailPayload({{"device", describeUserAgent(context.client.userAgent)}, {"ip", context.client.ip}});
  auto notice = composeMail("newDevice", session.user.locale, session.user.email, payload);
  if (!notice.ok()) {
    return fail(promise, std::move(notice.fault()));
  }
  ChangeSessionDevice change;
  change.sessionId = id;
  change.oldHash = session.session.deviceHash;
  change.newHash = deviceHash;
  change.notice = std::move(notice.value());
  change.now = now();
  change.audit = auditOfUser(deps_.environment, context, "auth.session.device", session.user.id);
  change.audit.sessionId = id;
  change.audit.targetType = "session";
  change.audit.targetId = id.toString();
  change.audit.before = {{"aal", session.session.assuranceLevel}};
  change.audit.after = {{"aal", 1}, {"step_up", true}};
  storeThen(context, std::move(change), promise,
            [this, request, session, deviceHash, counter, attempt, promise](bool& changed) mutable {
              if (!changed) {  // another tab was faster, or the session has ended
                refreshSession(request, attempt, promise);
                return;
              }
              logSecurity("auth.session.deviceChanged",
                          "A session continued on another device; it must step up for sensitive operations",
                          {{"user_id", session.user.id.toString()},
                           {"session_id", session.session.id.toString()},
                           {"ip", request->context.client.ip}});
              wakeMail();
              auto moved = session;
              moved.session.deviceHash = deviceHash;
              moved.session.assuranceLevel = 1;
              moved.deviceChangedAt = now();
              judgeRefresh(request, moved, counter, attempt, promise);
            });
}

caf::result<Done> AuthState::logout(LogoutRequest& request) {
  const auto context = request.context;
  RevokeSessions revocation;
  revocation.userId = context.principal->userId;
  revocation.only = context.principal->sessionId;
  revocation.reason = "logout";
  revocation.now = now();
  revocation.audit = sessionAudit(deps_.environment, context, "auth.logout", context.principal->sessionId);
  auto promise = self->make_response_promise<Done>();
  storeThen(context, std::move(revocation), promise, [this, context, promise](std::vector<Uuid>&) mutable {
    sessionsEnded(context, context.principal->userId, {context.principal->sessionId});
    logAudit("auth.logout", "A user signed out");
    promise.deliver(Done{});
  });
  return promise;
}

caf::result<std::vector<SessionRecord>> AuthState::listSessions(ListSessionsRequest& request) {
  return storeAnswer(request.context, ListSessions{request.context.principal->userId, now()});
}

caf::result<Done> AuthState::revokeSession(RevokeSessionRequest& request) {
  const auto context = request.context;
  RevokeSessions revocation;
  revocation.userId = context.principal->userId;
  revocation.only = request.id;
  revocation.reason = "revoked_by_user";
  revocation.now = now();
  revocation.audit = sessionAudit(deps_.environment, context, "auth.session.revoke", request.id);
  auto promise = self->make_response_promise<Done>();
  storeThen(context, std::move(revocation), promise,
            [this, context, promise](std::vector<Uuid>& ended) mutable {
              if (ended.empty()) {
                return fail(promise, ErrorCode::sessionNotFound);
              }
              sessionsEnded(context, context.principal->userId, ended);
              logAudit("auth.session.revoked", "A user ended one of the own sessions",
                       {{"session_id", ended.front().toString()}});
              promise.deliver(Done{});
            });
  return promise;
}

caf::result<SessionsRevoked> AuthState::logoutAll(LogoutAllRequest& request) {
  const auto context = request.context;
  RevokeSessions revocation;
  revocation.userId = context.principal->userId;
  if (request.keepCurrent) {
    revocation.except = context.principal->sessionId;
  }
  revocation.keepKeys = request.keepKeys;
  revocation.reason = request.keepCurrent ? "logout_others" : "logout_all";
  revocation.now = now();
  revocation.audit = auditOf(deps_.environment, context, "auth.logout.all");
  revocation.audit.targetType = "user";
  revocation.audit.targetId = context.userIdText();
  revocation.audit.reason = revocation.reason;
  auto promise = self->make_response_promise<SessionsRevoked>();
  storeThen(
      context, std::move(revocation), promise, [this, context, promise](std::vector<Uuid>& ended) mutable {
        sessionsEnded(context, context.principal->userId, ended);
        logAudit("auth.logout.all", "A user ended several own sessions", {{"sessions_ended", ended.size()}});
        promise.deliver(SessionsRevoked{ended.size()});
      });
  return promise;
}

}  // namespace ks
