#pragma once
#include <string>
#include <vector>

#include "apps/cli/processQuery.hpp"

namespace ks::cli {

/// One actor of one process, in the order to show.
struct PsRow {
  std::string process;
  Json actor;
};

/// Sorted by name, or with the highest `sort` (mailbox, handled, restarts) first.
std::vector<PsRow> psRows(const std::vector<ProcessAnswer>& answers, const std::string& sort);

std::string renderPs(const std::vector<PsRow>& rows, const ConsoleStyle& style);
/// What the front end's actors tell of their listeners; empty where no process tells of any.
std::string renderListeners(const std::vector<ProcessAnswer>& answers, const ConsoleStyle& style);
Json psJson(const std::vector<ProcessAnswer>& answers, const std::vector<PsRow>& rows);

/// An actor that is not running makes the result degraded.
bool allRunning(const std::vector<PsRow>& rows);

}  // namespace ks::cli
