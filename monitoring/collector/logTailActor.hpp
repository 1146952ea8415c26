#pragma once
#include <memory>
#include <string>

#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "messages/monitoring/collectorMessages.hpp"
#include "monitoring/collector/directoryWatch.hpp"
#include "monitoring/collector/logTail.hpp"
#include "monitoring/collector/securityFeed.hpp"

namespace ks {

/// See LogTailActor. Executes the steps of LogTail with the ingest actor. Blocks (file reads, inotify),
/// so it is spawned detached.
struct LogTailState {
  LogTailState(LogTailActor::pointer self, std::shared_ptr<ActorProbe> probe, ActorEnvironment environment,
               LogTailConfig config, ActorRef<IngestActor> ingest, std::shared_ptr<SecurityFeed> detection);
  LogTailActor::behavior_type make_behavior();

  LogTailActor::pointer self;

 private:
  void work();
  void load();
  void rest();
  void wakeIn(Milliseconds delay);
  void noteError();
  void tellDetection(const IngestBatch& batch, const Result<IngestAnswer>& answer);
  template <class Answer, class Message, class Take>
  void ask(Message message, Take take);

  std::shared_ptr<ActorProbe> probe_;
  ActorEnvironment environment_;
  LogTailConfig config_;
  ActorRef<IngestActor> ingest_;
  std::shared_ptr<SecurityFeed> detection_;
  LogTail tail_;
  DirectoryWatch watch_;
  std::string reportedError_;
  bool tickComing_ = false;
  bool faulty_ = false;
  bool smallBatch_ = false;
};

}  // namespace ks
