#include "persistence/postgres/account/postgresFactorRepository.hpp"

#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/account/accountRows.hpp"
#include "persistence/postgres/account/factorStatements.hpp"
#include "persistence/sql/postgresPipeline.hpp"
#include "persistence/sql/repositorySteps.hpp"
#include "persistence/sql/sqlFault.hpp"

namespace ks {

namespace factorSql = factorStatements;

namespace {

/// KS_FACTOR_COLUMNS from `column` on.
FactorRecord readFactor(const SqlRow& row, int column) {
  FactorRecord factor;
  factor.id = row.uuid(column++);
  factor.userId = row.uuid(column++);
  factor.active = row.boolean(column++);
  factor.name = row.textOrEmpty(column++);
  factor.secretSealed = row.byteaOrEmpty(column++);
  factor.lastUsedStep = row.int64(column++);
  factor.lastUsedAt = row.optionalTime(column++);
  factor.createdAt = row.time(column++);
  return factor;
}

constexpr int kFactorColumns = 8;

AttemptRecord readAttempt(const SqlRows& rows) {
  AttemptRecord record;
  if (rows.empty()) {
    return record;
  }
  const SqlRow row = rows.row(0);
  int column = accountRows::kUserColumns;
  if (row.isNull(column)) {
    const bool usedUp = row.boolean(column + 3 + kFactorColumns);
    record.outcome = usedUp ? AttemptOutcome::challengeUsedUp : AttemptOutcome::noChallenge;
    return record;
  }
  record.outcome = AttemptOutcome::counted;
  record.user = accountRows::readUser(row);
  record.challengeId = row.uuid(column++);
  record.payloadSealed = row.byteaOrEmpty(column++);
  record.recoveryCodesLeft = static_cast<int>(row.int64(column++));
  if (!row.isNull(column)) {
    record.factor = readFactor(row, column);
  }
  return record;
}

ProofOutcome readProofOutcome(const SqlRows& rows) { return static_cast<ProofOutcome>(rows.row(0).int64(0)); }

SqlParameters& addProof(SqlParameters& parameters, const FactorProof& proof) {
  parameters.optionalUuid(proof.factorId);
  return parameters.int8(proof.step);
}

int readCount(const SqlRows& rows) { return static_cast<int>(rows.row(0).int64(0)); }

bool readBoolean(const SqlRows& rows) { return rows.row(0).boolean(0); }

}  // namespace

void PostgresFactorRepository::openChallenge(NewChallenge challenge, Reply<int> reply) {
  SqlParameters parameters;
  parameters.uuid(challenge.id)
      .uuid(challenge.userId)
      .bytea(challenge.tokenHash)
      .bytea(challenge.payloadSealed)
      .time(challenge.now)
      .time(challenge.expires)
      .jsonbOrNull(formatAuditJson(challenge.audit))
      .int8(challenge.sessionEpoch);
  pipeline_.enqueue(factorSql::kOpenChallenge, std::move(parameters),
                    decodeRows<int>(factorSql::kOpenChallenge.name, std::move(reply), readCount));
}

void PostgresFactorRepository::beginChallengeAttempt(BeginChallengeAttempt attempt,
                                                     Reply<AttemptRecord> reply) {
  SqlParameters parameters;
  parameters.byteaArray(attempt.possibleHashes).time(attempt.now).int4(attempt.perChallenge);
  pipeline_.enqueue(
      factorSql::kBeginChallengeAttempt, std::move(parameters),
      decodeRows<AttemptRecord>(factorSql::kBeginChallengeAttempt.name, std::move(reply), readAttempt));
}

void PostgresFactorRepository::completeChallenge(CompleteChallenge completion, Reply<ProofOutcome> reply) {
  SqlParameters parameters;
  addSession(parameters, completion.session).uuid(completion.challengeId);
  addProof(parameters, completion.proof).byteaOrNull(completion.proof.recoveryHash);
  addMail(parameters, completion.notice)
      .jsonbOrNull(formatAuditJson(completion.audit))
      .bytea(completion.guessKey);
  pipeline_.enqueue(
      factorSql::kCompleteChallenge, std::move(parameters),
      decodeRows<ProofOutcome>(factorSql::kCompleteChallenge.name, std::move(reply), readProofOutcome));
}

void PostgresFactorRepository::takeProof(TakeProof take, Reply<ProofOutcome> reply) {
  SqlParameters parameters;
  parameters.uuid(take.userId);
  addProof(parameters, take.proof)
      .byteaOrNull(take.proof.recoveryHash)
      .time(take.now)
      .bytea(take.guessKey)
      .jsonbOrNull(formatAuditJson(take.audit));
  pipeline_.enqueue(factorSql::kTakeProof, std::move(parameters),
                    decodeRows<ProofOutcome>(factorSql::kTakeProof.name, std::move(reply), readProofOutcome));
}

void PostgresFactorRepository::replaceSession(ReplaceSession replacement, Reply<ProofOutcome> reply) {
  SqlParameters parameters;
  addSession(parameters, replacement.session).uuid(replacement.oldSession);
  addProof(parameters, replacement.proof.value_or(FactorProof{}))
      .jsonbOrNull(formatAuditJson(replacement.audit))
      .bytea(replacement.guessKey);
  pipeline_.enqueue(
      factorSql::kReplaceSession, std::move(parameters),
      decodeRows<ProofOutcome>(factorSql::kReplaceSession.name, std::move(reply), readProofOutcome));
}

void PostgresFactorRepository::listFactors(Uuid userId, Reply<std::vector<FactorRecord>> reply) {
  pipeline_.enqueue(factorSql::kListFactors, std::move(SqlParameters().uuid(userId)),
                    decodeRows<std::vector<FactorRecord>>(
                        factorSql::kListFactors.name, std::move(reply), [](const SqlRows& rows) {
                          return accountRows::readAll<FactorRecord>(
                              rows, [](const SqlRow& row) { return readFactor(row, 0); });
                        }));
}

void PostgresFactorRepository::addTotpFactor(NewTotpFactor factor, Reply<bool> reply) {
  SqlParameters parameters;
  parameters.uuid(factor.id)
      .uuid(factor.userId)
      .text(factor.name)
      .bytea(factor.secretSealed)
      .time(factor.now)
      .jsonbOrNull(formatAuditJson(factor.audit));
  pipeline_.enqueue(factorSql::kAddTotpFactor, std::move(parameters),
                    decodeRows<bool>(factorSql::kAddTotpFactor.name, std::move(reply), readBoolean));
}

void PostgresFactorRepository::confirmFactor(ConfirmFactor confirmation, Reply<ConfirmFactorOutcome> reply) {
  SqlParameters parameters;
  addSession(parameters, confirmation.session)
      .uuid(confirmation.factorId)
      .uuid(confirmation.oldSession)
      .int8(confirmation.step)
      .uuid(confirmation.codes.setId)
      .uuidArray(confirmation.codes.ids)
      .byteaArray(confirmation.codes.hashes);
  addMail(parameters, confirmation.notice)
      .jsonbOrNull(formatAuditJson(confirmation.audit))
      .boolean(confirmation.keepKeys);
  auto decoded =
      decodeRows<ConfirmFactorOutcome>(factorSql::kConfirmFactor.name, reply, [](const SqlRows& rows) {
        return rows.empty() ? ConfirmFactorOutcome() : ConfirmFactorOutcome(readIds(rows));
      });
  pipeline_.enqueue(factorSql::kConfirmFactor, std::move(parameters),
                    [reply = std::move(reply), decoded = std::move(decoded)](Result<SqlRows> rows) {
                      // Another waiting factor of the account was confirmed at the same instant.
                      if (!rows.ok() && isUniqueViolation(rows.fault(), "mfa_factors_one_totp")) {
                        reply(ConfirmFactorOutcome());
                      } else {
                        decoded(std::move(rows));
                      }
                    });
}

void PostgresFactorRepository::removeFactor(RemoveFactor removal, Reply<RemoveFactorOutcome> reply) {
  SqlParameters parameters;
  parameters.uuid(removal.factorId).uuid(removal.userId).time(removal.now);
  addMail(parameters, removal.notice).jsonbOrNull(formatAuditJson(removal.audit)).boolean(removal.keepKeys);
  pipeline_.enqueue(factorSql::kRemoveFactor, std::move(parameters),
                    decodeRows<RemoveFactorOutcome>(
                        factorSql::kRemoveFactor.name, std::move(reply), [](const SqlRows& rows) {
                          return RemoveFactorOutcome{!rows.empty(), readIds(rows)};
                        }));
}

void PostgresFactorRepository::countRecoveryCodes(Uuid userId, Reply<int> reply) {
  pipeline_.enqueue(factorSql::kCountRecoveryCodes, std::move(SqlParameters().uuid(userId)),
                    decodeRows<int>(factorSql::kCountRecoveryCodes.name, std::move(reply), readCount));
}

void PostgresFactorRepository::renewRecoveryCodes(RenewRecoveryCodes renewal, Reply<bool> reply) {
  SqlParameters parameters;
  parameters.uuid(renewal.userId)
      .uuid(renewal.codes.setId)
      .uuidArray(renewal.codes.ids)
      .byteaArray(renewal.codes.hashes)
      .time(renewal.now)
      .jsonbOrNull(formatAuditJson(renewal.audit));
  addMail(parameters, renewal.notice);
  pipeline_.enqueue(factorSql::kRenewRecoveryCodes, std::move(parameters),
                    decodeRows<bool>(factorSql::kRenewRecoveryCodes.name, std::move(reply), readBoolean));
}

}  // namespace ks
