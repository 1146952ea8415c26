#pragma once

namespace ks {

/// For a process that holds keys: it leaves no core file, and no other process of the same user can read
/// it.
void keepMemoryPrivate() noexcept;

}  // namespace ks
