#include <utility>

#include "actors/account/deviceTraits.hpp"
#include "actors/account/sessionTokens.hpp"
#include "actors/administration/userAdministrationActor.hpp"
#include "actors/runtime/sealContexts.hpp"
#include "core/logging/logging.hpp"
#include "core/text/mailPayload.hpp"
#include "core/text/timeText.hpp"
#include "crypto/refreshToken.hpp"

// An administrator signs in as another user to see what that user sees. The session has one factor, which was
// not checked: it reaches nothing that requires a second factor or a fresh sign-in. It ends by
// itself; the user is informed and can end it.
namespace ks {

Result<UserChange> UserAdministrationState::impersonation(const ImpersonateUser& request,
                                                          const AdminUser& user, SecretText& refreshKey) {
  UserChange change;
  change.actor = actorOf(request.context);
  change.userId = request.id;
  change.wish.operation = UserOperation::impersonate;
  change.wish.reason = request.reason;
  change.now = now();
  change.audit = auditOfCaller(request.context, "user.impersonate", "user");
  change.audit.targetId = request.id.toString();
  auto& session = change.session.emplace();
  session.id = deps_.environment.uuids.next();
  session.userId = request.id;
  session.createdAt = change.now;
  session.absoluteExpiresAt = session.idleExpiresAt = change.now + std::chrono::seconds{request.seconds};
  session.ip = request.context.client.ip;
  session.userAgent = request.context.client.userAgent;
  session.deviceName = "Administrator";
  session.deviceHash = deps_.crypto->devices.bind(deviceTraitsOf(request.context.client, false));
  session.transport = "bearer";
  refreshKey = makeRefreshKey(deps_.environment.random);
  auto sealed = deps_.crypto->cipher.seal(refreshKey.reveal(), refreshKeyContext(session.id));
  if (!sealed.ok()) {
    return std::move(sealed.fault());
  }
  session.refreshKeySealed = std::move(sealed.value());
  if (!user.email.empty()) {
    auto mail = composeMail(
        "impersonated", user.locale, user.email,
        mailPayload({{"reason", request.reason}, {"until", formatTime(session.absoluteExpiresAt)}}));
    if (!mail.ok()) {
      return std::move(mail.fault());
    }
    change.mail = std::move(mail.value());
  }
  return change;
}

caf::result<LoginAnswer> UserAdministrationState::impersonate(ImpersonateUser& request) {
  auto promise = self->make_response_promise<LoginAnswer>();
  auto shared = std::make_shared<ImpersonateUser>(std::move(request));
  queryThen(shared->context, UserKey{shared->id, {}, {}, {}}, promise,
            [this, shared, promise](std::optional<AdminUser>& user) mutable {
              if (!user) {
                return fail(promise, ErrorCode::userNotFound);
              }
              auto key = std::make_shared<SecretText>();
              auto change = impersonation(*shared, *user, *key);
              if (!change.ok()) {
                return fail(promise, std::move(change.fault()));
              }
              const auto sessionId = change.value().session->id;
              queryThen(shared->context, std::move(change.value()), promise,
                        [this, shared, sessionId, key, promise](UserChangeOutcome& outcome) mutable {
                          if (outcome.refused != ErrorCode::none) {
                            logSecurity("admin.impersonate.refused", "Acting as another user was refused",
                                        {{"target", shared->id.toString()},
                                         {"reason", std::string{describe(outcome.refused).name}}});
                            return fail(promise, refusalOf(outcome.refused));
                          }
                          wakeMail();
                          logAudit("admin.impersonate", "An administrator acts as another user",
                                   {{"target", shared->id.toString()}, {"session_id", sessionId.toString()}});
                          storeThen(shared->context, FindSession{sessionId}, promise,
                                    [this, key, promise](std::optional<SessionRecord>& session) mutable {
                                      auto answer =
                                          session ? makeTokens(deps_, *session, *key, 0)
                                                  : Result<LoginAnswer>(makeFault(ErrorCode::sessionRevoked));
                                      if (!answer.ok()) {
                                        return fail(promise, std::move(answer.fault()));
                                      }
                                      answer.value().tokens.refreshToken = SecretText{};
                                      promise.deliver(std::move(answer.value()));
                                    });
                        });
            });
  return promise;
}

}  // namespace ks
