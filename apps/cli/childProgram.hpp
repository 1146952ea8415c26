#pragma once
#include <string>
#include <vector>

namespace ks::cli {

struct ProgramOutput {
  int exitCode = -1;   ///< 128 + signal when a signal ended it; -1: it did not start
  std::string output;  ///< what it printed on both streams, the first MiB
  std::string error;   ///< why it did not start
};

/// Replaces this process by `words` (an absolute path first), in `folder`. Returns only on failure: the
/// reason.
std::string becomeProgram(const std::vector<std::string>& words, const std::string& folder);

/// Runs `words` in `folder` to its end, without a time limit.
ProgramOutput runProgram(const std::vector<std::string>& words, const std::string& folder);

}  // namespace ks::cli
