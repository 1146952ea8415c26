#include "apps/cli/secretFile.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace ks::cli {

SecretFile::SecretFile(std::string path)
    : path_(std::move(path)), temporary_(path_ + "." + std::to_string(::getpid()) + ".new") {}

SecretFile::~SecretFile() {
  if (file_ >= 0) {
    ::close(file_);
    ::unlink(temporary_.c_str());
  }
}

std::string SecretFile::prepare() {
  struct stat status {};
  if (::lstat(path_.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    return path_ + " exists and is not a regular file";
  }
  file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  return file_ < 0 ? "cannot write " + temporary_ + ": " + std::strerror(errno) : std::string{};
}

std::string SecretFile::finish(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(file_, text.data(), text.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return "cannot write " + temporary_ + ": " + std::strerror(errno);
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file_) != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return "cannot write " + path_ + ": " + std::strerror(errno);
  }
  ::close(file_);
  file_ = -1;
  return {};
}

}  // namespace ks::cli
