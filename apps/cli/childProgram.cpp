#include "apps/cli/childProgram.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace ks::cli {
namespace {

constexpr std::size_t kMaxOutput = 1U << 20U;
constexpr int kNotStarted = 127;

int waitForChild(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

std::string becomeProgram(const std::vector<std::string>& words, const std::string& folder) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const auto& word : words) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  if (::chdir(folder.c_str()) != 0) {
    return folder + ": " + std::strerror(errno);
  }
  ::setenv("PWD", folder.c_str(), 1);
  ::execv(arguments.front(), arguments.data());
  return words.front() + ": " + std::strerror(errno);
}

ProgramOutput runProgram(const std::vector<std::string>& words, const std::string& folder) {
  ProgramOutput result;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    result.error = std::strerror(errno);
    return result;
  }
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    const std::string problem = becomeProgram(words, folder) + "\n";
    const auto ignored = ::write(STDERR_FILENO, problem.data(), problem.size());
    static_cast<void>(ignored);
    ::_exit(kNotStarted);
  }
  ::close(ends[1]);
  if (child < 0) {
    result.error = std::strerror(errno);
    ::close(ends[0]);
    return result;
  }
  std::array<char, 4096> buffer{};
  for (ssize_t count = 1; count != 0;) {
    count = ::read(ends[0], buffer.data(), buffer.size());
    if (count < 0 && errno != EINTR) {
      break;
    }
    if (count > 0 && result.output.size() < kMaxOutput) {
      result.output.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }
  ::close(ends[0]);
  result.exitCode = waitForChild(child);
  if (result.exitCode == kNotStarted) {
    result.exitCode = -1;
    result.error = result.output;
  }
  return result;
}

}  // namespace ks::cli
