#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/clockInterface.hpp"

namespace ks {

/// Properties of a file from the file system.
struct FileStatus {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  TimePoint modified;
  bool operator==(const FileStatus&) const = default;
};

/// Nothing when there is no such regular file (symbolic links are followed).
std::optional<FileStatus> statusOfPath(const std::string& path);

/// The uncompressed bytes of one open log file. Belongs to one thread.
class LogStream {
 public:
  virtual ~LogStream() = default;
  /// Bytes read from `offset` on: fewer than asked for at the end, 0 past it, nothing on an error.
  virtual std::optional<std::size_t> read(std::uint64_t offset, std::span<char> into) = 0;
  [[nodiscard]] virtual std::optional<FileStatus> status() const = 0;
  /// Length of the text when it is known: a plain file's size; of a compressed file only after its end has
  /// been read without error.
  [[nodiscard]] virtual std::optional<std::uint64_t> length() const = 0;
  [[nodiscard]] virtual bool compressed() const = 0;
};

/// What a gzip file of one member says that its text's length is, modulo 2^32 (RFC 1952, ISIZE); 0 when it
/// cannot be read.
std::uint32_t gzipLengthHint(const std::string& path);

/// By the name's end: `.gz` is read through zlib. Null when it cannot be opened; `error` says why.
std::unique_ptr<LogStream> openLogStream(const std::string& path, std::string& error);

}  // namespace ks
