#include "core/logging/logWriter.hpp"

#include <spdlog/details/null_mutex.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>

namespace ks {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;

spdlog::level::level_enum toSpdlog(LogLevel level) {
  constexpr std::array kSpdlogLevels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                                     spdlog::level::err, spdlog::level::critical};
  return kSpdlogLevels[static_cast<std::size_t>(level)];
}

std::string_view colourOf(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::debug:
      return "\x1b[36m";
    case spdlog::level::info:
      return "\x1b[32m";
    case spdlog::level::warn:
      return "\x1b[33m";
    case spdlog::level::err:
      return "\x1b[31m";
    default:
      return "\x1b[1;41m";
  }
}

// spdlog's own stdout sink ignores short writes, so after a full disk the next line would be appended to
// half a line.
class DescriptorSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  DescriptorSink(int descriptor, bool colour) : descriptor_(descriptor), colour_(colour) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    const std::string_view text(line.data(), line.size());
    if (colour_ && message.color_range_end > message.color_range_start) {
      buffer_.append(text.substr(0, message.color_range_start)).append(colourOf(message.level));
      buffer_.append(
          text.substr(message.color_range_start, message.color_range_end - message.color_range_start));
      buffer_.append("\x1b[0m").append(text.substr(message.color_range_end));
    } else {
      buffer_.append(text);
    }
    if (buffer_.size() >= kBufferBytes) {
      flush_();
    }
  }

  void flush_() override {
    std::string_view rest = buffer_;
    if (broken_) {
      const char end = '\n';
      broken_ = writeSome(&end, 1) != 1;
    }
    while (!broken_ && !rest.empty()) {
      const ssize_t count = writeSome(rest.data(), rest.size());
      if (count <= 0) {
        const bool lineEnded = rest.size() == buffer_.size() || rest.data()[-1] == '\n';
        broken_ = !lineEnded;
        break;
      }
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
    buffer_.clear();
  }

 private:
  ssize_t writeSome(const char* data, std::size_t size) const {
    ssize_t count = 0;
    do {
      count = ::write(descriptor_, data, size);
    } while (count < 0 && errno == EINTR);
    return count;
  }

  const int descriptor_;
  const bool colour_;
  bool broken_ = false;  // the last write ended within a line
  std::string buffer_;
};

}  // namespace

LogWriter::LogWriter(int descriptor, bool console)
    : sink_(std::make_unique<DescriptorSink>(descriptor, console && ::isatty(descriptor) == 1)) {
  sink_->set_formatter(std::make_unique<spdlog::pattern_formatter>(console ? "%H:%M:%S.%e %^%-8l%$ %v" : "%v",
                                                                   spdlog::pattern_time_type::utc, "\n"));
}

LogWriter::~LogWriter() = default;

void LogWriter::write(const LogEntry& entry, std::string_view text) {
  const spdlog::log_clock::time_point time{
      std::chrono::duration_cast<spdlog::log_clock::duration>(entry.time.time_since_epoch())};
  sink_->log(spdlog::details::log_msg(time, spdlog::source_loc{}, "", toSpdlog(entry.level),
                                      {text.data(), text.size()}));
}

void LogWriter::flush() { sink_->flush(); }

}  // namespace ks
