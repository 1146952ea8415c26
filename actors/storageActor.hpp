#pragma once
#include <memory>

#include "actors/actorDirectory.hpp"
#include "messages/actorInterfaces.hpp"
#include "persistence/storageEngineInterface.hpp"

namespace ks {

/// See StorageActor. Owns one storage connection. A handler only queues its operation; the Flush message that
/// follows the queued ones in the mailbox sends them all in one pipeline (drain, then flush).
struct StorageState {
  StorageState(StorageActor::pointer self, std::shared_ptr<ActorProbe> probe,
               const StorageEngineFactory& makeEngine);
  StorageActor::behavior_type make_behavior();

  StorageActor::pointer self;

 private:
  template <class Operation, class Out, class Call>
  auto handler(Call call);
  template <class Query, class Out>
  auto query(void (MonitoringRepositoryInterface::*ask)(Query, Reply<Out>));
  void scheduleFlush();

  std::shared_ptr<ActorProbe> probe_;
  std::unique_ptr<StorageEngineInterface> engine_;
  bool flushScheduled_ = false;
};

}  // namespace ks
