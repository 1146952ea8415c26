#include <algorithm>
#include <utility>

#include "actors/administration/userAdministrationActor.hpp"
#include "core/logging/logging.hpp"
#include "core/text/mailPayload.hpp"
#include "core/text/timeText.hpp"

// Nobody outranks a superadmin: one is made or restored by two others, by the only other, or by the
// operator.
namespace ks {
namespace {

constexpr std::chrono::hours kGrantLife{24};
/// At most this many superadmins are informed.
constexpr std::uint32_t kMostTold = 50;

}  // namespace

caf::result<GrantedSuperadmin> UserAdministrationState::grantSuperadmin(GrantSuperadmin& request) {
  auto promise = self->make_response_promise<GrantedSuperadmin>();
  auto shared = std::make_shared<GrantSuperadmin>(std::move(request));
  SuperadminChange change;
  change.actor = actorOf(shared->context);
  change.userId = shared->id;
  change.reason = shared->reason;
  change.now = now();
  change.expires = change.now + kGrantLife;
  change.audit = auditOfCaller(shared->context, "user.superadmin.ask", "user");
  change.audit.targetId = shared->id.toString();
  if (!change.actor) {
    storeGrant(shared, std::move(change), promise);
    return promise;
  }
  // The others are informed if their confirmation is pending.
  UserSearch others;
  others.role = "superadmin";
  others.status = UserStatus::active;
  others.limit = kMostTold;
  queryThen(shared->context, UserKey{shared->id, {}, {}, {}}, promise,
            [this, shared, change = std::make_shared<SuperadminChange>(std::move(change)), others,
             promise](std::optional<AdminUser>& user) mutable {
              if (!user) {
                return fail(promise, ErrorCode::userNotFound);
              }
              queryThen(shared->context, std::move(others), promise,
                        [this, shared, change, account = user->email, promise](UserPage& page) mutable {
                          const auto caller =
                              std::find_if(page.rows.begin(), page.rows.end(),
                                           [&](const AdminUser& one) { return one.id == change->actor; });
                          const auto askedBy = caller == page.rows.end() ? std::string{} : caller->email;
                          for (const auto& one : page.rows) {
                            if (one.id == change->actor || !one.emailVerified) {
                              continue;
                            }
                            auto mail = composeMail("superadminAsked", one.locale, one.email,
                                                    mailPayload({{"account", account},
                                                                 {"asked_by", askedBy},
                                                                 {"reason", change->reason},
                                                                 {"until", formatTime(change->expires)}}));
                            if (!mail.ok()) {
                              return fail(promise, std::move(mail.fault()));
                            }
                            change->mails.push_back(std::move(mail.value()));
                          }
                          storeGrant(shared, std::move(*change), promise);
                        });
            });
  return promise;
}

void UserAdministrationState::storeGrant(const std::shared_ptr<GrantSuperadmin>& request,
                                         SuperadminChange change, const GrantPromise& promise) {
  queryThen(request->context, std::move(change), promise,
            [this, request, promise](SuperadminOutcome& outcome) mutable {
              if (outcome.refused != ErrorCode::none) {
                logSecurity("admin.superadmin.refused", "Making or restoring a superadmin was refused",
                            {{"target", request->id.toString()},
                             {"reason", std::string{describe(outcome.refused).name}}});
                auto fault = refusalOf(outcome.refused);
                if (outcome.refused == ErrorCode::conflict) {
                  fault.message = "The account is neither active without the role nor a suspended superadmin";
                }
                return fail(promise, std::move(fault));
              }
              sessionsEnded(request->context, request->id, outcome.sessionsEnded);
              logAudit(outcome.granted ? "admin.superadmin.granted" : "admin.superadmin.asked",
                       outcome.granted ? "A superadmin was made or restored"
                                       : "A superadmin is to be made or restored",
                       {{"target", request->id.toString()}});
              wakeMail();
              deliverGrant(request->context, request->id, outcome.granted, promise);
            });
}

void UserAdministrationState::deliverGrant(const RequestContext& context, const Uuid& userId, bool granted,
                                           GrantPromise promise) {
  if (granted) {
    queryThen(context, UserKey{userId, {}, {}, {}}, promise,
              [promise](std::optional<AdminUser>& user) mutable {
                promise.deliver(GrantedSuperadmin{std::move(user), std::nullopt});
              });
    return;
  }
  queryThen(context, FindSuperadminGrants{now()}, promise,
            [userId, promise](std::vector<SuperadminGrant>& grants) mutable {
              const auto found =
                  std::find_if(grants.begin(), grants.end(),
                               [&](const SuperadminGrant& grant) { return grant.userId == userId; });
              promise.deliver(GrantedSuperadmin{
                  std::nullopt, found == grants.end() ? std::nullopt : std::optional{std::move(*found)}});
            });
}

caf::result<Done> UserAdministrationState::withdrawSuperadmin(WithdrawSuperadmin& request) {
  auto promise = self->make_response_promise<Done>();
  auto audit = auditOfCaller(request.context, "user.superadmin.withdraw", "user");
  audit.targetId = request.id.toString();
  queryThen(
      request.context,
      SuperadminWithdrawal{actorOf(request.context).value_or(Uuid{}), request.id, now(), std::move(audit)},
      promise, [promise](UserChangeOutcome& outcome) mutable {
        if (outcome.refused == ErrorCode::none) {
          promise.deliver(Done{});
        } else {
          fail(promise, refusalOf(outcome.refused));
        }
      });
  return promise;
}

caf::result<std::vector<SuperadminGrant>> UserAdministrationState::superadminGrants(
    ListSuperadminGrants& request) {
  return queryAnswer(request.context, FindSuperadminGrants{now()});
}

}  // namespace ks
