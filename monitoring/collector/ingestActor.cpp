#include "monitoring/collector/ingestActor.hpp"

#include <utility>

#include "actors/runtime/guarded.hpp"

namespace ks {

IngestState::IngestState(IngestActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                         ActorEnvironment environment, const CollectorRepositoryFactory& makeRepository,
                         std::shared_ptr<CommitFeed> commits)
    : self(selfPointer),
      probe_(std::move(probe)),
      environment_(environment),
      repository_(makeRepository()),
      commits_(std::move(commits)) {}

Result<bool> IngestState::lockNode(const std::string& node) {
  auto locked = repository_->lockNode(node);
  commits_->collecting.store(locked.ok() && locked.value());
  return locked;
}

Result<IngestOutcome> IngestState::store(const std::shared_ptr<const IngestBatch>& batch) {
  auto outcome = repository_->store(*batch);
  if (outcome.ok() && outcome.value() == IngestOutcome::stored) {
    for (const auto& observer : commits_->observers) {
      observer({batch});
    }
  }
  return outcome;
}

IngestActor::behavior_type IngestState::make_behavior() {
  const auto outcome = [](IngestOutcome stored) { return IngestAnswer{stored}; };
  return {
      guarded(self, probe_, [this](LockNode& lock) { return answerOf(*probe_, lockNode(lock.node)); }),
      guarded(self, probe_,
              [this](LoadLogFiles& load) {
                return answerOf(*probe_, repository_->loadFiles(load.node, load.source));
              }),
      guarded(self, probe_,
              [this](RegisterLogFile& file) {
                return answerOf(
                    *probe_, repository_->registerFile(file.file, file.knownAlike, environment_.clock.now()));
              }),
      guarded(self, probe_,
              [this, outcome](UpdateLogFile& file) {
                return answerOf(*probe_,
                                repository_->updateFile(file.file, environment_.clock.now()).then(outcome));
              }),
      guarded(self, probe_,
              [this, outcome](StoreLogBatch& batch) {
                return answerOf(*probe_, store(batch.batch).then(outcome));
              }),
      guarded(
          self, probe_,
          [this](ViolationBatch& batch) { return answerOf(*probe_, repository_->storeViolations(batch)); }),
      guarded(self, probe_,
              [this](RetentionPlan& plan) { return answerOf(*probe_, repository_->retain(plan)); }),
  };
}

}  // namespace ks
