#include "actors/storageActor.hpp"

#include <utility>

#include "actors/guarded.hpp"
#include "persistence/monitoringRepositoryInterface.hpp"

namespace ks {

StorageState::StorageState(StorageActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                           const StorageEngineFactory& makeEngine)
    : self(selfPointer), probe_(std::move(probe)), engine_(makeEngine()) {}

template <class Operation, class Out, class Call>
auto StorageState::handler(Call call) {
  return guarded(self, probe_, [this, call](StorageCall<Operation>& message) -> caf::result<Out> {
    auto promise = self->template make_response_promise<Out>();
    call(*engine_, message.operation, [promise](Result<Out> result) mutable {
      if (result.ok()) {
        promise.deliver(std::move(result.value()));
      } else {
        promise.deliver(toCafError(std::move(result.fault())));
      }
    });
    scheduleFlush();
    return promise;
  });
}

template <class Query, class Out>
auto StorageState::query(void (MonitoringRepositoryInterface::*ask)(Query, Reply<Out>)) {
  return handler<Query, Out>([ask](StorageEngineInterface& engine, Query& op, auto reply) {
    if (auto* monitoring = engine.monitoring()) {
      (monitoring->*ask)(std::move(op), reply);
    } else {
      reply(Result<Out>{makeFault(ErrorCode::dependencyUnavailable, "this storage keeps no traffic")});
    }
  });
}

void StorageState::scheduleFlush() {
  if (!flushScheduled_) {
    flushScheduled_ = true;
    compat::tell(self, StorageActor{self}, FlushAtom_v);
  }
}

StorageActor::behavior_type StorageState::make_behavior() {
  using Engine = StorageEngineInterface;
  return {
      handler<RegisterAccount, RegisterOutcome>([](Engine& e, RegisterAccount& op, auto reply) {
        e.accounts().registerAccount(std::move(op), reply);
      }),
      handler<CreateAdministrator, CreateAdministratorOutcome>(
          [](Engine& e, CreateAdministrator& op, auto reply) {
            e.accounts().createAdministrator(std::move(op), reply);
          }),
      handler<FindCredential, std::optional<CredentialRecord>>([](Engine& e, FindCredential& op, auto reply) {
        e.accounts().findCredential(std::move(op.identifier), reply);
      }),
      handler<VerifyEmailToken, VerifyEmailOutcome>([](Engine& e, VerifyEmailToken& op, auto reply) {
        e.accounts().verifyEmail(std::move(op.tokenHash), op.now, reply);
      }),
      handler<RenewVerification, Done>([](Engine& e, RenewVerification& op, auto reply) {
        e.accounts().renewVerification(std::move(op), reply);
      }),
      handler<NewSession, Done>(
          [](Engine& e, NewSession& op, auto reply) { e.accounts().openSession(std::move(op), reply); }),
      handler<FindSession, std::optional<SessionRecord>>(
          [](Engine& e, FindSession& op, auto reply) { e.accounts().findSession(op.sessionId, reply); }),
      handler<AdvanceRefresh, bool>([](Engine& e, AdvanceRefresh& op, auto reply) {
        e.accounts().advanceRefresh(std::move(op), reply);
      }),
      handler<RevokeSessions, std::vector<Uuid>>([](Engine& e, RevokeSessions& op, auto reply) {
        e.accounts().revokeSessions(std::move(op), reply);
      }),
      handler<ListSessions, std::vector<SessionRecord>>([](Engine& e, ListSessions& op, auto reply) {
        e.accounts().listSessions(op.userId, op.now, reply);
      }),
      handler<ChangePassword, ChangePasswordOutcome>([](Engine& e, ChangePassword& op, auto reply) {
        e.accounts().changePassword(std::move(op), reply);
      }),
      handler<UpgradePasswordHash, Done>([](Engine& e, UpgradePasswordHash& op, auto reply) {
        e.accounts().upgradePasswordHash(op.userId, std::move(op.oldPhc), std::move(op.newPhc), reply);
      }),
      handler<ClaimMails, std::vector<OutboxMail>>([](Engine& e, ClaimMails& op, auto reply) {
        e.accounts().claimMails(op.limit, op.now, op.leaseUntil, reply);
      }),
      handler<MarkMailSent, Done>([](Engine& e, MarkMailSent& op, auto reply) {
        e.accounts().markMailSent(op.mailId, op.now, reply);
      }),
      handler<MarkMailFailed, Done>([](Engine& e, MarkMailFailed& op, auto reply) {
        e.accounts().markMailFailed(op.mailId, op.nextTryAt, std::move(op.reason), reply);
      }),
      handler<FindSigningKeys, std::vector<SigningKeyRecord>>(
          [](Engine& e, FindSigningKeys& op, auto reply) { e.accounts().signingKeys(op.now, reply); }),
      handler<EnsureSigningKey, std::vector<SigningKeyRecord>>(
          [](Engine& e, EnsureSigningKey& op, auto reply) {
            e.accounts().ensureSigningKey(std::move(op.key), op.now, reply);
          }),
      handler<HealthSnapshot, Done>([](Engine& e, HealthSnapshot& op, auto reply) {
        e.accounts().insertHealthSnapshot(std::move(op), reply);
      }),
      handler<PingStorage, Done>([](Engine& e, const PingStorage&, auto reply) { e.ping(reply); }),
      query<DashboardSummaryQuery, DashboardSummary>(&MonitoringRepositoryInterface::dashboardSummary),
      query<TimeseriesQuery, Timeseries>(&MonitoringRepositoryInterface::timeseries),
      query<HourlyQuery, HourlyPage>(&MonitoringRepositoryInterface::hourly),
      query<CurrentHealthQuery, CurrentHealth>(&MonitoringRepositoryInterface::currentHealth),
      query<CollectorQuery, CollectorStatus>(&MonitoringRepositoryInterface::collectorStatus),
      guarded(self, probe_,
              [this](FlushAtom) {
                flushScheduled_ = false;
                engine_->flush();
                const auto status = engine_->status();
                if (!status.lastError.empty()) {
                  probe_->noteError(status.lastError);
                }
              }),
  };
}

}  // namespace ks
