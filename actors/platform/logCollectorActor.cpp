#include "actors/platform/logCollectorActor.hpp"

#include <utility>

#include "actors/runtime/guarded.hpp"
#include "core/logging/eventRows.hpp"
#include "core/logging/logging.hpp"

namespace ks {
namespace {

constexpr std::chrono::milliseconds kCollectEvery{500};

Result<Done> storeApart(EventRepositoryInterface& repository, const std::string& process,
                        const EventInbox::Batch& batch) {
  const auto storeOne = [&](const EventInbox::Batch& one, const std::string& row) -> Result<Done> {
    auto stored = repository.store(process, one);
    if (stored.ok() || stored.fault().code != ErrorCode::internal) {
      return stored;
    }
    logLine(LogLevel::error, LogType::application, "events.refused", "The database refuses an event",
            {{"event", row}, {"cause", stored.fault().detail}});
    return Done{};
  };
  for (const auto& event : batch.audit) {
    if (auto stored = storeOne({{event}, {}}, formatAuditJson(event)); !stored.ok()) {
      return stored;
    }
  }
  for (const auto& line : batch.lines) {
    if (auto stored = storeOne({{}, {line}}, formatLineJson(line, process)); !stored.ok()) {
      return stored;
    }
  }
  return Done{};
}

}  // namespace

Result<Done> storeEvents(EventInbox& events, EventRepositoryInterface& repository,
                         const std::string& process) {
  for (auto batch = events.next(); !batch->empty(); batch = events.next()) {
    auto stored = repository.store(process, *batch);
    if (!stored.ok() && stored.fault().code == ErrorCode::internal) {
      stored = storeApart(repository, process, *batch);
    }
    if (!stored.ok()) {
      return stored;
    }
    events.stored();
  }
  for (bool more = true; more;) {
    auto chained = repository.chainAudit();
    if (!chained.ok()) {
      return std::move(chained.fault());
    }
    more = chained.value();
  }
  return Done{};
}

LogCollectorState::LogCollectorState(LogCollectorActor::pointer selfPointer,
                                     std::shared_ptr<ActorProbe> probe, LogCollectorDependencies dependencies)
    : self(selfPointer),
      probe_(std::move(probe)),
      deps_(std::move(dependencies)),
      repository_(deps_.makeRepository()) {}

LogCollectorState::~LogCollectorState() { deps_.events->onFull(nullptr); }

LogCollectorActor::behavior_type LogCollectorState::make_behavior() {
  deps_.events->onFull([weak = caf::weak_actor_ptr{self->ctrl()}] {
    if (const auto strong = weak.lock()) {
      compat::tellAnon(caf::actor_cast<LogCollectorActor>(strong), FlushAtom_v);
    }
  });
  compat::tellAfter(self, caf::timespan{kCollectEvery}, LogCollectorActor{self}, TickAtom_v);
  return {
      guarded(self, probe_,
              [this](TickAtom) {
                compat::tellAfter(self, caf::timespan{kCollectEvery}, LogCollectorActor{self}, TickAtom_v);
                work();
              }),
      guarded(self, probe_, [this](FlushAtom) { work(); }),
  };
}

void LogCollectorState::work() {
  deps_.refusals->writeCounts();
  const auto stored = storeEvents(*deps_.events, *repository_, deps_.process);
  const auto counters = deps_.events->counters();
  if (!stored.ok()) {
    probe_->noteError(stored.fault().detail);
  }
  // Lines of the type that is collected would feed themselves.
  if (!stored.ok() && !away_) {
    logWarning("events.waiting", "Events cannot be stored now; they wait in memory",
               {{"cause", stored.fault().detail}, {"audit", counters.waitingAudit}});
  } else if (stored.ok() && away_) {
    logInfo("events.stored", "Events are stored again", {{"stored", counters.stored}});
  }
  away_ = !stored.ok();
  if (counters.droppedLines != toldDropped_ || counters.refusedAudit != toldRefused_) {
    logWarning("events.lost",
               "Security and error lines were not stored, or work was refused for lack of room",
               {{"dropped_lines", counters.droppedLines - toldDropped_},
                {"refused_audit", counters.refusedAudit - toldRefused_}});
    toldDropped_ = counters.droppedLines;
    toldRefused_ = counters.refusedAudit;
  }
}

}  // namespace ks
