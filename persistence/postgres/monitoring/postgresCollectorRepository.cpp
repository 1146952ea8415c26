#include "persistence/postgres/monitoring/postgresCollectorRepository.hpp"

#include <algorithm>
#include <utility>

#include "persistence/postgres/monitoring/logRowEncoder.hpp"
#include "persistence/postgres/monitoring/retention.hpp"
#include "persistence/postgres/monitoring/rollupWriter.hpp"
#include "persistence/sql/copyBuffer.hpp"

namespace ks {
namespace {

const SqlStatement kTryCollectorLock{"collector.tryLock",
                                     "SELECT pg_try_advisory_lock(hashtextextended('collector:' || $1, 0))"};

const SqlStatement kLoadFiles{
    "collector.loadFiles",
    "SELECT id, path, device, inode, head_length, head_hash, read_offset, marker_hash, size, state, "
    "last_error, imported "
    "FROM log_file WHERE node = $1 AND source = $2 ORDER BY created_at DESC, id DESC LIMIT 20000"};

const SqlStatement kLockFiles{
    "collector.lockFiles",
    "SELECT pg_advisory_xact_lock(hashtextextended('log_file:' || $1 || ':' || $2, 0))::text"};

const SqlStatement kCountAlike{"collector.countAlike",
                               "SELECT count(*), count(*) FILTER (WHERE id = $5) FROM log_file "
                               "WHERE node = $1 AND source = $2 AND head_length = $3 AND head_hash = $4"};

const SqlStatement kInsertFile{
    "collector.insertFile",
    "INSERT INTO log_file (id, node, source, path, device, inode, head_length, head_hash, read_offset, "
    "marker_hash, size, state, "
    "created_at, updated_at, imported) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9, $10, $11, $11, "
    "$12)"};

const SqlStatement kUpdateFile{"collector.updateFile",
                               "UPDATE log_file SET path = $3, device = $4, inode = $5, size = $6, state = "
                               "$7, last_error = $8, updated_at = $9, imported = $10 "
                               "WHERE id = $1 AND read_offset = $2",
                               true};

const SqlStatement kAsynchronousCommit{"collector.asynchronousCommit", "SET LOCAL synchronous_commit = off"};

const SqlStatement kAdvance{
    "collector.advance",
    "UPDATE log_file SET read_offset = $3, marker_hash = $4, size = $5, state = $6, path = $7, lines = lines "
    "+ $8, "
    "bad_lines = bad_lines + $9, oversized_lines = oversized_lines + $10, last_line_at = "
    "greatest(last_line_at, $11), "
    "last_batch_at = $12, last_error = $13, updated_at = $12 WHERE id = $1 AND read_offset = $2"};

const SqlStatement kReadOffset{"collector.readOffset", "SELECT read_offset FROM log_file WHERE id = $1",
                               true};

std::string copyRowsInto(const std::string& table) {
  return "COPY " + table + " (" + kLogRowColumns + ") FROM STDIN (FORMAT binary)";
}

const SqlStatement kInsertBadLines{
    "collector.insertBadLines",
    "INSERT INTO log_bad_line (file_id, source, line_offset, reason, sample, at) "
    "SELECT $1, $2, o, r, s, $3 FROM unnest($4::int8[], $5::text[], $6::text[]) AS b(o, r, s)"};

const SqlStatement kBoundBadLines{
    "collector.boundBadLines",
    "DELETE FROM log_bad_line WHERE id <= (SELECT max(id) - 10000 FROM log_bad_line)"};

const SqlStatement kInsertToken{
    "collector.insertToken",
    "INSERT INTO violation_drain (token, stored_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"};
const SqlStatement kCopyViolations{"collector.copyViolations",
                                   "COPY rate_limit_violation (id, timestamp, service, remote_ip, user_id, "
                                   "violation_count) FROM STDIN (FORMAT binary)"};

/// Days further off have no partition; their rows go to the default one.
constexpr std::int64_t kOldestDays = 400;
constexpr std::int64_t kNewestDays = 2;

std::int64_t asSigned(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::string nameOf(LogFileState state) {
  return std::string{kLogFileStateNames[static_cast<std::size_t>(state)]};
}

LogFileRecord readFile(const SqlRow& row, const std::string& node, const std::string& source) {
  LogFileRecord file;
  file.id = row.uuid(0);
  file.node = node;
  file.source = source;
  file.path = row.text(1);
  file.device = row.count(2);
  file.inode = row.count(3);
  file.headLength = static_cast<std::uint32_t>(row.int64(4));
  file.headHash = row.count(5);
  file.offset = row.count(6);
  file.markerHash = row.count(7);
  file.size = row.count(8);
  const auto state = std::find(kLogFileStateNames.begin(), kLogFileStateNames.end(), row.text(9));
  file.state = static_cast<LogFileState>(state - kLogFileStateNames.begin());
  file.lastError = row.text(10);
  file.imported = row.boolean(11);
  return file;
}

}  // namespace

Result<Done> PostgresCollectorRepository::connect() {
  if (!session_.connected()) {
    lockedNode_.clear();
  }
  return session_.connect();
}

Result<SqlRows> PostgresCollectorRepository::connectAndExec(const SqlStatement& statement,
                                                            const SqlParameters& parameters) {
  return connect().then([&](const Done&) { return session_.exec(statement, parameters); });
}

Result<bool> PostgresCollectorRepository::lockNode(const std::string& node) {
  if (auto connected = connect(); !connected.ok()) {
    return std::move(connected.fault());
  }
  if (lockedNode_ == node) {
    return true;
  }
  auto locked = session_.exec(kTryCollectorLock, SqlParameters().text(node));
  if (!locked.ok()) {
    return std::move(locked.fault());
  }
  const bool taken = locked.value().row(0).boolean(0);
  if (taken) {
    lockedNode_ = node;
  }
  return taken;
}

Result<std::vector<LogFileRecord>> PostgresCollectorRepository::loadFiles(const std::string& node,
                                                                          const std::string& source) {
  return connectAndExec(kLoadFiles, SqlParameters().text(node).text(source)).then([&](const SqlRows& rows) {
    return readAll<LogFileRecord>(rows, [&](const SqlRow& row) { return readFile(row, node, source); });
  });
}

Result<LogFileRecord> PostgresCollectorRepository::registerFile(const LogFileRecord& file,
                                                                std::size_t knownAlike, TimePoint now) {
  if (auto connected = connect(); !connected.ok()) {
    return std::move(connected.fault());
  }
  if (auto begun = session_.begin(); !begun.ok()) {
    return std::move(begun.fault());
  }
  const auto abandon = [this](Fault fault) -> Result<LogFileRecord> {
    session_.rollback();
    return fault;
  };
  if (auto locked = session_.exec(kLockFiles, SqlParameters().text(file.node).text(file.source));
      !locked.ok()) {
    return abandon(std::move(locked.fault()));
  }
  auto alike = session_.exec(kCountAlike, SqlParameters()
                                              .text(file.node)
                                              .text(file.source)
                                              .int4(static_cast<std::int32_t>(file.headLength))
                                              .int8(asSigned(file.headHash))
                                              .uuid(file.id));
  if (!alike.ok()) {
    return abandon(std::move(alike.fault()));
  }
  const auto counts = alike.value().row(0);
  const auto own = static_cast<std::size_t>(counts.int64(1));
  if (static_cast<std::size_t>(counts.int64(0)) != knownAlike + own) {
    return abandon(makeFault(ErrorCode::conflict, "another collector has seen this file meanwhile"));
  }
  if (own > 0) {
    session_.rollback();
    return file;
  }
  auto inserted = session_.exec(kInsertFile, SqlParameters()
                                                 .uuid(file.id)
                                                 .text(file.node)
                                                 .text(file.source)
                                                 .text(file.path)
                                                 .int8(asSigned(file.device))
                                                 .int8(asSigned(file.inode))
                                                 .int4(static_cast<std::int32_t>(file.headLength))
                                                 .int8(asSigned(file.headHash))
                                                 .int8(asSigned(file.size))
                                                 .text(nameOf(file.state))
                                                 .time(now)
                                                 .boolean(file.imported));
  if (!inserted.ok()) {
    return abandon(std::move(inserted.fault()));
  }
  if (session_.commit() != CommitOutcome::committed) {
    // The same id again finds the row if it was stored after all.
    return makeFault(ErrorCode::dependencyUnavailable, "registering a log file was not confirmed");
  }
  return file;
}

Result<IngestOutcome> PostgresCollectorRepository::updateFile(const LogFileRecord& file, TimePoint now) {
  return connectAndExec(kUpdateFile, SqlParameters()
                                         .uuid(file.id)
                                         .int8(asSigned(file.offset))
                                         .text(file.path)
                                         .int8(asSigned(file.device))
                                         .int8(asSigned(file.inode))
                                         .int8(asSigned(file.size))
                                         .text(nameOf(file.state))
                                         .text(file.lastError)
                                         .time(now)
                                         .boolean(file.imported))
      .then([](const SqlRows& rows) {
        return rows.affected() == 1 ? IngestOutcome::stored : IngestOutcome::fenced;
      });
}

Result<Done> PostgresCollectorRepository::ensurePartitions(const std::set<std::int64_t>& days,
                                                           TimePoint now) {
  const std::int64_t today = dayOf(now);
  for (const auto day : days) {
    if (knownDays_.contains(day) || day < today - kOldestDays || day > today + kNewestDays) {
      continue;
    }
    for (const auto& parent : kCollectorTables) {
      if (auto made = makePartition(session_, parent, day); !made.ok()) {
        return std::move(made.fault());
      }
    }
    knownDays_.insert(day);
  }
  return Done{};
}

Result<IngestOutcome> PostgresCollectorRepository::lookUp(const LogFileRecord& after) {
  return connectAndExec(kReadOffset, SqlParameters().uuid(after.id)).then([&](const SqlRows& rows) {
    const bool there = !rows.empty() && rows.row(0).count(0) == after.offset;
    return there ? IngestOutcome::stored : IngestOutcome::fenced;
  });
}

Result<IngestOutcome> PostgresCollectorRepository::store(const IngestBatch& batch) {
  if (auto connected = connect(); !connected.ok()) {
    return std::move(connected.fault());
  }
  std::set<std::int64_t> days;
  for (const auto& row : batch.hours) {
    days.insert(dayOf(row.start));
  }
  if (auto ensured = ensurePartitions(days, batch.now); !ensured.ok()) {
    return std::move(ensured.fault());
  }
  if (auto begun = session_.begin(); !begun.ok()) {
    return std::move(begun.fault());
  }
  auto outcome = storeInTransaction(batch);
  if (!outcome.ok()) {
    session_.rollback();
    return outcome;
  }
  if (outcome.value() == IngestOutcome::fenced) {
    session_.rollback();
    // It may have been this batch, whose commit was not confirmed.
    return lookUp(batch.after);
  }
  switch (session_.commit()) {
    case CommitOutcome::committed:
      return IngestOutcome::stored;
    case CommitOutcome::failed:
      return makeFault(ErrorCode::dependencyUnavailable,
                       "the batch was rolled back: " + session_.lastError());
    case CommitOutcome::unknown:
      break;
  }
  auto found = lookUp(batch.after);
  if (found.ok() && found.value() == IngestOutcome::fenced) {
    return makeFault(ErrorCode::dependencyUnavailable,
                     "the connection was lost at COMMIT and the batch was not stored");
  }
  return found;
}

Result<IngestOutcome> PostgresCollectorRepository::storeInTransaction(const IngestBatch& batch) {
  if (auto set = session_.exec(kAsynchronousCommit); !set.ok()) {
    return std::move(set.fault());
  }
  const auto [first, last] =
      std::minmax_element(batch.entries.begin(), batch.entries.end(),
                          [](const HttpLogEntry& a, const HttpLogEntry& b) { return a.at < b.at; });
  const auto lastLine = batch.entries.empty() ? std::nullopt : std::optional<TimePoint>(last->at);
  const auto& after = batch.after;
  auto advanced = session_.exec(kAdvance, SqlParameters()
                                              .uuid(after.id)
                                              .int8(asSigned(batch.before.offset))
                                              .int8(asSigned(after.offset))
                                              .int8(asSigned(after.markerHash))
                                              .int8(asSigned(after.size))
                                              .text(nameOf(after.state))
                                              .text(after.path)
                                              .int8(asSigned(batch.entries.size()))
                                              .int8(asSigned(batch.badLines))
                                              .int8(asSigned(batch.oversizedLines))
                                              .optionalTime(lastLine)
                                              .time(batch.now)
                                              .text(after.lastError));
  if (!advanced.ok()) {
    return std::move(advanced.fault());
  }
  if (advanced.value().affected() != 1) {
    return IngestOutcome::fenced;
  }
  if (!batch.entries.empty()) {
    // Rows of one day are copied directly into its partition: routing every row costs COPY a fifteenth.
    const auto day = dayOf(first->at);
    const bool oneDay = day == dayOf(last->at) && knownDays_.contains(day);
    const auto text =
        copyRowsInto(oneDay ? partitionOf(kCollectorTables[0], day) : kCollectorTables[0].table);
    LogRowEncoder encoder(batch, rows_);
    if (auto copied =
            session_.copyBinary({"collector.copyRows", text.c_str()}, [&] { return encoder.next(); });
        !copied.ok()) {
      knownDays_.clear();  // another node may have dropped the partition
      return std::move(copied.fault());
    }
  }
  if (auto inserted = insertBadLines(&after.id, after.source, batch.badSamples, batch.now); !inserted.ok()) {
    return std::move(inserted.fault());
  }
  if (auto added = RollupWriter(session_).add(batch.minutes, batch.hours); !added.ok()) {
    return std::move(added.fault());
  }
  return IngestOutcome::stored;
}

Result<Done> PostgresCollectorRepository::insertBadLines(const Uuid* fileId, const std::string& source,
                                                         const std::vector<BadLine>& lines, TimePoint now) {
  if (lines.empty()) {
    return Done{};
  }
  std::vector<std::int64_t> offsets;
  std::vector<std::string> reasons;
  std::vector<std::string> samples;
  for (const auto& line : lines) {
    offsets.push_back(asSigned(line.offset));
    reasons.emplace_back(kBadLineReasonNames[static_cast<std::size_t>(line.reason)]);
    samples.push_back(line.sample);
  }
  SqlParameters parameters;
  parameters.optionalUuid(fileId ? std::optional(*fileId) : std::nullopt).text(source).time(now);
  parameters.int8Array(offsets).textArray(reasons).textArray(samples);
  if (auto inserted = session_.exec(kInsertBadLines, parameters); !inserted.ok()) {
    return std::move(inserted.fault());
  }
  return session_.exec(kBoundBadLines).then(readDone);
}

Result<Done> PostgresCollectorRepository::storeViolations(const ViolationBatch& batch) {
  if (auto connected = connect(); !connected.ok()) {
    return connected;
  }
  std::set<std::int64_t> days;
  for (const auto& violation : batch.violations) {
    days.insert(dayOf(violation.at));
  }
  if (auto ensured = ensurePartitions(days, batch.now); !ensured.ok()) {
    return ensured;
  }
  if (auto begun = session_.begin(); !begun.ok()) {
    return begun;
  }
  if (auto inserted = insertViolations(batch); !inserted.ok()) {
    session_.rollback();
    return inserted;
  }
  // Not confirmed: the same token again stores nothing twice.
  return session_.commit() == CommitOutcome::committed
             ? Result<Done>(Done{})
             : Result<Done>(
                   makeFault(ErrorCode::dependencyUnavailable, "storing violations was not confirmed"));
}

Result<Done> PostgresCollectorRepository::insertViolations(const ViolationBatch& batch) {
  auto token = session_.exec(kInsertToken, SqlParameters().uuid(batch.token).time(batch.now));
  if (!token.ok()) {
    return std::move(token.fault());
  }
  if (token.value().affected() == 0) {
    return Done{};
  }
  if (!batch.violations.empty()) {
    CopyBuffer buffer;
    for (const auto& violation : batch.violations) {
      buffer.row(6).uuid(uuids_.next()).time(violation.at).text(violation.service);
      buffer.inetOrNull(violation.isAddress ? violation.identifier : std::string{});
      buffer.textOrNull(violation.isAddress ? std::string{} : violation.identifier);
      buffer.int4(static_cast<std::int32_t>(violation.count));
    }
    auto rows = buffer.finish();
    if (auto copied = session_.copyBinary(kCopyViolations, [&] { return std::exchange(rows, {}); });
        !copied.ok()) {
      return std::move(copied.fault());
    }
  }
  return insertBadLines(nullptr, "violations", batch.badEntries, batch.now);
}

Result<RetentionReport> PostgresCollectorRepository::retain(const RetentionPlan& plan) {
  if (auto connected = connect(); !connected.ok()) {
    return std::move(connected.fault());
  }
  auto report = retainData(session_, plan, sealer_);
  if (report.ok()) {
    std::erase_if(knownDays_, [oldest = dayOf(plan.now) - static_cast<std::int64_t>(plan.keepDays)](
                                  std::int64_t day) { return day < oldest; });
  }
  return report;
}

}  // namespace ks
