#pragma once

namespace ks::cli {

/// Stable exit statuses for scripts. Usage is EX_USAGE of sysexits.h.
enum ExitCode : int { kOk = 0, kDegraded = 1, kUnreachable = 2, kUsage = 64 };

}  // namespace ks::cli
