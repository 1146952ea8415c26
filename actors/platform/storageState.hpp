#pragma once
#include <memory>
#include <utility>

#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/guarded.hpp"
#include "messages/platform/storageMessages.hpp"
#include "persistence/storageEngineInterface.hpp"

namespace ks {

/// State of every storage actor. Owns one storage connection. A handler only queues its operation; the Flush
/// message that follows the queued ones in the mailbox sends them all in one pipeline (drain, then flush).
template <class Actor, class Engine>
class StorageStateBase {
 public:
  StorageStateBase(typename Actor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                   std::unique_ptr<Engine> engine)
      : self(selfPointer), probe_(std::move(probe)), engine_(std::move(engine)) {}

  typename Actor::pointer self;

 protected:
  /// Runs the operation of a StorageCall.
  template <class Op>
  auto handler() {
    return guarded(self, probe_, [this](StorageCall<Op>& message) {
      return queued<typename Op::Out>(
          [&](Engine& engine, auto reply) { engine.run(std::move(message.operation), std::move(reply)); });
    });
  }

  /// Answers what `call(engine, reply)` replies, once the pipeline has run.
  template <class Out, class Call>
  caf::result<Out> queued(Call call) {
    auto promise = self->template make_response_promise<Out>();
    call(*engine_, Reply<Out>([promise](Result<Out> result) mutable {
      if (result.ok()) {
        promise.deliver(std::move(result.value()));
      } else {
        fail(promise, std::move(result.fault()));
      }
    }));
    scheduleFlush();
    return promise;
  }

  auto flushHandler() {
    return guarded(self, probe_, [this](FlushAtom) {
      flushScheduled_ = false;
      engine_->flush();
      if (const auto error = engine_->lastError(); !error.empty()) {
        probe_->noteError(error);
      }
    });
  }

  std::shared_ptr<ActorProbe> probe_;

 private:
  void scheduleFlush() {
    if (!flushScheduled_) {
      flushScheduled_ = true;
      compat::tell(self, Actor{self}, FlushAtom_v);
    }
  }

  std::unique_ptr<Engine> engine_;
  bool flushScheduled_ = false;
};

}  // namespace ks
