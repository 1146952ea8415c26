#pragma once
#include <string_view>

namespace ks {

/// A place where a test ends the process by SIGKILL: once, if the file that KS_FAIL_POINT_FILE names has this name in it.
/// The file is removed before. Only in builds for tests (KS_STRICT); in others nothing is done.
void failPoint(std::string_view name) noexcept;

}  // namespace ks
