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

template <class Out, class T>
caf::result<Out> IngestState::answer(Result<T> result) {
  if (!result.ok()) {
    probe_->noteError(result.fault().detail);
    return toCafError(std::move(result.fault()));
  }
  return Out{std::move(result.value())};
}

IngestActor::behavior_type IngestState::make_behavior() {
  return {
      guarded(self, probe_, [this](LockNode& lock) { return answer<bool>(lockNode(lock.node)); }),
      guarded(self, probe_,
              [this](LoadLogFiles& load) {
                return answer<std::vector<LogFileRecord>>(repository_->loadFiles(load.node, load.source));
              }),
      guarded(self, probe_,
              [this](RegisterLogFile& file) {
                return answer<LogFileRecord>(
                    repository_->registerFile(file.file, file.knownAlike, environment_.clock.now()));
              }),
      guarded(self, probe_,
              [this](UpdateLogFile& file) {
                return answer<IngestAnswer>(repository_->updateFile(file.file, environment_.clock.now()));
              }),
      guarded(self, probe_,
              [this](StoreLogBatch& store) { return answer<IngestAnswer>(this->store(store.batch)); }),
      guarded(self, probe_,
              [this](ViolationBatch& batch) { return answer<Done>(repository_->storeViolations(batch)); }),
      guarded(self, probe_,
              [this](RetentionPlan& plan) { return answer<RetentionReport>(repository_->retain(plan)); }),
  };
}

}  // namespace ks
