#include <unistd.h>

#include <csignal>
#include <exception>
#include <filesystem>
#include <iostream>

#include "apps/cli/command/program.hpp"
#include "apps/cli/exitCode.hpp"

namespace {

std::string variable(const ks::EnvironmentMap& environment, const char* name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string{} : found->second;
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that closes early (`kctl ps | head`) ends the output instead of killing the program by a signal.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error).parent_path().string();
    const auto current = std::filesystem::current_path(error).string();
    auto environment = ks::processEnvironment();
    const bool colours = ks::cli::wantsColours(
        ::isatty(STDOUT_FILENO) == 1, variable(environment, "NO_COLOR"), variable(environment, "TERM"));
    auto context = ks::cli::makeCliContext(std::move(environment), current, program,
                                           ks::cli::ConsoleStyle{colours}, std::cout, std::cerr);
    const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    const int status = ks::cli::runProgramWith(words, context);
    std::cout.flush();
    return status;
  } catch (const std::exception& failure) {
    std::cerr << "error: " << failure.what() << "\n";
    return ks::cli::kDegraded;
  }
}
