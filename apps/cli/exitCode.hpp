#pragma once

namespace ks::cli {

/// What scripts may rely on. Usage is EX_USAGE of sysexits.h.
enum ExitCode : int { kOk = 0, kDegraded = 1, kUnreachable = 2, kUsage = 64 };

}  // namespace ks::cli
