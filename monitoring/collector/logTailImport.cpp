#include <algorithm>

#include "monitoring/collector/logTail.hpp"

// The part of LogTail that imports files.
namespace ks {
namespace {
/// Imports that wait, run, or can still be queried.
constexpr std::size_t kMostImports = 200;

bool isOver(const LogImportProgress& progress) {
  return progress.state == LogImportState::done || progress.state == LogImportState::failed;
}
}  // namespace

LogImportProgress* LogTail::importOf(const std::string& path) {
  const auto at = std::find_if(imports_.rbegin(), imports_.rend(),
                               [&](const LogImportProgress& progress) { return progress.path == path; });
  return at == imports_.rend() ? nullptr : &*at;
}

std::optional<LogImportProgress> LogTail::importProgress(const std::string& path) const {
  const auto at = std::find_if(imports_.rbegin(), imports_.rend(),
                               [&](const LogImportProgress& progress) { return progress.path == path; });
  return at == imports_.rend() ? std::nullopt : std::optional(*at);
}

LogImportProgress LogTail::import(const std::string& path) {
  if (const auto* running = importOf(path); running != nullptr && !isOver(*running)) {
    return *running;
  }
  LogImportProgress progress;
  progress.path = path;
  progress.source = config_.source;
  const auto refuse = [&](std::string why) {
    progress.state = LogImportState::failed;
    progress.note = std::move(why);
    return progress;
  };
  std::string error;
  const auto stream = openLogStream(path, error);
  if (!stream) {
    return refuse(error);
  }
  if (!readHead(*stream)) {
    return refuse(path + ": no whole line can be read" +
                  (stream->compressed() ? "; is it a gzip file?" : ""));
  }
  std::erase_if(imports_, [&](const LogImportProgress& other) { return other.path == path; });
  if (imports_.size() >= kMostImports) {
    const auto over = std::find_if(imports_.begin(), imports_.end(), isOver);
    if (over == imports_.end()) {
      return refuse(std::to_string(kMostImports) + " files wait to be imported; try later");
    }
    imports_.erase(over);
  }
  imports_.push_back(progress);
  lookAgain();
  return progress;
}

void LogTail::takeImports(TimePoint now) {
  for (auto& progress : imports_) {
    if (progress.state != LogImportState::waiting) {
      continue;
    }
    const auto status = statusOfPath(progress.path);
    const auto considered =
        status ? considerRotated(progress.path, *status, true, now) : Considered::unreadable;
    progress.state = LogImportState::done;
    switch (considered) {
      case Considered::taken:
        progress.state = LogImportState::reading;
        progress.size = progress.path.ends_with(".gz") ? 0 : status->size;
        break;
      case Considered::beingRead:
        progress.note = "nothing to do: the collector is reading this text already";
        break;
      case Considered::knownWhole:
        progress.note = "nothing new: it was read before";
        break;
      case Considered::knownFurther:
        progress.note = "nothing new: it begins like a file of which more has already been read";
        break;
      case Considered::unreadable:
      case Considered::later:
        progress.state = LogImportState::failed;
        progress.note = progress.path + ": cannot be read";
        break;
    }
  }
}

bool LogTail::resumeImport(const LogFileRecord& record, TimePoint now) {
  if (!record.imported) {
    return false;
  }
  std::string error;
  const auto status = statusOfPath(record.path);
  const auto stream = status ? openLogStream(record.path, error) : nullptr;
  const auto head = stream ? readHead(*stream) : std::nullopt;
  return head && matchFile(*stream, *head, {record}).match == FileMatch::same &&
         considerRotated(record.path, *status, true, now) == Considered::taken;
}

void LogTail::countImport(const Tracked& file, const InFlight& stored) {
  if (auto* progress = importOf(file.record.path)) {
    progress->lines += stored.lines;
    progress->badLines += stored.badLines;
    progress->oversizedLines += stored.oversizedLines;
    progress->tooOldLines += stored.tooOldLines;
    progress->offset = stored.after.offset;
    progress->size = std::max(progress->size, stored.after.offset);
  }
}

void LogTail::finishImport(Tracked& file) {
  if (!file.registered) {
    return;
  }
  const auto length = file.stream->length();
  if (!length) {
    abandonImport(file, "the compressed data is incomplete; is it damaged, or still being written?");
    return;
  }
  file.record.state = LogFileState::done;
  file.dirty = true;
  if (auto* progress = importOf(file.record.path)) {
    progress->state = LogImportState::done;
    progress->size = *length;
    progress->offset = file.readOffset;
    if (*length > file.readOffset) {
      progress->note = std::to_string(*length - file.readOffset) +
                       " bytes after the last line end were left; a later import reads them";
    } else if (progress->lines + progress->badLines + progress->tooOldLines == 0) {
      progress->note = "nothing new: it was read before";
    }
  }
}

void LogTail::abandonImport(Tracked& file, const std::string& why) {
  file.record.state = LogFileState::done;
  file.record.lastError = why;
  file.dirty = true;
  if (auto* progress = importOf(file.record.path)) {
    progress->state = LogImportState::failed;
    progress->note = file.record.path + ": " + why;
  }
}

}  // namespace ks
