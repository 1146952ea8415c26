#pragma once
#include <span>

#include "apps/cli/commandLine.hpp"

namespace ks::cli {

/// Every command of kctl, in the order of its help.
std::span<const CommandSpec> commandTable();

}  // namespace ks::cli
