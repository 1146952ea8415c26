#pragma once
#include <chrono>
#include <string>

namespace ks {

/// Wakes when a directory changes (inotify). Only a hint: if it cannot work it waits for the full
/// time. Belongs to one thread.
class DirectoryWatch {
 public:
  explicit DirectoryWatch(std::string directory);
  ~DirectoryWatch();
  DirectoryWatch(const DirectoryWatch&) = delete;
  DirectoryWatch& operator=(const DirectoryWatch&) = delete;

  /// Returns at the first change, or after `limit`. Changes since the last call count. True when names came
  /// or went, and not only files changed.
  bool wait(std::chrono::milliseconds limit);

 private:
  void watch();

  std::string directory_;
  int inotify_;
  int watched_ = -1;
};

}  // namespace ks
