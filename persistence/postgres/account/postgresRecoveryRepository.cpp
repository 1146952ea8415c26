#include "persistence/postgres/account/postgresRecoveryRepository.hpp"

#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/account/recoveryStatements.hpp"
#include "persistence/sql/postgresPipeline.hpp"
#include "persistence/sql/repositorySteps.hpp"
#include "persistence/sql/sqlFault.hpp"

namespace ks {

void PostgresRecoveryRepository::requestReset(RequestReset reset, Reply<Done> reply) {
  const auto& statement = recoveryStatements::kRequestReset;
  SqlParameters parameters;
  parameters.text(reset.email).uuid(reset.tokenId).bytea(reset.tokenHash).time(reset.expires).time(reset.now);
  addMail(parameters, reset.mail).jsonbOrNull(formatAuditJson(reset.audit));
  pipeline_.enqueue(statement, std::move(parameters), decodeDone(statement, std::move(reply)));
}

void PostgresRecoveryRepository::findTokenOwner(TokenQuestion question, Reply<TokenOwner> reply) {
  const auto& statement = recoveryStatements::kFindTokenOwner;
  pipeline_.enqueue(
      statement,
      std::move(
          SqlParameters().byteaArray(question.possibleHashes).text(question.purpose).time(question.now)),
      decodeRows<TokenOwner>(statement.name, std::move(reply), [](const SqlRows& rows) {
        if (rows.empty()) {
          return TokenOwner{};
        }
        return rows.row(0).boolean(accountRows::kUserColumns)
                   ? TokenOwner{LinkState::expired, std::nullopt}
                   : TokenOwner{LinkState::good, accountRows::readUser(rows.row(0)),
                                rows.row(0).boolean(accountRows::kUserColumns + 1)};
      }));
}

void PostgresRecoveryRepository::resetPassword(ResetPassword reset, Reply<ResetOutcome> reply) {
  const auto& statement = recoveryStatements::kResetPassword;
  SqlParameters parameters;
  parameters.byteaArray(reset.possibleHashes).uuid(reset.callId).text(reset.passwordPhc).time(reset.now);
  addMail(parameters, reset.notice).jsonbOrNull(formatAuditJson(reset.audit)).boolean(reset.keepKeys);
  auto decoded = decodeRows<ResetOutcome>(statement.name, reply, [](const SqlRows& rows) {
    ResetOutcome outcome;
    outcome.state = static_cast<LinkState>(rows.row(0).int64(0));
    outcome.userId = rows.row(0).optionalUuid(1).value_or(Uuid{});
    outcome.ended = readIds(rows, 2);
    outcome.factorsTaken = static_cast<int>(rows.row(0).int64(3));
    return outcome;
  });
  pipeline_.enqueue(statement, std::move(parameters),
                    [reply = std::move(reply), decoded = std::move(decoded)](Result<SqlRows> rows) {
                      // A claim whose address has come to another account meanwhile.
                      if (!rows.ok() && isUniqueViolation(rows.fault(), "users_email_live")) {
                        reply(ResetOutcome{});
                      } else {
                        decoded(std::move(rows));
                      }
                    });
}

void PostgresRecoveryRepository::findOwnCredential(Uuid userId,
                                                   Reply<std::optional<CredentialRecord>> reply) {
  const auto& statement = recoveryStatements::kFindOwnCredential;
  pipeline_.enqueue(
      statement, std::move(SqlParameters().uuid(userId)),
      decodeRows<std::optional<CredentialRecord>>(statement.name, std::move(reply), [](const SqlRows& rows) {
        std::optional<CredentialRecord> found;
        if (!rows.empty()) {
          found = CredentialRecord{accountRows::readUser(rows.row(0)),
                                   std::string(rows.row(0).text(accountRows::kUserColumns))};
        }
        return found;
      }));
}

void PostgresRecoveryRepository::updateProfile(UpdateProfile update, Reply<ProfileOutcome> reply) {
  const auto& statement = recoveryStatements::kUpdateProfile;
  SqlParameters parameters;
  parameters.uuid(update.userId)
      .optionalInt8(update.expectedVersion)
      .optionalText(update.displayName)
      .optionalText(update.locale)
      .optionalText(update.username)
      .jsonbOrNull(update.metadata.value_or(std::string{}))
      .time(update.now)
      .jsonbOrNull(formatAuditJson(update.audit));
  auto decoded = decodeRows<ProfileOutcome>(statement.name, reply, [](const SqlRows& rows) {
    ProfileOutcome outcome;
    if (!rows.empty()) {
      outcome = {ProfileOutcome::State::updated, accountRows::readUser(rows.row(0))};
    }
    return outcome;
  });
  pipeline_.enqueue(statement, std::move(parameters),
                    [reply = std::move(reply), decoded = std::move(decoded)](Result<SqlRows> rows) {
                      if (!rows.ok() && isUniqueViolation(rows.fault(), "users_username_live")) {
                        reply(ProfileOutcome{ProfileOutcome::State::usernameTaken, std::nullopt});
                      } else {
                        decoded(std::move(rows));
                      }
                    });
}

}  // namespace ks
