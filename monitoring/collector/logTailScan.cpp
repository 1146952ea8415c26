#include <algorithm>
#include <filesystem>
#include <system_error>

#include "monitoring/collector/logTail.hpp"

// The part of LogTail that scans the directory and matches files to records.
namespace ks {
namespace {
constexpr std::size_t kMostRotated = 200;
/// A file that is unknown and this fresh may be a copy that is still being made.
constexpr std::chrono::seconds kSettled{2};
constexpr std::chrono::seconds kSearchEvery{2};
}  // namespace

void LogTail::scan(TimePoint now) {
  scanActive(now);
  const bool searching =
      std::any_of(files_.begin(), files_.end(), [](const auto& file) { return !file->stream; });
  if (now >= nextRotatedScan_) {
    nextRotatedScan_ = now + (searching ? std::chrono::seconds{kSearchEvery} : config_.scanRotatedEvery);
    scanRotated(now);
  } else if (searching && nextRotatedScan_ > now + kSearchEvery) {
    nextRotatedScan_ = now + kSearchEvery;
  }
  takeImports(now);
  if (!unfinishedListed_ && firstScanDone_) {
    unfinishedListed_ = true;
    listUnfinished(now);
  }
  firstScanDone_ = true;
}

void LogTail::listUnfinished(TimePoint now) {
  // A copy: resuming it changes known_.
  const auto records = known_;
  for (const auto& record : records) {
    if (record.state == LogFileState::done || byId(record.id) != nullptr || resumeImport(record, now)) {
      continue;
    }
    // Unfinished files that no longer exist under any name: searched for a while, then given up.
    auto lost = std::make_unique<Tracked>();
    lost->record = record;
    lost->record.state = LogFileState::missing;
    lost->readOffset = record.offset;
    lost->readMarker = record.markerHash;
    lost->seenSize = record.offset;
    lost->lastGrowth = now;
    lost->registered = true;
    lost->dirty = record.state != LogFileState::missing;
    files_.push_front(std::move(lost));
  }
}

void LogTail::demoteActive(TimePoint now) {
  for (auto& file : files_) {
    if (file->record.state == LogFileState::active) {
      file->record.state = LogFileState::draining;
      file->lastGrowth = now;
      file->dirty = file->registered;
      nextRotatedScan_ = now;
    }
  }
}

void LogTail::scanActive(TimePoint now) {
  const auto status = statusOfPath(config_.path);
  if (!status) {
    demoteActive(now);
    activeError_ = config_.path + ": there is no such file";
    return;
  }
  for (auto& file : files_) {
    if (!file->stream) {
      continue;
    }
    const auto own = file->stream->status();
    if (own && own->device == status->device && own->inode == status->inode) {
      activeError_.clear();
      if (file->record.state != LogFileState::active) {
        demoteActive(now);
        file->record.state = LogFileState::active;
        file->record.path = config_.path;
        file->dirty = file->registered;
        std::rotate(std::find_if(files_.begin(), files_.end(),
                                 [&](const auto& other) { return other.get() == file.get(); }),
                    files_.end() - 1, files_.end());
      }
      return;
    }
  }
  std::string error;
  auto stream = openLogStream(config_.path, error);
  if (!stream) {
    activeError_ = error;
    return;
  }
  demoteActive(now);
  activeError_.clear();
  const auto opened = stream->status();
  auto file = std::make_unique<Tracked>();
  file->record.node = config_.node;
  file->record.source = config_.source;
  file->record.path = config_.path;
  file->record.device = opened ? opened->device : status->device;
  file->record.inode = opened ? opened->inode : status->inode;
  file->record.state = LogFileState::active;
  file->lastGrowth = now;
  file->stream = std::move(stream);
  files_.push_back(std::move(file));
}

void LogTail::adopt(Tracked& file, const LogFileRecord& record, TimePoint now) {
  const auto wanted = file.record;
  file.record = record;
  file.record.path = wanted.path;
  file.record.device = wanted.device;
  file.record.inode = wanted.inode;
  file.record.state = wanted.state;
  file.record.imported = wanted.imported;
  file.record.lastError.clear();
  file.readOffset = record.offset;
  file.readMarker = record.markerHash;
  file.seenSize = record.offset;
  file.lastGrowth = now;
  file.registered = true;
  file.dirty = true;
}

void LogTail::identify(Tracked& file, TimePoint now) {
  if (file.record.headLength > 0) {
    return;
  }
  const auto head = readHead(*file.stream);
  if (!head) {
    return;
  }
  const auto match = matchFile(*file.stream, *head, known_);
  if (match.match == FileMatch::same) {
    const LogFileRecord record = *match.record;
    Tracked* other = byId(record.id);
    if (other == nullptr || other == &file) {
      adopt(file, record, now);
      return;
    }
    if (!other->stream) {
      const LogFileRecord theirs = other->record;
      std::erase_if(files_, [&](const auto& tracked) { return tracked.get() == other; });
      adopt(file, theirs, now);
    }
    // Else a second copy of a text that is already being read.
    return;
  }
  file.record.id = uuids_.next();
  file.record.headLength = head->length;
  file.record.headHash = head->hash;
  file.record.offset = 0;
  file.record.markerHash = 0;
  const auto length = file.stream->length();
  file.record.size = length.value_or(0);
  file.seenSize = file.record.size;
}

bool LogTail::hasRotatedName(const std::string& path) const {
  const std::string& active = config_.path;
  return path.size() > active.size() + 1 && path.starts_with(active) &&
         (path[active.size()] == '.' || path[active.size()] == '-') &&
         path.find('/', active.size()) == std::string::npos;
}

std::vector<std::pair<std::string, FileStatus>> LogTail::rotatedFiles() const {
  namespace fs = std::filesystem;
  std::vector<std::pair<std::string, FileStatus>> found;
  std::error_code error;
  for (fs::directory_iterator at(fs::path(config_.path).parent_path(), error), end; !error && at != end;
       at.increment(error)) {
    if (!hasRotatedName(at->path().string())) {
      continue;
    }
    if (const auto status = statusOfPath(at->path().string())) {
      found.emplace_back(at->path().string(), *status);
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.modified, a.first) > std::pair(b.second.modified, b.first);
  });
  if (found.size() > kMostRotated) {
    found.resize(kMostRotated);
  }
  std::reverse(found.begin(), found.end());
  return found;
}

void LogTail::scanRotated(TimePoint now) {
  rotatedError_.clear();
  const auto found = rotatedFiles();
  std::erase_if(settled_, [&](const auto& entry) {
    return std::none_of(found.begin(), found.end(),
                        [&](const auto& file) { return file.first == entry.first; });
  });
  for (const auto& [path, status] : found) {
    considerRotated(path, status, false, now);
  }
}

LogTail::Considered LogTail::considerRotated(const std::string& path, const FileStatus& status, bool asked,
                                             TimePoint now) {
  if (const auto settled = settled_.find(path);
      !asked && settled != settled_.end() && settled->second == status) {
    return Considered::knownWhole;
  }
  for (const auto& file : files_) {
    const auto own = file->stream ? file->stream->status() : std::nullopt;
    if (own && own->device == status.device && own->inode == status.inode) {
      return Considered::beingRead;
    }
  }
  std::string error;
  auto stream = openLogStream(path, error);
  if (!stream) {
    rotatedError_ = error;
    return Considered::unreadable;
  }
  const auto head = readHead(*stream);
  if (!head) {
    return Considered::unreadable;
  }
  auto file = std::make_unique<Tracked>();
  file->record.node = config_.node;
  file->record.source = config_.source;
  file->record.path = path;
  file->record.device = status.device;
  file->record.inode = status.inode;
  file->record.state = LogFileState::draining;
  file->record.imported = asked;
  const auto match = matchFile(*stream, *head, known_);
  file->stream = std::move(stream);
  file->lastGrowth = now;
  // Negative when the clock has been put back.
  const Milliseconds age = wall_ - status.modified;
  if (match.match == FileMatch::same) {
    const LogFileRecord record = *match.record;
    Tracked* other = byId(record.id);
    if (other != nullptr && other->stream) {
      return Considered::beingRead;
    }
    const bool complete = file->stream->compressed()
                              ? gzipLengthHint(path) == static_cast<std::uint32_t>(record.offset)
                              : status.size == record.offset;
    if (other == nullptr && record.state == LogFileState::done && complete) {
      settled_[path] = status;
      return Considered::knownWhole;
    }
    const LogFileRecord theirs = other != nullptr ? other->record : record;
    if (other != nullptr) {
      std::erase_if(files_, [&](const auto& tracked) { return tracked.get() == other; });
    }
    adopt(*file, theirs, now);
  } else if (match.match == FileMatch::partial) {
    return Considered::knownFurther;
  } else if (!asked && age < kSettled && age > -kSettled) {
    // Checked again soon: its lines must not wait for a whole minute.
    nextRotatedScan_ = std::min(nextRotatedScan_, now + kSettled);
    return Considered::later;
  }
  // A file that nobody has written to for long needs no further waiting.
  file->lastGrowth = now - std::max(age, Milliseconds{0});
  const auto active = std::find_if(files_.begin(), files_.end(), [](const auto& other) {
    return other->record.state == LogFileState::active;
  });
  files_.insert(active, std::move(file));
  return Considered::taken;
}

}  // namespace ks
