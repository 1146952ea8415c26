#pragma once
#include <memory>
#include <string_view>
#include <utility>

#include "actors/runtime/actorRef.hpp"
#include "actors/runtime/guarded.hpp"
#include "messages/actorInterfaces.hpp"
#include "persistence/storageEngineInterface.hpp"

// Asking a storage actor to run an operation, as in
//   storeThen(self, probe, context, limit, pool, FindSession{sessionId}, promise,
//             [](std::optional<SessionRecord>& found) { ... });
namespace ks {

template <class Engine, class Op>
class EngineOperation final : public OperationInterface<Engine> {
 public:
  explicit EngineOperation(Op operation) : operation_(std::move(operation)) {}

  void run(Engine& engine, Reply<StorageOutcome> reply) override {
    engine.run(std::move(operation_), [reply = std::move(reply)](Result<typename Op::Out> result) {
      if (result.ok()) {
        reply(StorageOutcome{std::make_shared<typename Op::Out>(std::move(result.value()))});
      } else {
        reply(std::move(result.fault()));
      }
    });
  }
  [[nodiscard]] std::string_view name() const override { return Op::kName; }

 private:
  Op operation_;
};

template <class Op>
StorageJob storageJob(const RequestContext& context, Op operation) {
  return {context, std::make_shared<EngineOperation<StorageEngineInterface, Op>>(std::move(operation))};
}

/// The connection that runs an operation: any, but for those that are merged with others of their kind always the same.
template <class Op>
StorageActor storageFor(const ActorPool<StorageActor>& storage) {
  if constexpr (kMerged<Op>) {
    return storage.at(Op::kConnection);
  } else {
    return storage.pick();
  }
}

/// Goes on with `next(Op::Out&)` when the actor has done `job`; whatever goes wrong fails `promise`, as with
/// callThen().
template <class Op, class Self, class Target, class Job, class Promise, class Next>
void runThen(Self self, const std::shared_ptr<ActorProbe>& probe, const RequestContext& context,
             std::chrono::milliseconds limit, const Target& target, Job job, Promise promise, Next next) {
  callThen<StorageOutcome>(self, probe, context, limit, target, std::move(job), std::move(promise),
                           [next = std::move(next)](StorageOutcome& outcome) mutable {
                             next(*static_cast<typename Op::Out*>(outcome.value.get()));
                           });
}

/// Asks a storage in the name of a request; the rest as runThen().
template <class Op, class Self, class Promise, class Next>
void storeThen(Self self, const std::shared_ptr<ActorProbe>& probe, const RequestContext& context,
               std::chrono::milliseconds limit, const ActorPool<StorageActor>& storage, Op operation,
               Promise promise, Next next) {
  runThen<Op>(self, probe, context, limit, storageFor<Op>(storage), storageJob(context, std::move(operation)),
              std::move(promise), std::move(next));
}

/// The same for an actor's own work: no request, and `failed(Fault)` instead of a promise.
template <class Op, class Self, class Next, class Failed>
void storeOwn(Self self, std::chrono::milliseconds limit, const ActorPool<StorageActor>& storage,
              Op operation, Next next, Failed failed) {
  compat::ask(self, storageFor<Op>(storage), caf::timespan{limit}, storageJob({}, std::move(operation)))
      .then(
          [next = std::move(next)](StorageOutcome& outcome) mutable {
            next(*static_cast<typename Op::Out*>(outcome.value.get()));
          },
          [failed = std::move(failed)](caf::error& error) mutable { failed(faultFromCafError(error)); });
}

}  // namespace ks
