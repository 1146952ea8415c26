#include "monitoring/collector/logStream.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <vector>

namespace ks {
namespace {

FileStatus fromStat(const struct stat& raw) {
  FileStatus status;
  status.device = raw.st_dev;
  status.inode = raw.st_ino;
  status.size = static_cast<std::uint64_t>(raw.st_size);
  status.modified = TimePoint{std::chrono::duration_cast<Milliseconds>(
      std::chrono::seconds{raw.st_mtim.tv_sec} + std::chrono::nanoseconds{raw.st_mtim.tv_nsec})};
  return status;
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  [[nodiscard]] int get() const noexcept { return fd_; }

  [[nodiscard]] std::optional<FileStatus> status() const {
    struct stat raw {};
    return ::fstat(fd_, &raw) == 0 ? std::optional(fromStat(raw)) : std::nullopt;
  }

 private:
  int fd_;
};

class PlainLogStream final : public LogStream {
 public:
  explicit PlainLogStream(int fd) : file_(fd) {}

  std::optional<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      const auto got =
          ::pread(file_.get(), into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got < 0) {
        return std::nullopt;
      }
      if (got == 0) {
        break;
      }
      done += static_cast<std::size_t>(got);
    }
    return done;
  }
  [[nodiscard]] std::optional<FileStatus> status() const override { return file_.status(); }
  [[nodiscard]] std::optional<std::uint64_t> length() const override {
    const auto status = file_.status();
    return status ? std::optional(status->size) : std::nullopt;
  }
  [[nodiscard]] bool compressed() const override { return false; }

 private:
  FileDescriptor file_;
};

/// Reads forward only. What was read last is kept, because the next read begins within it; an offset before
/// that starts the file again.
class GzipLogStream final : public LogStream {
 public:
  GzipLogStream(int fd, gzFile handle) : file_(fd), handle_(handle) {}
  ~GzipLogStream() override { gzclose_r(handle_); }
  GzipLogStream(const GzipLogStream&) = delete;
  GzipLogStream& operator=(const GzipLogStream&) = delete;

  std::optional<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
    std::size_t done = 0;
    const std::uint64_t keptFrom = position_ - kept_.size();
    if (offset >= keptFrom && offset < position_) {
      done = std::min<std::size_t>(into.size(), static_cast<std::size_t>(position_ - offset));
      std::memcpy(into.data(), kept_.data() + (offset - keptFrom), done);
      if (done == into.size()) {
        return done;
      }
    } else if (offset < position_) {
      if (gzrewind(handle_) != 0) {
        return std::nullopt;
      }
      position_ = 0;
    }
    std::array<char, 1 << 16> skipped{};
    kept_.clear();
    while (position_ < offset) {
      const auto got = inflate({skipped.data(), std::min<std::uint64_t>(skipped.size(), offset - position_)});
      if (!got) {
        return std::nullopt;
      }
      if (*got == 0) {
        return 0;
      }
    }
    bool fault = false;
    while (done < into.size()) {
      const auto got = inflate(into.subspan(done));
      fault = !got;
      if (fault || *got == 0) {
        break;
      }
      done += *got;
    }
    kept_.assign(into.begin(), into.begin() + static_cast<std::ptrdiff_t>(done));
    // Bytes before a fault are valid; the rest may still be written.
    return fault && done == 0 ? std::nullopt : std::optional(done);
  }
  [[nodiscard]] std::optional<FileStatus> status() const override { return file_.status(); }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return length_; }
  [[nodiscard]] bool compressed() const override { return true; }

 private:
  std::optional<std::size_t> inflate(std::span<char> into) {
    const auto got =
        gzread(handle_, into.data(), static_cast<unsigned>(std::min<std::size_t>(into.size(), INT_MAX)));
    int fault = Z_OK;
    gzerror(handle_, &fault);
    if (got < 0 || (fault != Z_OK && fault != Z_STREAM_END && got == 0)) {
      gzclearerr(handle_);
      return std::nullopt;
    }
    position_ += static_cast<std::uint64_t>(got);
    if (got == 0) {
      length_ = position_;
    }
    return static_cast<std::size_t>(got);
  }

  FileDescriptor file_;
  gzFile handle_;
  std::uint64_t position_ = 0;
  std::vector<char> kept_;  ///< the bytes before position_
  std::optional<std::uint64_t> length_;
};

}  // namespace

std::optional<FileStatus> statusOfPath(const std::string& path) {
  struct stat raw {};
  if (::stat(path.c_str(), &raw) != 0 || !S_ISREG(raw.st_mode)) {
    return std::nullopt;
  }
  return fromStat(raw);
}

std::uint32_t gzipLengthHint(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const auto status = file.get() >= 0 ? file.status() : std::nullopt;
  std::array<unsigned char, 4> bytes{};
  if (!status || status->size < bytes.size() ||
      ::pread(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(status->size - bytes.size())) !=
          static_cast<ssize_t>(bytes.size())) {
    return 0;
  }
  return bytes[0] | static_cast<std::uint32_t>(bytes[1]) << 8U | static_cast<std::uint32_t>(bytes[2]) << 16U |
         static_cast<std::uint32_t>(bytes[3]) << 24U;
}

std::unique_ptr<LogStream> openLogStream(const std::string& path, std::string& error) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    error = path + ": " + std::strerror(errno);
    return nullptr;
  }
  struct stat raw {};
  if (::fstat(fd, &raw) != 0 || !S_ISREG(raw.st_mode)) {
    ::close(fd);
    error = path + ": no regular file";
    return nullptr;
  }
  if (!path.ends_with(".gz")) {
    return std::make_unique<PlainLogStream>(fd);
  }
  const int second = ::dup(fd);
  const auto handle = second >= 0 ? gzdopen(second, "rb") : nullptr;
  if (handle == nullptr) {
    if (second >= 0) {
      ::close(second);
    }
    ::close(fd);
    error = path + ": out of descriptors or memory";
    return nullptr;
  }
  return std::make_unique<GzipLogStream>(fd, handle);
}

}  // namespace ks
