#pragma once
#include <span>
#include <string>

#include "apps/cli/commandLine.hpp"
#include "apps/cli/consoleStyle.hpp"

namespace ks::cli {

std::string renderHelp(std::span<const CommandSpec> commands, const ConsoleStyle& style);
std::string renderCommandHelp(const CommandSpec& command, const ConsoleStyle& style);

/// `kctl mail [list | show ID | latest] [options]`
std::string usageLine(const CommandSpec& command);

}  // namespace ks::cli
