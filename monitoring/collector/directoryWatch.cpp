#include "monitoring/collector/directoryWatch.hpp"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <utility>

namespace ks {

DirectoryWatch::DirectoryWatch(std::string directory)
    : directory_(std::move(directory)), inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  watch();
}

DirectoryWatch::~DirectoryWatch() {
  if (inotify_ >= 0) {
    ::close(inotify_);
  }
}

void DirectoryWatch::watch() {
  if (inotify_ >= 0 && watched_ < 0) {
    watched_ = ::inotify_add_watch(inotify_, directory_.c_str(),
                                   IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE);
  }
}

bool DirectoryWatch::wait(std::chrono::milliseconds limit) {
  watch();
  pollfd ready{watched_ >= 0 ? inotify_ : -1, POLLIN, 0};
  if (::poll(&ready, 1, static_cast<int>(limit.count())) <= 0) {
    return false;
  }
  bool namesChanged = false;
  alignas(inotify_event) std::array<char, 4096> events{};
  for (auto got = ::read(inotify_, events.data(), events.size()); got > 0;
       got = ::read(inotify_, events.data(), events.size())) {
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      inotify_event event{};
      std::memcpy(&event, events.data() + at, sizeof event);
      if ((event.mask & IN_IGNORED) != 0) {
        watched_ = -1;
      }
      namesChanged = namesChanged || (event.mask & ~static_cast<std::uint32_t>(IN_MODIFY)) != 0;
      at += sizeof event + event.len;
    }
  }
  return namesChanged;
}

}  // namespace ks
