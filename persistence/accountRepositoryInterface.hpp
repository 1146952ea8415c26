#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "messages/account/accountRecords.hpp"
#include "messages/platform/storageMessages.hpp"

namespace ks {

/// Accounts, credentials, sessions, one-time tokens and the mail outbox.
///
/// Every operation is one SQL statement, hence one transaction, and may be repeated safely unless it says
/// otherwise. Calls only queue; StorageEngineInterface::flush() runs what is queued and calls each reply
/// exactly once. Belongs to one thread. Faults: `dependencyUnavailable` (no connection; nothing was done or
/// the outcome was looked up), `timeout`, `internal`.
class AccountRepositoryInterface {
 public:
  virtual ~AccountRepositoryInterface() = default;

  /// Makes a claim of the address, whatever the address's state: any number may wait for its proof, each with
  /// a password and a link of its own. The first that is proven is the account; it voids the others' links,
  /// and so does every other way in which an address comes to an account.
  virtual void registerAccount(RegisterAccount account, Reply<RegisterOutcome> reply) = 0;
  virtual void createAdministrator(CreateAdministrator administrator,
                                   Reply<CreateAdministratorOutcome> reply) = 0;
  /// By normalised e-mail address or user name; deleted accounts and blocked addresses are not found.
  virtual void findCredential(std::string identifier, Reply<FoundCredential> reply) = 0;
  virtual void verifyEmail(VerifyEmailToken token, Reply<VerifyEmailOutcome> reply) = 0;
  /// Does nothing when the address is unknown or already verified. Several claims: a link to choose a
  /// password.
  virtual void renewVerification(RenewVerification renewal, Reply<Done> reply) = 0;

  virtual void openSession(OpenSession opening, Reply<Done> reply) = 0;
  virtual void findSession(Uuid sessionId, Reply<std::optional<SessionRecord>> reply) = 0;
  /// true: the counter was advanced by one. false: it was not the expected one, or the session is over.
  virtual void advanceRefresh(AdvanceRefresh advance, Reply<bool> reply) = 0;
  /// The sessions that this call ended (those already over are not among them).
  virtual void revokeSessions(RevokeSessions revocation, Reply<std::vector<Uuid>> reply) = 0;
  /// The user's live sessions, newest first, at most 100.
  virtual void listSessions(Uuid userId, TimePoint now, Reply<std::vector<SessionRecord>> reply) = 0;

  virtual void changePassword(ChangePassword change, Reply<ChangePasswordOutcome> reply) = 0;
  /// Replaces a hash of older parameters; does nothing when `oldPhc` is no longer the stored one.
  virtual void upgradePasswordHash(Uuid userId, std::string oldPhc, std::string newPhc,
                                   Reply<Done> reply) = 0;

  /// Takes up to `limit` due mails and hides them from other claimers until `leaseUntil`.
  virtual void claimMails(int limit, TimePoint now, TimePoint leaseUntil,
                          Reply<std::vector<OutboxMail>> reply) = 0;
  virtual void markMailSent(Uuid mailId, TimePoint now, Reply<Done> reply) = 0;
  virtual void markMailFailed(Uuid mailId, TimePoint nextTryAt, std::string reason, Reply<Done> reply) = 0;
  /// Never to be tried again; its sealed values are wiped. Does nothing when it was sent or given up before.
  virtual void giveUpMail(Uuid mailId, std::string reason, AuditEvent audit, Reply<Done> reply) = 0;

  /// Signing keys that may still verify, the current one first.
  virtual void signingKeys(TimePoint now, Reply<std::vector<SigningKeyRecord>> reply) = 0;
  /// Stores `key` as the current one unless there is one; gives all keys as signingKeys() does.
  virtual void ensureSigningKey(SigningKeyRecord key, TimePoint now,
                                Reply<std::vector<SigningKeyRecord>> reply) = 0;

  virtual void insertHealthSnapshot(HealthSnapshot snapshot, Reply<Done> reply) = 0;
};

}  // namespace ks
