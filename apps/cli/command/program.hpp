#pragma once
#include <span>
#include <string>

#include "apps/cli/cliContext.hpp"

namespace ks::cli {

/// All of kctl but its surroundings: `words` without the program's name. The exit status.
int runProgramWith(std::span<const std::string> words, CliContext& context);

}  // namespace ks::cli
