#include "monitoring/collector/logTail.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/contentHash.hpp"

namespace ks {

LogTail::LogTail(LogTailConfig config, UuidGenerator& uuids) : config_(std::move(config)), uuids_(uuids) {}

LogTail::Step LogTail::next(TimePoint now, TimePoint wall) {
  wall_ = wall;
  if (awaitingControl_ || inFlight_.size() >= config_.mostOutstanding) {
    return Idle{};
  }
  if (needsLoad_) {
    if (!inFlight_.empty()) {
      return Idle{};
    }
    awaitingControl_ = true;
    return Load{};
  }
  if (now >= nextScan_) {
    nextScan_ = now + config_.scanEvery;
    scan(now);
  }
  Step step = Idle{};
  // finish() and cutShort() may change files_, so this walks by place and stops at the first thing to do.
  for (const bool imported : {importsTurn_, !importsTurn_}) {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (files_[i]->record.imported == imported && workOn(*files_[i], now, step)) {
        if (std::holds_alternative<Store>(step)) {
          importsTurn_ = !imported;
        }
        return step;
      }
    }
  }
  return step;
}

bool LogTail::workOn(Tracked& file, TimePoint now, Step& step) {
  // One batch of an import at a time: followed logs never wait longer than that.
  if (file.record.imported && !inFlight_.empty()) {
    return false;
  }
  if (inFlight_.empty()) {
    if (!file.registered && file.stream) {
      identify(file, now);
      if (!file.registered && file.record.headLength > 0) {
        awaitingControl_ = true;
        controlFor_ = file.record.id;
        const auto alike = std::count_if(known_.begin(), known_.end(), [&](const LogFileRecord& known) {
          return known.id != file.record.id && known.headLength == file.record.headLength &&
                 known.headHash == file.record.headHash;
        });
        step = Register{file.record, static_cast<std::size_t>(alike)};
        return true;
      }
    }
    if (file.registered && file.dirty) {
      awaitingControl_ = true;
      controlFor_ = file.record.id;
      step = Update{file.record};
      return true;
    }
  }
  if (file.stream && file.registered) {
    const auto reading = read(file, now, step);
    if (reading != Reading::end) {
      return reading == Reading::batch;
    }
  }
  return inFlight_.empty() && finish(file, now, step);
}

void LogTail::fail(const Fault& fault) {
  lastError_ = fault.detail.empty() ? "storage fault" : fault.detail;
  needsLoad_ = true;
}

void LogTail::loaded(Result<std::vector<LogFileRecord>> records) {
  awaitingControl_ = false;
  if (!records.ok()) {
    fail(records.fault());
    return;
  }
  known_ = std::move(records.value());
  needsLoad_ = false;
  lastError_.clear();
  for (auto& file : files_) {
    if (!file->registered) {
      // Its identity was determined by the old records.
      file->record.headLength = 0;
      continue;
    }
    const auto found = std::find_if(known_.begin(), known_.end(),
                                    [&](const LogFileRecord& known) { return known.id == file->record.id; });
    if (found == known_.end()) {
      file->registered = false;
      file->record.headLength = 0;
      continue;
    }
    file->record.offset = found->offset;
    file->record.markerHash = found->markerHash;
    file->readOffset = found->offset;
    file->readMarker = found->markerHash;
    file->scannedTo = 0;
  }
}

void LogTail::registered(Result<LogFileRecord> answer) {
  awaitingControl_ = false;
  if (!answer.ok()) {
    fail(answer.fault());
    return;
  }
  for (auto& file : files_) {
    if (file->record.id == controlFor_ && !file->registered) {
      file->record = answer.value();
      file->readOffset = answer.value().offset;
      file->readMarker = answer.value().markerHash;
      file->registered = true;
      remember(file->record);
      return;
    }
  }
}

void LogTail::updated(Result<IngestOutcome> outcome) {
  awaitingControl_ = false;
  if (!outcome.ok()) {
    fail(outcome.fault());
    return;
  }
  if (outcome.value() == IngestOutcome::fenced) {
    needsLoad_ = true;
    return;
  }
  const auto at = std::find_if(files_.begin(), files_.end(),
                               [&](const auto& file) { return file->record.id == controlFor_; });
  if (at == files_.end()) {
    return;
  }
  (*at)->dirty = false;
  remember((*at)->record);
  if ((*at)->record.state == LogFileState::done) {
    files_.erase(at);
  }
}

void LogTail::stored(Result<IngestOutcome> outcome) {
  const InFlight batch = std::move(inFlight_.front());
  inFlight_.pop_front();
  if (!outcome.ok()) {
    fail(outcome.fault());
    return;
  }
  if (outcome.value() == IngestOutcome::fenced) {
    needsLoad_ = true;
    return;
  }
  const auto& after = batch.after;
  remember(after);
  if (auto* file = byId(after.id)) {
    file->record.offset = after.offset;
    file->record.markerHash = after.markerHash;
    file->record.size = after.size;
    if (file->record.imported) {
      countImport(*file, batch);
    }
    if (after.state == LogFileState::done) {
      std::erase_if(files_, [&](const auto& other) { return other.get() == file; });
    }
  }
}

std::uint64_t LogTail::lagBytes() const {
  std::uint64_t sum = 0;
  for (const auto& file : files_) {
    sum += file->seenSize > file->record.offset ? file->seenSize - file->record.offset : 0;
  }
  return sum;
}

LogTail::Tracked* LogTail::byId(const Uuid& id) {
  const auto at =
      std::find_if(files_.begin(), files_.end(), [&](const auto& file) { return file->record.id == id; });
  return at == files_.end() ? nullptr : at->get();
}

void LogTail::remember(const LogFileRecord& record) {
  const auto at = std::find_if(known_.begin(), known_.end(),
                               [&](const LogFileRecord& known) { return known.id == record.id; });
  if (at == known_.end()) {
    known_.insert(known_.begin(), record);
  } else {
    *at = record;
  }
}

std::shared_ptr<IngestBatch> LogTail::makeBatch(const Tracked& file) const {
  auto batch = std::make_shared<IngestBatch>();
  batch->before = file.record;
  batch->before.offset = file.readOffset;
  batch->before.markerHash = file.readMarker;
  batch->now = wall_;
  return batch;
}

void LogTail::giveOut(Tracked& file, std::shared_ptr<IngestBatch> batch, std::uint64_t newOffset,
                      Step& step) {
  batch->after = file.record;
  batch->after.offset = newOffset;
  batch->after.size = std::max(file.seenSize, newOffset);
  const auto taken = newOffset - file.readOffset;
  if (taken >= kMarkerBytes && batch->text.size() >= taken) {
    batch->after.markerHash = contentHash({batch->text.data() + taken - kMarkerBytes, kMarkerBytes});
  } else if (const auto marker = readMarker(*file.stream, newOffset)) {
    batch->after.markerHash = *marker;
  } else {
    return;
  }
  file.readOffset = newOffset;
  file.readMarker = batch->after.markerHash;
  file.scannedTo = 0;
  inFlight_.push_back(
      {batch->after, batch->entries.size(), batch->badLines, batch->oversizedLines, batch->tooOldLines});
  step = Store{std::move(batch)};
}

void LogTail::hinder(Tracked& file) {
  if (file.record.imported) {
    abandonImport(file, "cannot be read on");
  } else {
    lastError_ = file.record.path + ": cannot be read";
  }
}

LogTail::Reading LogTail::read(Tracked& file, TimePoint now, Step& step) {
  auto& stream = *file.stream;
  const auto size = stream.length();
  if (!stream.compressed()) {
    if (!size) {
      hinder(file);
      return Reading::waiting;
    }
    if (*size > file.seenSize) {
      file.seenSize = *size;
      file.lastGrowth = now;
    }
    if (*size < file.readOffset) {
      cutShort(file, now);
      return Reading::waiting;
    }
    if (*size == file.readOffset) {
      return Reading::end;
    }
  }
  const std::uint64_t left = size ? *size - std::min(*size, file.readOffset) : config_.chunkBytes;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(config_.chunkBytes, left));
  auto batch = makeBatch(file);
  batch->text.resize(wanted + NginxLogParser::kPadding);
  const auto got = stream.read(file.readOffset, {batch->text.data(), wanted});
  if (!got) {
    hinder(file);
    return Reading::waiting;
  }
  if (*got == 0) {
    return Reading::end;
  }
  // Checked after the bytes were read: if the file was truncated and rewritten meanwhile, they would not be
  // its own.
  // At the very beginning there is no marker yet: the head is the proof.
  const auto headLength = std::min<std::size_t>(file.record.headLength, *got);
  const bool ownText =
      stream.compressed() ||
      (file.readOffset > 0 ? readMarker(stream, file.readOffset) == file.readMarker
                           : headLength == file.record.headLength &&
                                 contentHash({batch->text.data(), headLength}) == file.record.headHash);
  if (!ownText) {
    cutShort(file, now);
    return Reading::waiting;
  }
  const void* lastFeed = ::memrchr(batch->text.data(), '\n', *got);
  if (lastFeed == nullptr) {
    if (*got < config_.chunkBytes) {
      return Reading::end;
    }
    std::vector<char> scratch(config_.chunkBytes);
    return readLongLine(file, scratch, step);
  }
  const auto whole = static_cast<std::size_t>(static_cast<const char*>(lastFeed) - batch->text.data()) + 1;
  std::memset(batch->text.data() + *got, 0, NginxLogParser::kPadding);
  const auto oldest =
      std::chrono::floor<std::chrono::days>(wall_) - std::chrono::days{config_.retention->keepDays};
  const auto taken =
      parser_.parse(*batch, whole, config_.honeypot,
                    file.record.imported ? TimePoint{oldest} : TimePoint::min(), config_.mostRollups);
  giveOut(file, std::move(batch), file.readOffset + taken, step);
  return std::holds_alternative<Store>(step) ? Reading::batch : Reading::waiting;
}

LogTail::Reading LogTail::readLongLine(Tracked& file, std::vector<char>& scratch, Step& step) {
  std::uint64_t at = std::max(file.scannedTo, file.readOffset);
  for (;;) {
    const auto got = file.stream->read(at, scratch);
    if (!got || *got == 0) {
      file.scannedTo = at;
      return Reading::end;
    }
    if (const void* feed = std::memchr(scratch.data(), '\n', *got)) {
      const auto end = at + static_cast<std::uint64_t>(static_cast<const char*>(feed) - scratch.data()) + 1;
      auto batch = makeBatch(file);
      batch->oversizedLines = 1;
      LogBatchParser::noteBad(*batch, file.readOffset, BadLineReason::oversized, {});
      giveOut(file, std::move(batch), end, step);
      return std::holds_alternative<Store>(step) ? Reading::batch : Reading::waiting;
    }
    at += *got;
  }
}

bool LogTail::finish(Tracked& file, TimePoint now, Step& step) {
  auto& record = file.record;
  if (!file.stream) {
    if (record.state == LogFileState::missing && now >= file.lastGrowth + config_.searchFor) {
      record.state = LogFileState::done;
      record.lastError =
          "cut short or removed before it was read to its end; the rest was not found among the rotated "
          "files";
      file.dirty = true;
    }
    return false;
  }
  if (record.state != LogFileState::draining) {
    return false;
  }
  if (file.record.imported) {
    finishImport(file);
    return false;
  }
  const auto length = file.stream->length();
  const bool still =
      file.stream->compressed() ? length.has_value() : now >= file.lastGrowth + config_.drainStill;
  if (!still || !length) {
    return false;
  }
  if (!file.registered) {
    // Only a torn line: it still becomes a record, so that it is counted. With a whole line in
    // it the file would be registered by now, unless it is a copy of one that is still being read.
    if (*length > 0 && record.headLength == 0 && !readHead(*file.stream)) {
      std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(*length, 1024)), '\0');
      const auto got = file.stream->read(0, text);
      if (got && *got > 0) {
        record.id = uuids_.next();
        record.headLength = static_cast<std::uint32_t>(*got);
        record.headHash = contentHash({text.data(), *got});
      }
      return false;
    }
    if (*length == 0) {
      std::erase_if(files_, [&](const auto& other) { return other.get() == &file; });
    }
    return false;
  }
  record.state = LogFileState::done;
  if (file.readOffset >= *length) {
    file.dirty = true;
    return false;
  }
  auto batch = makeBatch(file);
  std::string torn(static_cast<std::size_t>(std::min<std::uint64_t>(*length - file.readOffset, 512)), '\0');
  const auto got = file.stream->read(file.readOffset, torn);
  LogBatchParser::noteBad(*batch, file.readOffset, BadLineReason::torn,
                          std::string_view(torn).substr(0, got.value_or(0)));
  giveOut(file, std::move(batch), *length, step);
  if (!std::holds_alternative<Store>(step)) {
    record.state = LogFileState::draining;
    return false;
  }
  return true;
}

void LogTail::cutShort(Tracked& file, TimePoint now) {
  if (!inFlight_.empty()) {
    return;
  }
  if (file.record.imported) {
    abandonImport(file, "was truncated or rewritten while it was read");
    return;
  }
  auto lost = std::make_unique<Tracked>();
  lost->record = file.record;
  lost->record.state = LogFileState::missing;
  lost->record.lastError =
      "cut short while it was written (copytruncate); lines written between copy and cut are lost to "
      "everyone";
  lost->readOffset = file.record.offset;
  lost->readMarker = file.record.markerHash;
  lost->seenSize = file.record.offset;
  lost->lastGrowth = now;
  lost->registered = true;
  lost->dirty = true;

  const auto state = file.record.state;
  file.record.id = {};
  file.record.headLength = 0;
  file.record.offset = 0;
  file.record.markerHash = 0;
  file.record.size = 0;
  file.record.state = state;
  file.record.lastError.clear();
  file.readOffset = file.readMarker = file.scannedTo = file.seenSize = 0;
  file.lastGrowth = now;
  file.registered = false;
  nextRotatedScan_ = now;
  nextScan_ = now;
  files_.push_front(std::move(lost));
}

}  // namespace ks
