#pragma once
#include <algorithm>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/invariant.hpp"
#include "core/logging/logging.hpp"
#include "persistence/postgres/storageCalls.hpp"
#include "persistence/sql/mergedInput.hpp"

namespace ks {

/// What one statement cannot do both of: it sees neither what the other makes of a key nor of a row.
inline bool excludes(const CreatePayment& one, const CreatePayment& other) {
  const bool limited = one.mostOpen > 0 || other.mostOpen > 0;
  return one.idempotency.scope == other.idempotency.scope &&
         (limited || one.idempotency.key == other.idempotency.key);
}
inline bool excludes(const ChangePayment& one, const ChangePayment& other) {
  return one.after.id == other.after.id;
}
template <class Op>
bool excludes(const Op& /*one*/, const Op& /*other*/) {
  return false;
}

/// The operations of one kind that wait for a flush. The statement of such an operation has mergedInput(), and gives at most
/// one row for each, with its place first.
template <class Op>
class MergedCalls {
 public:
  using Out = typename Op::Out;

  void add(Op operation, Reply<Out> reply) { waiting_.push_back({std::move(operation), std::move(reply)}); }

  /// Queues them, as many in one statement as can be. Those of a statement that was refused are queued again, each alone.
  void enqueueAll(PostgresPipeline& pipeline) {
    while (!waiting_.empty()) {
      std::vector<Waiting> together;
      std::vector<Waiting> later;
      for (auto& one : waiting_) {
        const bool fits = together.size() < kMostTogether &&
                          std::none_of(together.begin(), together.end(), [&one](const Waiting& other) {
                            return excludes(one.operation, other.operation);
                          });
        (fits ? together : later).push_back(std::move(one));
      }
      waiting_ = std::move(later);
      auto calls = std::make_shared<std::vector<Call>>();
      for (auto& one : together) {
        calls->push_back({sqlCall(one.operation), std::move(one.reply)});
      }
      enqueue(pipeline, calls);
    }
  }

 private:
  static constexpr std::size_t kMostTogether = 32;

  struct Waiting {
    Op operation;
    Reply<Out> reply;
  };
  struct Call {
    SqlCall<Op> call;
    Reply<Out> reply;
  };
  using Calls = std::shared_ptr<std::vector<Call>>;

  static void enqueue(PostgresPipeline& pipeline, const Calls& calls) {
    std::vector<const SqlParameters*> runs;
    for (const auto& one : *calls) {
      runs.push_back(&one.call.parameters);
    }
    const auto& text = calls->front().call.text;
    pipeline.enqueue({Op::kName, text.text, text.repeatable}, mergedParameters(runs),
                     [&pipeline, calls](Result<SqlRows> rows) { answer(pipeline, *calls, std::move(rows)); });
  }

  static void answer(PostgresPipeline& pipeline, std::vector<Call>& calls, Result<SqlRows> rows) {
    if (rows.ok()) {
      return answerEach(calls, rows.value());
    }
    const auto& fault = rows.fault();
    const bool refused = fault.code == ErrorCode::conflict || fault.code == ErrorCode::internal;
    for (auto& one : calls) {
      if (refused && calls.size() > 1) {
        auto alone = std::make_shared<std::vector<Call>>();
        alone->push_back(std::move(one));
        enqueue(pipeline, alone);
      } else {
        reply(one,
              isTaken(one.call.taken, fault) ? Result<Out>(one.call.taken.answer()) : Result<Out>(fault));
      }
    }
  }

  static void answerEach(std::vector<Call>& calls, const SqlRows& rows) {
    std::vector<std::optional<int>> places(calls.size());
    for (int row = 0; row < rows.size(); ++row) {
      const auto place = rows.row(row).int64(0);
      ensure(place >= 1 && static_cast<std::size_t>(place) <= places.size(),
             "a row answers one of the operations");
      places[static_cast<std::size_t>(place) - 1] = row;
    }
    for (std::size_t i = 0; i < calls.size(); ++i) {
      decodeRows<Out>(
          Op::kName, [&one = calls[i]](Result<Out> result) { reply(one, std::move(result)); },
          calls[i].call.decode)(rows.only(places[i]));
    }
  }

  /// Whatever one handler throws, the others get their answers.
  static void reply(Call& one, Result<Out> result) {
    try {
      one.reply(std::move(result));
    } catch (const std::exception& error) {
      logFault("storage.reply.failed", "a reply handler threw",
               makeFault(ErrorCode::internal, std::string(Op::kName) + ": " + error.what()));
    }
  }

  std::vector<Waiting> waiting_;
};

}  // namespace ks
