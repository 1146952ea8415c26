#pragma once
#include <string>
#include <vector>

#include "apps/cli/processQuery.hpp"

namespace ks::cli {

/// What the running processes use; one line where they agree, one each where they do not.
std::string renderRunningSettings(const std::vector<ProcessAnswer>& answers, const ConsoleStyle& style);
Json runningSettingsJson(const std::vector<ProcessAnswer>& answers);

/// What a process that starts now would use.
Json localSettingsJson(const LoadedSettings& loaded);

}  // namespace ks::cli
