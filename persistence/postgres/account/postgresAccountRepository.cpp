#include "persistence/postgres/account/postgresAccountRepository.hpp"

#include <algorithm>
#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/account/accountStatements.hpp"
#include "persistence/sql/postgresPipeline.hpp"
#include "persistence/sql/repositorySteps.hpp"
#include "persistence/sql/sqlFault.hpp"

namespace ks {

using namespace accountRows;
namespace statements = accountStatements;

namespace {

std::vector<SigningKeyRecord> readKeys(const SqlRows& rows) {
  return readAll<SigningKeyRecord>(rows, readSigningKey);
}

std::vector<SessionRecord> readSessions(const SqlRows& rows) {
  return readAll<SessionRecord>(rows, readSession);
}

std::string_view upOrDown(bool up) { return up ? "up" : "down"; }

}  // namespace

void PostgresAccountRepository::registerAccount(RegisterAccount account, Reply<RegisterOutcome> reply) {
  SqlParameters parameters;
  parameters.uuid(account.userId)
      .text(account.email)
      .textOrNull(account.username)
      .textOrNull(account.displayName)
      .text(account.locale)
      .text(account.passwordPhc)
      .bytea(account.verifyTokenHash)
      .uuid(account.verifyTokenId)
      .time(account.verifyTokenExpires)
      .time(account.now);
  addMail(addMail(parameters, account.verifyMail), account.takenMail)
      .jsonbOrNull(formatAuditJson(account.audit))
      .boolean(account.silent);
  auto decoded = decodeRows<RegisterOutcome>(statements::kRegister.name, reply, [](const SqlRows& rows) {
    return static_cast<RegisterOutcome>(rows.row(0).int64(0));
  });
  pipeline_.enqueue(statements::kRegister, std::move(parameters),
                    [reply = std::move(reply), decoded = std::move(decoded)](Result<SqlRows> rows) {
                      // Two registrations of one name at the same instant: the second meets the index.
                      if (!rows.ok() && isUniqueViolation(rows.fault(), "users_username_live")) {
                        reply(RegisterOutcome::usernameTaken);
                      } else {
                        decoded(std::move(rows));
                      }
                    });
}

void PostgresAccountRepository::createAdministrator(CreateAdministrator administrator,
                                                    Reply<CreateAdministratorOutcome> reply) {
  SqlParameters parameters;
  parameters.uuid(administrator.userId)
      .text(administrator.email)
      .text(administrator.passwordPhc)
      .text(administrator.role)
      .boolean(administrator.onlyIfNone)
      .time(administrator.now)
      .jsonbOrNull(formatAuditJson(administrator.audit));
  pipeline_.enqueue(
      statements::kCreateAdministrator, std::move(parameters),
      decodeRows<CreateAdministratorOutcome>(
          statements::kCreateAdministrator.name, std::move(reply),
          [role = administrator.role](const SqlRows& rows) -> Result<CreateAdministratorOutcome> {
            switch (rows.row(0).int64(0)) {
              case 0:
                return CreateAdministratorOutcome::created;
              case 1:
                return CreateAdministratorOutcome::exists;
              case 2:
                return CreateAdministratorOutcome::emailTaken;
              default:
                return makeFault(ErrorCode::notFound, "there is no role " + role);
            }
          }));
}

void PostgresAccountRepository::findCredential(std::string identifier, Reply<FoundCredential> reply) {
  pipeline_.enqueue(
      statements::kFindCredential, std::move(SqlParameters().text(identifier)),
      decodeRows<FoundCredential>(
          statements::kFindCredential.name, std::move(reply), [](const SqlRows& rows) {
            FoundCredential found;
            const auto row = rows.row(0);
            if (!row.isNull(0)) {
              found.account = CredentialRecord{readUser(row), std::string(row.text(kUserColumns))};
            }
            found.claimPhc = row.text(kUserColumns + 1);
            return found;
          }));
}

void PostgresAccountRepository::verifyEmail(VerifyEmailToken token, Reply<VerifyEmailOutcome> reply) {
  SqlParameters parameters;
  parameters.byteaArray(token.possibleHashes)
      .time(token.now)
      .jsonbOrNull(formatAuditJson(token.audit))
      .uuid(token.audit.id);
  auto decoded = decodeRows<VerifyEmailOutcome>(
      statements::kVerifyEmail.name, reply,
      [](const SqlRows& rows) { return static_cast<VerifyEmailOutcome>(rows.row(0).int64(0)); });
  pipeline_.enqueue(statements::kVerifyEmail, std::move(parameters),
                    [reply = std::move(reply), decoded = std::move(decoded)](Result<SqlRows> rows) {
                      // Two claims proven at the same instant: the second comes too late.
                      if (!rows.ok() && isUniqueViolation(rows.fault(), "users_email_live")) {
                        reply(VerifyEmailOutcome::invalid);
                      } else {
                        decoded(std::move(rows));
                      }
                    });
}

void PostgresAccountRepository::renewVerification(RenewVerification renewal, Reply<Done> reply) {
  SqlParameters parameters;
  parameters.text(renewal.email)
      .uuid(renewal.tokenId)
      .bytea(renewal.tokenHash)
      .time(renewal.expires)
      .time(renewal.now);
  addMail(parameters, renewal.mail).uuid(renewal.resetId).bytea(renewal.resetHash).time(renewal.resetExpires);
  addMail(parameters, renewal.resetMail);
  pipeline_.enqueue(statements::kRenewVerification, std::move(parameters),
                    decodeDone(statements::kRenewVerification, std::move(reply)));
}

void PostgresAccountRepository::openSession(OpenSession opening, Reply<Done> reply) {
  SqlParameters parameters;
  addSession(parameters, opening.session)
      .jsonbOrNull(formatAuditJson(opening.audit))
      .int8(opening.sessionEpoch);
  pipeline_.enqueue(statements::kOpenSession, std::move(parameters),
                    decodeRows<Done>(statements::kOpenSession.name, std::move(reply),
                                     [](const SqlRows& rows) -> Result<Done> {
                                       if (rows.empty()) {
                                         return makeFault(ErrorCode::invalidCredentials,
                                                          "no active account of this epoch");
                                       }
                                       return Done{};
                                     }));
}

void PostgresAccountRepository::findSession(Uuid sessionId, Reply<std::optional<SessionRecord>> reply) {
  pipeline_.enqueue(statements::kFindSession, std::move(SqlParameters().uuid(sessionId)),
                    decodeRows<std::optional<SessionRecord>>(
                        statements::kFindSession.name, std::move(reply), [](const SqlRows& rows) {
                          return rows.empty() ? std::nullopt
                                              : std::optional<SessionRecord>(readSession(rows.row(0)));
                        }));
}

void PostgresAccountRepository::advanceRefresh(AdvanceRefresh advance, Reply<bool> reply) {
  SqlParameters parameters;
  parameters.uuid(advance.sessionId)
      .int8(advance.expectedCounter)
      .time(advance.now)
      .time(advance.idleExpiresAt)
      .inetOrNull(advance.ip)
      .textOrNull(advance.userAgent);
  pipeline_.enqueue(statements::kAdvanceRefresh, std::move(parameters),
                    decodeRows<bool>(statements::kAdvanceRefresh.name, std::move(reply),
                                     [](const SqlRows& rows) { return !rows.empty(); }));
}

void PostgresAccountRepository::revokeSessions(RevokeSessions revocation, Reply<std::vector<Uuid>> reply) {
  SqlParameters parameters;
  parameters.uuid(revocation.userId)
      .optionalUuid(revocation.only)
      .optionalUuid(revocation.except)
      .time(revocation.now)
      .text(revocation.reason)
      .jsonbOrNull(formatAuditJson(revocation.audit))
      .boolean(revocation.keepKeys);
  pipeline_.enqueue(statements::kRevokeSessions, std::move(parameters),
                    decodeRows<std::vector<Uuid>>(statements::kRevokeSessions.name, std::move(reply),
                                                  [](const SqlRows& rows) {
                                                    auto ids = readIds(rows);
                                                    std::sort(ids.begin(), ids.end());
                                                    return ids;
                                                  }));
}

void PostgresAccountRepository::listSessions(Uuid userId, TimePoint now,
                                             Reply<std::vector<SessionRecord>> reply) {
  pipeline_.enqueue(
      statements::kListSessions, std::move(SqlParameters().uuid(userId).time(now)),
      decodeRows<std::vector<SessionRecord>>(statements::kListSessions.name, std::move(reply), readSessions));
}

void PostgresAccountRepository::changePassword(ChangePassword change, Reply<ChangePasswordOutcome> reply) {
  SqlParameters parameters;
  parameters.uuid(change.userId)
      .text(change.passwordPhc)
      .text(change.expectedPhc)
      .optionalUuid(change.exceptSession)
      .time(change.now);
  addMail(parameters, change.notice)
      .jsonbOrNull(formatAuditJson(change.audit))
      .boolean(change.endSessions)
      .boolean(change.keepKeys);
  pipeline_.enqueue(statements::kChangePassword, std::move(parameters),
                    decodeRows<ChangePasswordOutcome>(
                        statements::kChangePassword.name, std::move(reply), [](const SqlRows& rows) {
                          return rows.empty() ? ChangePasswordOutcome()
                                              : ChangePasswordOutcome(readIds(rows));
                        }));
}

void PostgresAccountRepository::upgradePasswordHash(Uuid userId, std::string oldPhc, std::string newPhc,
                                                    Reply<Done> reply) {
  pipeline_.enqueue(statements::kUpgradePasswordHash,
                    std::move(SqlParameters().uuid(userId).text(oldPhc).text(newPhc)),
                    decodeDone(statements::kUpgradePasswordHash, std::move(reply)));
}

void PostgresAccountRepository::claimMails(int limit, TimePoint now, TimePoint leaseUntil,
                                           Reply<std::vector<OutboxMail>> reply) {
  pipeline_.enqueue(statements::kClaimMails,
                    std::move(SqlParameters().int8(limit).time(now).time(leaseUntil)),
                    decodeRows<std::vector<OutboxMail>>(
                        statements::kClaimMails.name, std::move(reply),
                        [](const SqlRows& rows) { return readAll<OutboxMail>(rows, readMail); }));
}

void PostgresAccountRepository::markMailSent(Uuid mailId, TimePoint now, Reply<Done> reply) {
  pipeline_.enqueue(statements::kMarkMailSent, std::move(SqlParameters().uuid(mailId).time(now)),
                    decodeDone(statements::kMarkMailSent, std::move(reply)));
}

void PostgresAccountRepository::markMailFailed(Uuid mailId, TimePoint nextTryAt, std::string reason,
                                               Reply<Done> reply) {
  pipeline_.enqueue(statements::kMarkMailFailed,
                    std::move(SqlParameters().uuid(mailId).time(nextTryAt).text(reason)),
                    decodeDone(statements::kMarkMailFailed, std::move(reply)));
}

void PostgresAccountRepository::giveUpMail(Uuid mailId, std::string reason, AuditEvent audit,
                                           Reply<Done> reply) {
  pipeline_.enqueue(statements::kGiveUpMail,
                    std::move(SqlParameters().uuid(mailId).text(reason).jsonbOrNull(formatAuditJson(audit))),
                    decodeDone(statements::kGiveUpMail, std::move(reply)));
}

void PostgresAccountRepository::signingKeys(TimePoint now, Reply<std::vector<SigningKeyRecord>> reply) {
  pipeline_.enqueue(
      statements::kSigningKeys, std::move(SqlParameters().time(now)),
      decodeRows<std::vector<SigningKeyRecord>>(statements::kSigningKeys.name, std::move(reply), readKeys));
}

void PostgresAccountRepository::ensureSigningKey(SigningKeyRecord key, TimePoint now,
                                                 Reply<std::vector<SigningKeyRecord>> reply) {
  SqlParameters parameters;
  parameters.text(key.keyId)
      .bytea(key.publicKey)
      .bytea(key.privateSealed)
      .time(key.notBefore)
      .optionalTime(key.retireAt)
      .time(now);
  pipeline_.enqueue(statements::kEnsureSigningKey, std::move(parameters),
                    decodeRows<std::vector<SigningKeyRecord>>(statements::kEnsureSigningKey.name,
                                                              std::move(reply), readKeys));
}

void PostgresAccountRepository::insertHealthSnapshot(HealthSnapshot snapshot, Reply<Done> reply) {
  SqlParameters parameters;
  parameters.uuid(snapshot.id)
      .time(snapshot.at)
      .text(snapshot.process)
      .text(upOrDown(snapshot.databaseUp))
      .float8(snapshot.databaseLatencyMs)
      .text(upOrDown(snapshot.redisUp))
      .float8(snapshot.redisLatencyMs)
      .text(upOrDown(snapshot.cryptoUp))
      .float8(snapshot.cryptoLatencyMs);
  pipeline_.enqueue(statements::kInsertHealthSnapshot, std::move(parameters),
                    decodeDone(statements::kInsertHealthSnapshot, std::move(reply)));
}

}  // namespace ks
