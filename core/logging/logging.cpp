#include "core/logging/logging.hpp"

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "core/invariant.hpp"
#include "core/limits.hpp"
#include "core/logging/logEntry.hpp"
#include "core/logging/logQueue.hpp"
#include "core/logging/logWriter.hpp"
#include "core/text/keyMask.hpp"

namespace ks {
namespace {

constexpr std::chrono::seconds kStopTimeout{2};

struct Sink {
  std::mutex mutex;
  LogSink function = nullptr;
  void* userData = nullptr;
};

struct Counters {
  std::atomic<std::uint64_t> dropped{0};
  std::atomic<std::uint64_t> written{0};
};

/// State of the logging thread; shared with it, so it survives a stop that timed out.
struct Channel {
  explicit Channel(LogConfig logConfig)
      : config(std::move(logConfig)), queue(config.queueLines, limits::kLogQueueBytes) {}
  const LogConfig config;
  LogQueue queue;
  std::mutex mutex;
  std::condition_variable ended;
  bool hasEnded = false;
};

/// Never destroyed: lines may be logged by threads and destructors that outlive main.
struct Logging {
  std::atomic<LogLevel> level{LogLevel::info};
  std::atomic<std::int64_t> slowMs{500};
  Counters counters;
  Sink sink;
  std::mutex mutex;  // guards what follows
  std::shared_ptr<Channel> channel;
  std::thread thread;
  std::unique_ptr<LogWriter> direct;
};

Logging& logging() {
  static Logging& instance = *new Logging;
  return instance;
}

thread_local LogScope currentScope;

void emit(LogWriter& writer, const LogEntry& entry, bool console) {
  Logging& log = logging();
  writer.write(entry, console ? formatLogConsole(entry) : formatLogJson(entry));
  log.counters.written.fetch_add(1, std::memory_order_relaxed);
  if (entry.type == LogType::security || entry.type == LogType::error) {
    const std::lock_guard lock(log.sink.mutex);
    if (log.sink.function != nullptr) {
      log.sink.function(entry, log.sink.userData);
    }
  }
}

LogEntry droppedEntry(const Channel& channel, const LogQueue::Batch& batch) {
  return makeLogEntry(SystemClock{}.now(), LogLevel::warning, LogType::application, channel.config.service,
                      "logging.dropped", "Log lines were dropped because the queue was full", {},
                      {{"debug_and_info", static_cast<unsigned long>(batch.droppedLow)},
                       {"other", static_cast<unsigned long>(batch.droppedHigh)}});
}

void writeBatch(LogWriter& writer, const Channel& channel, const LogQueue::Batch& batch) noexcept {
  for (const auto& entry : batch.entries) {
    try {
      emit(writer, entry, channel.config.console);
    } catch (...) {
      logging().counters.dropped.fetch_add(1, std::memory_order_relaxed);
    }
  }
  try {
    if (batch.droppedLow + batch.droppedHigh > 0) {
      emit(writer, droppedEntry(channel, batch), channel.config.console);
    }
    writer.flush();
  } catch (...) {
    logging().counters.dropped.fetch_add(1, std::memory_order_relaxed);
  }
}

void runLoggingThread(const std::shared_ptr<Channel>& channel) {
  LogWriter writer(STDOUT_FILENO, channel->config.console);
  for (bool closed = false; !closed;) {
    const auto batch = channel->queue.take();
    writeBatch(writer, *channel, batch);
    closed = batch.closed;
  }
  const std::lock_guard lock(channel->mutex);
  channel->hasEnded = true;
  channel->ended.notify_all();
}

// The thread receives no signals: a closed reader must give EPIPE here, and main handles the others
// itself.
std::thread startThread(const std::shared_ptr<Channel>& channel) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(runLoggingThread, channel);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

/// Optional parts of a line.
struct Extra {
  std::optional<LogErrorDetail> error;
  std::optional<double> durationMs;
};

void submit(LogLevel level, LogType type, std::string_view label, std::string_view message,
            LogContext context, Extra extra) noexcept {
  Logging& log = logging();
  if (level < log.level.load(std::memory_order_relaxed) && type != LogType::audit) {
    return;
  }
  try {
    std::shared_ptr<Channel> channel;
    {
      const std::lock_guard lock(log.mutex);
      channel = log.channel;
    }
    LogEntry entry = makeLogEntry(SystemClock{}.now(), level, type, channel ? channel->config.service : "",
                                  label, message, currentScope, context);
    entry.error = std::move(extra.error);
    if (extra.durationMs) {
      entry.durationMs = extra.durationMs;
    }
    if (channel) {
      if (!channel->queue.push(std::move(entry))) {
        log.counters.dropped.fetch_add(1, std::memory_order_relaxed);
      }
      return;
    }
    const std::lock_guard lock(log.mutex);
    if (!log.direct) {
      log.direct = std::make_unique<LogWriter>(STDOUT_FILENO, false);
    }
    emit(*log.direct, entry, false);
    log.direct->flush();
  } catch (...) {
    log.counters.dropped.fetch_add(1, std::memory_order_relaxed);
  }
}

// Folder and file are enough; the build's own folders are left out.
std::string placeText(const CodePlace& where) {
  std::string_view file = where.file;
  const auto slash = file.rfind('/');
  if (slash != std::string_view::npos && slash > 0) {
    const auto before = file.rfind('/', slash - 1);
    file.remove_prefix(before == std::string_view::npos ? 0 : before + 1);
  }
  return std::string(file) + ":" + std::to_string(where.line) + " " + where.function;
}

}  // namespace

LogScopeGuard::LogScopeGuard(LogScope scope) : previous_(std::exchange(currentScope, std::move(scope))) {}

LogScopeGuard::~LogScopeGuard() { currentScope = std::move(previous_); }

void startLogging(const LogConfig& config) {
  observeBrokenInvariants([](const char* rule, const char* place) {
    logLine(LogLevel::error, LogType::error, "invariant.broken", rule, {{"place", place}});
  });
  Logging& log = logging();
  const std::lock_guard lock(log.mutex);
  if (log.channel) {
    return;
  }
  log.level.store(config.level);
  log.slowMs.store(config.slowOperation.count());
  log.channel = std::make_shared<Channel>(config);
  log.thread = startThread(log.channel);
}

void stopLogging() {
  Logging& log = logging();
  std::shared_ptr<Channel> channel;
  std::thread thread;
  {
    const std::lock_guard lock(log.mutex);
    channel = std::exchange(log.channel, nullptr);
    thread = std::move(log.thread);
  }
  if (!channel) {
    return;
  }
  channel->queue.close();
  std::unique_lock lock(channel->mutex);
  const bool ended = channel->ended.wait_for(lock, kStopTimeout, [&channel] { return channel->hasEnded; });
  lock.unlock();
  if (ended) {
    thread.join();
  } else {
    thread.detach();
  }
}

void setLogLevel(LogLevel level) noexcept { logging().level.store(level); }

LogLevel logLevel() noexcept { return logging().level.load(); }

LogQueueState logQueueState() noexcept {
  Logging& log = logging();
  const std::lock_guard lock(log.mutex);
  return {log.counters.dropped.load(), log.counters.written.load(),
          log.channel ? log.channel->queue.waiting() : 0};
}

void logLine(LogLevel level, LogType type, std::string_view label, std::string_view message,
             LogContext context) noexcept {
  submit(level, type, label, message, context, {});
}

void logFault(std::string_view label, std::string_view message, const Fault& fault, LogContext context,
              CodePlace where) noexcept {
  try {
    const auto& info = describe(fault.code);
    const auto bounded = [](const std::string& text) { return maskKeys(text).substr(0, kLogMessageBytes); };
    LogErrorDetail detail{std::string(info.name),
                          bounded(fault.message.empty() ? std::string(info.message) : fault.message),
                          bounded(fault.detail), placeText(where)};
    submit(LogLevel::error, LogType::error, label, message, context, {std::move(detail), std::nullopt});
  } catch (...) {
    logging().counters.dropped.fetch_add(1, std::memory_order_relaxed);
  }
}

void logIfSlow(std::string_view label, std::chrono::steady_clock::duration elapsed,
               LogContext context) noexcept {
  const double milliseconds = std::chrono::duration<double, std::milli>(elapsed).count();
  if (milliseconds < static_cast<double>(logging().slowMs.load(std::memory_order_relaxed))) {
    return;
  }
  submit(LogLevel::warning, LogType::performance, label, "An operation was slower than the limit", context,
         {std::nullopt, milliseconds});
}

void setLogSink(LogSink sink, void* userData) noexcept {
  Sink& target = logging().sink;
  const std::lock_guard lock(target.mutex);
  target.function = sink;
  target.userData = userData;
}

}  // namespace ks
