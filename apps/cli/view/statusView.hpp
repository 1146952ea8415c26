#pragma once
#include <string>
#include <vector>

#include "apps/cli/processQuery.hpp"

namespace ks::cli {

/// healthy, degraded, unhealthy, draining or unreachable: the worst of all.
std::string overallStatus(const std::vector<ProcessAnswer>& answers);

std::string renderStatus(const std::vector<ProcessAnswer>& answers, const ConsoleStyle& style);
/// A line, or nothing where there is none.
std::string renderBankSimulator(const Json& simulator, const ConsoleStyle& style);
Json statusJson(const std::vector<ProcessAnswer>& answers);

}  // namespace ks::cli
