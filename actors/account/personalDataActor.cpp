#include "actors/account/personalDataActor.hpp"

#include <utility>

#include "actors/runtime/sealContexts.hpp"
#include "core/logging/logging.hpp"
#include "core/text/mailPayload.hpp"
#include "core/text/timeText.hpp"

namespace ks {

PersonalDataState::PersonalDataState(PersonalDataActor::pointer selfPointer,
                                     std::shared_ptr<ActorProbe> probe, AuthDependencies dependencies,
                                     PersonalDataPolicy policy)
    : LoginGuard(selfPointer, std::move(probe), std::move(dependencies)), policy_(policy) {}

PersonalDataActor::behavior_type PersonalDataState::make_behavior() {
  compat::tellAfter(self, policy_.tick, PersonalDataActor{self}, TickAtom_v);
  return {
      guardedOfCaller(this, probe_, &PersonalDataState::ownActivity),
      guardedOfCaller(this, probe_, &PersonalDataState::orderExport),
      guardedOfCaller(this, probe_, &PersonalDataState::fetchExport),
      guardedOfCaller(this, probe_, &PersonalDataState::deleteAccount),
      guarded(self, probe_,
              [this](TickAtom) {
                compat::tellAfter(self, policy_.tick, PersonalDataActor{self}, TickAtom_v);
                makeCopies();
                tellCancelled();
                tellEndedKeys();
                deleteDueAccounts();
              }),
  };
}

caf::result<OwnActivityPage> PersonalDataState::ownActivity(OwnActivityRequest& request) {
  return storeAnswer(request.context,
                     OwnActivityQuery{request.context.principal->userId, request.limit, request.cursor});
}

caf::result<DataExport> PersonalDataState::orderExport(OrderExportRequest& request) {
  OrderDataExport order;
  order.id = deps_.environment.uuids.next();
  order.userId = request.context.principal->userId;
  order.now = now();
  order.expiresAt = order.now + policy_.exportLife;
  order.replacesBefore = order.now - policy_.exportAgain;
  order.audit = eventOf(request.context, "auth.export.order", order.userId);
  auto promise = self->make_response_promise<DataExport>();
  storeThen(request.context, std::move(order), promise, [this, promise](DataExport& job) mutable {
    logAudit("auth.export.ordered", "A user ordered a copy of the own data", {{"job_id", job.id.toString()}});
    promise.deliver(job);
    makeCopies();
  });
  return promise;
}

caf::result<FetchedExport> PersonalDataState::fetchExport(FetchExportRequest& request) {
  auto promise = self->make_response_promise<FetchedExport>();
  storeThen(request.context, FindDataExport{request.id, request.context.principal->userId, now()}, promise,
            [this, context = request.context, promise](std::optional<FoundDataExport>& found) mutable {
              if (!found) {
                return fail(promise, ErrorCode::jobNotFound);
              }
              if (found->contentSealed.empty()) {
                promise.deliver(FetchedExport{found->job, {}});
                return;
              }
              auto content =
                  deps_.crypto->cipher.open(found->contentSealed, exportContentContext(found->job.id));
              if (!content.ok()) {
                return fail(promise, std::move(content.fault()));
              }
              if (recorded(eventOf(context, "auth.export.fetch", context.principal->userId), promise)) {
                promise.deliver(FetchedExport{found->job, std::move(content.value())});
              }
            });
  return promise;
}

caf::result<DeletionScheduled> PersonalDataState::deleteAccount(DeleteAccountRequest& request) {
  auto promise = self->make_response_promise<DeletionScheduled>();
  const auto context = request.context;
  ownPasswordThen(context, "auth.account.delete", request.password, promise,
                  [this, context, promise](const CredentialRecord& own) mutable {
                    scheduleDeletion(context, own.user, promise);
                  });
  return promise;
}

void PersonalDataState::scheduleDeletion(const RequestContext& context, const UserRecord& user,
                                         caf::typed_response_promise<DeletionScheduled> promise) {
  ScheduleDeletion deletion;
  deletion.userId = user.id;
  deletion.now = now();
  deletion.dueAt = deletion.now + policy_.deletionGrace;
  auto notice = composeMail("accountDeletionScheduled", user.locale, user.email, formatTime(deletion.dueAt));
  if (!notice.ok()) {
    return fail(promise, std::move(notice.fault()));
  }
  deletion.notice = std::move(notice.value());
  deletion.audit = eventOf(context, "auth.account.delete", user.id);
  deletion.audit.after = {{"deletes_at", formatTime(deletion.dueAt)}};
  const auto userId = deletion.userId;
  const auto dueAt = deletion.dueAt;
  storeThen(context, std::move(deletion), promise,
            [this, context, userId, dueAt, promise](ScheduledDeletion& scheduled) mutable {
              if (scheduled.outcome == ScheduleDeletionOutcome::scheduled) {
                sessionsEnded(context, userId, scheduled.endedSessions);
                wakeMail();
                logAudit(
                    "auth.account.deletionScheduled", "A user requested the deletion of the account",
                    {{"user_id", userId.toString()}, {"sessions_ended", scheduled.endedSessions.size()}});
                promise.deliver(DeletionScheduled{dueAt});
                return;
              }
              auto event = eventOf(context, "auth.account.delete", userId);
              const bool lastAdmin = scheduled.outcome == ScheduleDeletionOutcome::lastAdmin;
              event.outcome = AuditOutcome::deny;
              event.reason = lastAdmin ? "last_admin" : "gone";
              fail(promise, refusal(makeFault(lastAdmin ? ErrorCode::lastAdmin : ErrorCode::userNotFound),
                                    std::move(event)));
            });
}

void PersonalDataState::makeCopies() {
  if (copying_) {
    return;
  }
  copying_ = true;
  storeOwn(
      self, deps_.policy->storageTimeout, deps_.storage, ClaimDataExport{now(), now() + policy_.exportLease},
      [this](std::optional<ClaimedDataExport>& claimed) {
        copying_ = false;
        if (claimed) {
          finishCopy(*claimed);
          makeCopies();
        }
      },
      [this](const Fault& fault) {
        copying_ = false;
        probe_->noteError(fault.detail);
      });
}

void PersonalDataState::finishCopy(const ClaimedDataExport& claimed) {
  auto content = deps_.crypto->cipher.seal(claimed.content.reveal(), exportContentContext(claimed.id));
  auto notice = composeMail("dataExportReady", claimed.locale, claimed.email, {});
  if (!content.ok() || !notice.ok()) {
    logFault("auth.export.notSealed", "A copy of a user's data could not be sealed",
             content.ok() ? notice.fault() : content.fault(), {{"job_id", claimed.id.toString()}});
    return;
  }
  storeOwn(
      self, deps_.policy->storageTimeout, deps_.storage,
      FinishDataExport{claimed.id, std::move(content.value()), now(), now() + policy_.exportLife,
                       std::move(notice.value())},
      [this](Done&) { wakeMail(); }, [this](const Fault& fault) { probe_->noteError(fault.detail); });
}

void PersonalDataState::tellCancelled() {
  storeOwn(
      self, deps_.policy->storageTimeout, deps_.storage, ListCancelledDeletions{},
      [this](std::vector<CancelledDeletion>& accounts) {
        for (const auto& account : accounts) {
          auto notice = composeMail("accountDeletionCancelled", account.locale, account.email, {});
          if (!notice.ok()) {
            probe_->noteError(notice.fault().detail);
            continue;
          }
          storeOwn(
              self, deps_.policy->storageTimeout, deps_.storage,
              NoteCancelledDeletion{account.userId, std::move(notice.value()), now(),
                                    eventOf({}, "auth.account.deletionCancelled", account.userId)},
              [this](Done&) { wakeMail(); }, [this](const Fault& fault) { probe_->noteError(fault.detail); });
        }
      },
      [this](const Fault& fault) { probe_->noteError(fault.detail); });
}

void PersonalDataState::tellEndedKeys() {
  storeOwn(
      self, deps_.policy->storageTimeout, deps_.storage, ListEndedApiKeys{},
      [this](std::vector<EndedApiKeys>& users) {
        for (const auto& user : users) {
          std::string names;
          for (const auto& name : user.names) {
            names += (names.empty() ? "" : ", ") + name;
          }
          auto notice =
              composeMail("apiKeysEnded", user.locale, user.email, mailPayload({{"keys", std::move(names)}}));
          if (!notice.ok()) {
            probe_->noteError(notice.fault().detail);
            continue;
          }
          storeOwn(
              self, deps_.policy->storageTimeout, deps_.storage,
              NoteEndedApiKeys{user.ids, std::move(notice.value()), now()}, [this](Done&) { wakeMail(); },
              [this](const Fault& fault) { probe_->noteError(fault.detail); });
        }
      },
      [this](const Fault& fault) { probe_->noteError(fault.detail); });
}

void PersonalDataState::deleteDueAccounts() {
  if (deleting_) {
    return;
  }
  deleting_ = true;
  auto event = auditOf(deps_.environment, {}, "auth.account.deleted");
  event.actorType = "system";
  event.targetType = "user";
  storeOwn(
      self, deps_.policy->storageTimeout, deps_.storage, DeleteDueAccount{now(), std::move(event)},
      [this](std::optional<DeletedAccount>& account) {
        deleting_ = false;
        if (account) {
          logAudit(account->deleted ? "auth.account.deleted" : "auth.account.deletionCalledOff",
                   account->deleted ? "An account was deleted" : "The last superadmin is not deleted",
                   {{"user_id", account->userId.toString()}});
          deleteDueAccounts();
        }
      },
      [this](const Fault& fault) {
        deleting_ = false;
        probe_->noteError(fault.detail);
      });
}

AuditEvent PersonalDataState::eventOf(const RequestContext& context, const char* action,
                                      const Uuid& userId) const {
  return auditOfUser(deps_.environment, context, action, userId);
}

}  // namespace ks
