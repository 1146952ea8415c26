#pragma once
#include <string>
#include <vector>

#include "apps/cli/processQuery.hpp"

namespace ks::cli {

/// Settings of the running processes; one line if they agree, one each if they differ.
std::string renderRunningSettings(const std::vector<ProcessAnswer>& answers, const ConsoleStyle& style);
Json runningSettingsJson(const std::vector<ProcessAnswer>& answers);

/// Settings of a process started now.
Json localSettingsJson(const LoadedSettings& loaded);

}  // namespace ks::cli
