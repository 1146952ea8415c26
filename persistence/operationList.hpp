#pragma once
#include <utility>

#include "core/result.hpp"

// How an engine runs operations. An operation is a struct of messages/ that says what it answers (`Out`) and
// what it is called (`kName`).
namespace ks {

/// Operations with a `kConnection` are merged: those that wait at one time on this connection of the pool are done in one
/// statement, hence one transaction. What one of them is refused for concerns the others not.
template <class Op>
inline constexpr bool kMerged = requires {
  Op::kConnection;
};

template <class... Ops>
struct OperationList {};
// The same of a list macro, X(First) X(Second)…: ListedOperations<void LIST(KS_LISTED_OPERATION)>.
#define KS_LISTED_OPERATION(Op) , Op
template <class None, class... Ops>
using ListedOperations = OperationList<Ops...>;

template <class Op>
class RunsOperation {
 public:
  virtual ~RunsOperation() = default;
  /// Queues it; the engine's flush() calls the reply, exactly once.
  virtual void run(Op operation, Reply<typename Op::Out> reply) = 0;
};

/// The interface of an engine that runs these operations.
template <class List>
class RunsOperations;
template <class... Ops>
class RunsOperations<OperationList<Ops...>> : public RunsOperation<Ops>... {
 public:
  using RunsOperation<Ops>::run...;
};

/// An `Interface` of which every run() is `engine.answer(operation, reply)`, a template of `Engine`.
template <class Engine, class Interface, class List>
class Implements;
template <class Engine, class Interface>
class Implements<Engine, Interface, OperationList<>> : public Interface {};
template <class Engine, class Interface, class Op, class... Rest>
class Implements<Engine, Interface, OperationList<Op, Rest...>>
    : public Implements<Engine, Interface, OperationList<Rest...>> {
 public:
  using Implements<Engine, Interface, OperationList<Rest...>>::run;
  void run(Op operation, Reply<typename Op::Out> reply) override {
    static_cast<Engine&>(*this).answer(std::move(operation), std::move(reply));
  }
};

}  // namespace ks
