#pragma once
#include "apps/cli/cliContext.hpp"
#include "apps/cli/commandLine.hpp"

namespace ks::cli {

/// Has a day compared with the bank's report, waits for the end, and shows what is open.
int reconcilePayments(const CommandLine& line, CliContext& context);

int showReconciliationItems(const CommandLine& line, CliContext& context);

}  // namespace ks::cli
