#include "core/failPoint.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace ks;

namespace {

#ifdef KS_STRICT
constexpr bool kHasFailPoints = true;
#else
constexpr bool kHasFailPoints = false;
#endif

/// The file that names a place.
class PlaceFile {
 public:
  PlaceFile()
      : path_(std::filesystem::temp_directory_path() / ("ks-fail-point-" + std::to_string(::getpid()))) {}
  ~PlaceFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  PlaceFile(const PlaceFile&) = delete;
  PlaceFile& operator=(const PlaceFile&) = delete;

  void name(const std::string& place) const { std::ofstream(path_) << place; }
  [[nodiscard]] bool isThere() const { return std::filesystem::exists(path_); }
  [[nodiscard]] const char* path() const { return path_.c_str(); }

 private:
  std::filesystem::path path_;
};

/// How a child ends that passes these places: its signal, or 0.
int signalAfter(const char* file, const char* first, const char* second) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    if (file != nullptr) {
      ::setenv("KS_FAIL_POINT_FILE", file, 1);
    }
    failPoint(first);
    failPoint(second);
    ::_exit(0);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFEXITED(status)) {
    CHECK(WEXITSTATUS(status) == 0);
    return 0;
  }
  return WTERMSIG(status);
}

}  // namespace

TEST_CASE("a process ends at the place that the file names, once", "[failPoint]") {
  const PlaceFile file;
  file.name("payment.stored");
  CHECK(signalAfter(file.path(), "payment.other", "payment.storing") == 0);
  CHECK(signalAfter(file.path(), "payment", "payment.stored.twice") == 0);
  CHECK(signalAfter(file.path(), "", "stored") == 0);
  CHECK(signalAfter(nullptr, "payment.stored", "payment.stored") == 0);
  CHECK(file.isThere());
  CHECK(signalAfter(file.path(), "payment.other", "payment.stored") == (kHasFailPoints ? SIGKILL : 0));
  CHECK(file.isThere() != kHasFailPoints);
  CHECK(signalAfter(file.path(), "payment.stored", "payment.stored") == 0);
}

TEST_CASE("a place that no file names is passed", "[failPoint]") {
  const PlaceFile file;
  CHECK(signalAfter(file.path(), "payment.stored", "") == 0);
  file.name("");
  CHECK(signalAfter(file.path(), "payment.stored", "payment.other") == 0);
  file.name("payment.stored\n");
  CHECK(signalAfter(file.path(), "payment.stored", "payment.other") == 0);
  CHECK(file.isThere());
}
