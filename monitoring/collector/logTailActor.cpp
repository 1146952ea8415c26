#include "monitoring/collector/logTailActor.hpp"

#include <filesystem>
#include <utility>

#include "actors/runtime/guarded.hpp"
#include "actors/runtime/spawnHelpers.hpp"

namespace ks {
namespace {

/// Longer than the ingest actor needs for everything that may wait before it, with every statement at its
/// timeout.
constexpr std::chrono::minutes kAnswerLimit{10};
constexpr Milliseconds kWait{250};
/// Single lines are collected for this time, so they cost five transactions a second and not
/// a thousand.
constexpr Milliseconds kGather{200};
constexpr Milliseconds kAfterFault{1000};
constexpr Milliseconds kLockedElsewhere{2000};
constexpr std::uint64_t kSmallBytes = 256 * 1024;

TimePoint steadyNow() {
  return TimePoint{
      std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now().time_since_epoch())};
}

}  // namespace

LogTailState::LogTailState(LogTailActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                           ActorEnvironment environment, LogTailConfig config, ActorRef<IngestActor> ingest,
                           std::shared_ptr<SecurityFeed> detection)
    : self(selfPointer),
      probe_(std::move(probe)),
      environment_(environment),
      config_(std::move(config)),
      ingest_(std::move(ingest)),
      detection_(std::move(detection)),
      tail_(config_, environment_.uuids),
      watch_(std::filesystem::path(config_.path).parent_path().string()) {}

LogTailActor::behavior_type LogTailState::make_behavior() {
  wakeIn(Milliseconds{0});
  return {
      guarded(self, probe_,
              [this](TickAtom) {
                tickComing_ = false;
                work();
              }),
      guarded(self, probe_,
              [this](ImportLogFile& import) -> caf::result<LogImportProgress> {
                logInfo("collector.import", "A log file is imported",
                        {{"source", config_.source}, {"path", import.path}});
                auto progress = tail_.import(import.path);
                wakeIn(Milliseconds{0});
                return progress;
              }),
      guarded(self, probe_,
              [this](LogImportQuery& query) -> caf::result<LogImportProgress> {
                auto progress = tail_.importProgress(query.path);
                if (!progress) {
                  return toCafError(makeFault(ErrorCode::notFound, "no such import"));
                }
                return std::move(*progress);
              }),
  };
}

void LogTailState::wakeIn(Milliseconds delay) {
  if (tickComing_) {
    return;
  }
  tickComing_ = true;
  if (delay == Milliseconds{0}) {
    compat::tell(self, LogTailActor{self}, TickAtom_v);
  } else {
    compat::tellAfter(self, delay, LogTailActor{self}, TickAtom_v);
  }
}

void LogTailState::noteError() {
  if (tail_.lastError() == reportedError_) {
    return;
  }
  reportedError_ = tail_.lastError();
  if (reportedError_.empty()) {
    logInfo("collector.tail.recovered", "The log is read again", {{"source", config_.source}});
  } else {
    probe_->noteError(reportedError_);
    logWarning("collector.tail.hindered", "Reading the log is interrupted",
               {{"source", config_.source}, {"cause", reportedError_}});
  }
}

template <class Answer, class Message, class Take>
void LogTailState::ask(Message message, Take take) {
  const auto ingest = ingest_.get();
  if (!ingest) {
    take(Result<Answer>(makeFault(ErrorCode::dependencyUnavailable, "the ingest actor is being started")));
    faulty_ = true;
    wakeIn(kAfterFault);
    return;
  }
  compat::ask(self, ingest, caf::timespan{kAnswerLimit}, std::move(message))
      .then(
          [this, take](Answer& answer) {
            take(Result<Answer>(std::move(answer)));
            wakeIn(Milliseconds{0});
          },
          [this, take](caf::error& error) {
            take(Result<Answer>(faultFromCafError(error)));
            faulty_ = true;
            noteError();
            wakeIn(kAfterFault);
          });
}

void LogTailState::load() {
  ask<bool>(LockNode{config_.node}, [this](Result<bool> locked) {
    if (!locked.ok()) {
      tail_.loaded(std::move(locked.fault()));
    } else if (!locked.value()) {
      tail_.loaded(makeFault(ErrorCode::conflict, "another process collects this node's logs"));
      faulty_ = true;
      noteError();
      wakeIn(kLockedElsewhere);
    } else {
      ask<std::vector<LogFileRecord>>(LoadLogFiles{config_.node, config_.source},
                                      [this](Result<std::vector<LogFileRecord>> files) {
                                        faulty_ = !files.ok();
                                        tail_.loaded(std::move(files));
                                      });
    }
  });
}

void LogTailState::tellDetection(const IngestBatch& batch, const Result<IngestAnswer>& answer) {
  if (batch.before.imported) {
    return;  // long ago: causes no ban today
  }
  if (!answer.ok()) {
    detection_->noteGap();  // it may have been stored nevertheless
  } else if (answer.value().outcome == IngestOutcome::stored) {
    detection_->offer(securityEventsOf(batch));
  }
}

void LogTailState::work() {
  const auto outcomeOf = [](Result<IngestAnswer> answer) {
    return answer.ok() ? Result<IngestOutcome>(answer.value().outcome)
                       : Result<IngestOutcome>(std::move(answer.fault()));
  };
  if (smallBatch_ && tail_.outstanding() == 0) {
    smallBatch_ = false;
    wakeIn(kGather);
    return;
  }
  for (;;) {
    auto step = tail_.next(steadyNow(), environment_.clock.now());
    if (auto* store = std::get_if<LogTail::Store>(&step)) {
      const auto& batch = *store->batch;
      smallBatch_ = batch.after.offset - batch.before.offset < kSmallBytes;
      const bool more = !smallBatch_;
      ask<IngestAnswer>(StoreLogBatch{store->batch},
                        [this, outcomeOf, given = store->batch](Result<IngestAnswer> answer) {
                          tellDetection(*given, answer);
                          tail_.stored(outcomeOf(std::move(answer)));
                        });
      if (more) {
        continue;
      }
      return;
    }
    if (std::holds_alternative<LogTail::Load>(step)) {
      load();
    } else if (auto* file = std::get_if<LogTail::Register>(&step)) {
      ask<LogFileRecord>(RegisterLogFile{std::move(file->file), file->knownAlike},
                         [this](Result<LogFileRecord> answer) { tail_.registered(std::move(answer)); });
    } else if (auto* changed = std::get_if<LogTail::Update>(&step)) {
      ask<IngestAnswer>(
          UpdateLogFile{std::move(changed->file)},
          [this, outcomeOf](Result<IngestAnswer> answer) { tail_.updated(outcomeOf(std::move(answer))); });
    } else {
      rest();
    }
    return;
  }
}

void LogTailState::rest() {
  noteError();
  if (tail_.outstanding() > 0 || tail_.waitsForAnswer()) {
    return;
  }
  if (isSimulation(self->home_system())) {
    wakeIn(kWait);
    return;
  }
  if (watch_.wait(kWait)) {
    tail_.lookAgain();
  }
  wakeIn(Milliseconds{0});
}

}  // namespace ks
