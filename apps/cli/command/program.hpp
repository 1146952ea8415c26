#pragma once
#include <span>
#include <string>

#include "apps/cli/cliContext.hpp"

namespace ks::cli {

/// All of kctl except its environment: `words` without the program's name. Returns the exit status.
int runProgramWith(std::span<const std::string> words, CliContext& context);

}  // namespace ks::cli
