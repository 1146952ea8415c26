#include <utility>

#include "core/logging/eventRows.hpp"
#include "persistence/postgres/account/postgresRecoveryRepository.hpp"
#include "persistence/postgres/account/recoveryStatements.hpp"
#include "persistence/sql/postgresPipeline.hpp"
#include "persistence/sql/repositorySteps.hpp"
#include "persistence/sql/sqlFault.hpp"

namespace ks {
namespace {

/// A statement that gives an address to an account, which somebody else may have taken: `taken` is the answer
/// then.
template <class T>
Reply<SqlRows> unlessTaken(Reply<T> reply, T taken, Reply<SqlRows> decoded) {
  return [reply = std::move(reply), taken = std::move(taken),
          decoded = std::move(decoded)](Result<SqlRows> rows) {
    if (!rows.ok() && isUniqueViolation(rows.fault(), "users_email_live")) {
      reply(taken);
    } else {
      decoded(std::move(rows));
    }
  };
}

}  // namespace

void PostgresRecoveryRepository::requestEmailChange(RequestEmailChange change, Reply<Done> reply) {
  const auto& statement = recoveryStatements::kRequestEmailChange;
  SqlParameters parameters;
  parameters.uuid(change.changeId)
      .uuid(change.userId)
      .text(change.newEmail)
      .bytea(change.confirmHash)
      .time(change.confirmExpires)
      .bytea(change.undoHash)
      .time(change.undoExpires)
      .time(change.now);
  addMail(addMail(addMail(parameters, change.confirmMail), change.takenMail), change.notice)
      .jsonbOrNull(formatAuditJson(change.audit))
      .boolean(change.silent);
  pipeline_.enqueue(statement, std::move(parameters), decodeDone(statement, std::move(reply)));
}

void PostgresRecoveryRepository::confirmEmailChange(ConfirmEmailChange confirmation,
                                                    Reply<EmailChangeOutcome> reply) {
  const auto& statement = recoveryStatements::kConfirmEmailChange;
  SqlParameters parameters;
  parameters.byteaArray(confirmation.possibleHashes)
      .uuid(confirmation.userId)
      .uuid(confirmation.callId)
      .time(confirmation.now)
      .jsonbOrNull(formatAuditJson(confirmation.audit));
  auto decoded = decodeRows<EmailChangeOutcome>(statement.name, reply, [](const SqlRows& rows) {
    return static_cast<EmailChangeOutcome>(rows.row(0).int64(0));
  });
  pipeline_.enqueue(statement, std::move(parameters),
                    unlessTaken(std::move(reply), EmailChangeOutcome::emailTaken, std::move(decoded)));
}

void PostgresRecoveryRepository::cancelEmailChange(CancelEmailChange cancellation, Reply<Done> reply) {
  const auto& statement = recoveryStatements::kCancelEmailChange;
  SqlParameters parameters;
  parameters.uuid(cancellation.userId)
      .uuid(cancellation.callId)
      .time(cancellation.now)
      .jsonbOrNull(formatAuditJson(cancellation.audit));
  pipeline_.enqueue(statement, std::move(parameters), decodeDone(statement, std::move(reply)));
}

void PostgresRecoveryRepository::findUndo(UndoQuestion question, Reply<UndoOwner> reply) {
  const auto& statement = recoveryStatements::kFindUndo;
  pipeline_.enqueue(statement,
                    std::move(SqlParameters().byteaArray(question.possibleHashes).time(question.now)),
                    decodeRows<UndoOwner>(statement.name, std::move(reply), [](const SqlRows& rows) {
                      if (rows.empty()) {
                        return UndoOwner{};
                      }
                      const auto row = rows.row(0);
                      return UndoOwner{row.boolean(3) ? LinkState::expired : LinkState::good, row.uuid(0),
                                       std::string{row.text(1)}, std::string{row.text(2)}};
                    }));
}

void PostgresRecoveryRepository::undoEmailChange(UndoEmailChange undo, Reply<UndoOutcome> reply) {
  const auto& statement = recoveryStatements::kUndoEmailChange;
  SqlParameters parameters;
  parameters.byteaArray(undo.possibleHashes)
      .uuid(undo.callId)
      .time(undo.now)
      .uuid(undo.tokenId)
      .bytea(undo.tokenHash)
      .time(undo.tokenExpires);
  addMail(parameters, undo.resetMail).jsonbOrNull(formatAuditJson(undo.audit));
  auto decoded = decodeRows<UndoOutcome>(statement.name, reply, [](const SqlRows& rows) {
    return UndoOutcome{static_cast<EmailChangeOutcome>(rows.row(0).int64(0)),
                       rows.row(0).optionalUuid(1).value_or(Uuid{}), readIds(rows, 2)};
  });
  pipeline_.enqueue(
      statement, std::move(parameters),
      unlessTaken(std::move(reply), UndoOutcome{EmailChangeOutcome::emailTaken, {}, {}}, std::move(decoded)));
}

}  // namespace ks
