#pragma once
#include <span>
#include <string>

#include "apps/cli/commandLine.hpp"

namespace ks::cli {

std::string bashCompletion(std::span<const CommandSpec> commands);
std::string zshCompletion(std::span<const CommandSpec> commands);

}  // namespace ks::cli
