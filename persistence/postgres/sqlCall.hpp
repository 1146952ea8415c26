#pragma once
#include <functional>
#include <optional>
#include <utility>

#include "persistence/sql/postgresPipeline.hpp"
#include "persistence/sql/sqlFault.hpp"

namespace ks {

/// SQL of an operation; see SqlStatement.
struct SqlText {
  const char* text = nullptr;
  bool repeatable = false;
  const char* name = nullptr;  ///< of one of several statements of an operation; else it has the operation's
};
inline SqlText repeatable(const char* text, const char* name = nullptr) { return {text, true, name}; }
inline SqlText once(const char* text, const char* name = nullptr) { return {text, false, name}; }

/// What an operation asks PostgreSQL, and how the answer is read from the rows.
template <class Op>
struct SqlCall {
  using Out = typename Op::Out;
  /// The answer when another row has what this unique index guards, or the other one.
  struct Taken {
    const char* index = nullptr;
    Out (*answer)() = nullptr;
    const char* otherIndex = nullptr;
  };

  SqlCall(SqlText sqlText, SqlParameters bound, std::function<Result<Out>(const SqlRows&)> read,
          Taken whenTaken = {})
      : text(sqlText), parameters(std::move(bound)), decode(std::move(read)), taken(whenTaken) {}
  /// Refused before anything is asked.
  SqlCall(Fault fault) : refusal(std::move(fault)) {}

  SqlText text;
  SqlParameters parameters;
  std::function<Result<Out>(const SqlRows&)> decode;
  Taken taken;
  std::optional<Fault> refusal;
};

/// Whether the fault says that another row has what `taken` names.
template <class Taken>
bool isTaken(const Taken& taken, const Fault& fault) {
  return (taken.index != nullptr && isUniqueViolation(fault, taken.index)) ||
         (taken.otherIndex != nullptr && isUniqueViolation(fault, taken.otherIndex));
}

/// Queues what sqlCall(operation) says.
template <class Op>
void enqueueCall(PostgresPipeline& pipeline, const Op& operation, Reply<typename Op::Out> reply) {
  SqlCall<Op> call = sqlCall(operation);
  if (call.refusal) {
    reply(std::move(*call.refusal));
    return;
  }
  const SqlStatement statement{call.text.name == nullptr ? Op::kName : call.text.name, call.text.text,
                               call.text.repeatable};
  if (call.taken.index == nullptr) {
    pipeline.enqueue(statement, std::move(call.parameters),
                     decodeRows<typename Op::Out>(statement.name, std::move(reply), std::move(call.decode)));
    return;
  }
  auto decoded = decodeRows<typename Op::Out>(statement.name, reply, std::move(call.decode));
  pipeline.enqueue(
      statement, std::move(call.parameters),
      [reply = std::move(reply), taken = call.taken, decoded = std::move(decoded)](Result<SqlRows> rows) {
        if (!rows.ok() && isTaken(taken, rows.fault())) {
          reply(taken.answer());
        } else {
          decoded(std::move(rows));
        }
      });
}

}  // namespace ks
