#include <algorithm>
#include <utility>

#include "actors/administration/userAdministrationActor.hpp"
#include "core/logging/logging.hpp"

namespace ks {
namespace {

const char* roleActionOf(RoleOperation operation) {
  return operation == RoleOperation::create   ? "role.create"
         : operation == RoleOperation::update ? "role.update"
                                              : "role.delete";
}

Fault roleRefusal(ErrorCode code) {
  auto fault = makeFault(code);
  if (code == ErrorCode::conflict) {
    fault.field = "name";
    fault.message = "a role of this name already exists";
  } else if (code == ErrorCode::notFound) {
    fault.code = ErrorCode::invalidFormat;
    fault.field = "permissions";
    fault.message = "there is no such permission";
  } else if (code == ErrorCode::permissionDenied) {
    fault.field = "permissions";
    fault.message = "you may neither grant nor revoke a permission that you do not have";
  }
  return audited(std::move(fault));  // by the statement that refused
}

}  // namespace

void UserAdministrationState::chosenSessionsEnded(const RequestContext& context,
                                                  const std::vector<EndedSession>& ended) {
  auto sorted = ended;
  std::sort(sorted.begin(), sorted.end(),
            [](const EndedSession& a, const EndedSession& b) { return a.userId < b.userId; });
  for (auto it = sorted.begin(); it != sorted.end();) {
    std::vector<Uuid> sessions;
    const auto userId = it->userId;
    for (; it != sorted.end() && it->userId == userId; ++it) {
      sessions.push_back(it->sessionId);
    }
    sessionsEnded(context, userId, sessions);
  }
}

caf::result<AdminSessionPage> UserAdministrationState::sessions(SearchSessions& request) {
  return queryAnswer(request.context, FindSessions{request, now()});
}

caf::result<EndSessionsAnswer> UserAdministrationState::endSessions(EndSessions& request) {
  auto promise = self->make_response_promise<EndSessionsAnswer>();
  EndChosenSessions choice{actorOf(request.context), std::move(request.choice), request.onlyCount, now(),
                           auditOfCaller(request.context, "sessions.revoke", "session")};
  queryThen(request.context, std::move(choice), promise,
            [this, context = request.context, promise](ChosenSessions& chosen) mutable {
              chosenSessionsEnded(context, chosen.ended);
              promise.deliver(EndSessionsAnswer{chosen.chosen, chosen.ended.size()});
            });
  return promise;
}

caf::result<RoleList> UserAdministrationState::roles(ListRoles& request) {
  return queryAnswer(request.context, FindRoles{});
}

caf::result<ChangedRole> UserAdministrationState::changeRole(ChangeRole& request) {
  auto promise = self->make_response_promise<ChangedRole>();
  RoleChange change;
  change.actor = actorOf(request.context);
  change.roleId = request.roleId.isNil() ? deps_.environment.uuids.next() : request.roleId;
  change.now = now();
  change.audit = auditOfCaller(request.context, roleActionOf(request.wish.operation), "role");
  change.audit.targetId = change.roleId.toString();
  change.wish = std::move(request.wish);
  const auto id = change.roleId;
  queryThen(
      request.context, std::move(change), promise,
      [this, context = request.context, id, promise](RoleChangeOutcome& outcome) mutable {
        if (outcome.refused != ErrorCode::none) {
          return fail(promise, roleRefusal(outcome.refused));
        }
        chosenSessionsEnded(context, outcome.ended);
        logAudit("admin.role.changed", "An administrator changed a role", {{"role", id.toString()}});
        queryThen(context, FindRoles{}, promise, [id, promise](RoleList& list) mutable {
          const auto found = std::find_if(list.roles.begin(), list.roles.end(),
                                          [&](const RoleRecord& role) { return role.id == id; });
          promise.deliver(ChangedRole{found == list.roles.end() ? std::nullopt : std::optional{*found}});
        });
      });
  return promise;
}

caf::result<AuditPage> UserAdministrationState::activity(AskUserActivity& request) {
  return queryAnswer(request.context, UserActivityQuery{request});
}

caf::result<UserStatistics> UserAdministrationState::statistics(AskUserStatistics& request) {
  return queryAnswer(request.context, request.query);
}

}  // namespace ks
