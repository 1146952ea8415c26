#include "actors/storageActor.hpp"

#include <utility>

namespace ks {

StorageState::StorageState(StorageActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                           const StorageEngineFactory& makeEngine)
    : StorageStateBase(selfPointer, std::move(probe), makeEngine()) {}

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
        e.accounts().verifyEmail(std::move(op), reply);
      }),
      handler<RenewVerification, Done>([](Engine& e, RenewVerification& op, auto reply) {
        e.accounts().renewVerification(std::move(op), reply);
      }),
      handler<OpenSession, Done>(
          [](Engine& e, OpenSession& op, auto reply) { e.accounts().openSession(std::move(op), reply); }),
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
      flushHandler(),
  };
}

}  // namespace ks
