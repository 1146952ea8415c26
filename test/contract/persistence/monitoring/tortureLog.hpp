#pragma once
#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>

#include "core/clockInterface.hpp"

namespace ks::test {

/// Writes numbered log lines into its own directory and rotates the file in every way that the collector
/// must survive. Counts the complete lines that exist.
class TortureLog {
 public:
  explicit TortureLog(std::string name);
  ~TortureLog();
  TortureLog(const TortureLog&) = delete;
  TortureLog& operator=(const TortureLog&) = delete;

  [[nodiscard]] std::string path() const { return (directory_ / "access.log").string(); }
  [[nodiscard]] std::uint64_t written() const { return written_; }
  [[nodiscard]] std::uint64_t bad() const { return bad_; }

  /// A log line; minutes and services vary with its number.
  static std::string line(std::uint64_t number, TimePoint at);
  void write(int lines, TimePoint at);
  /// The first half of a line; the next write ends it.
  void writeTorn(TimePoint at);
  void writeRubbish(std::uint64_t which);
  void rotateByRename(bool compressOld);
  /// Continues in the renamed file, like a worker that has not reopened it yet.
  void writeIntoRotated(int lines, TimePoint at);
  void copyTruncate();

 private:
  void append(const std::filesystem::path& file, const std::string& text);
  void shift();
  void endTorn();

  std::filesystem::path directory_;
  std::uint64_t written_ = 0;
  std::uint64_t bad_ = 0;
  std::uint64_t numbers_ = 0;
  std::string pendingEnd_;
};

}  // namespace ks::test
