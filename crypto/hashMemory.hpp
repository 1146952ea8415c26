#pragma once
#include <cstddef>

namespace ks {

/// New zeroed memory, aligned to a huge page and marked for huge pages; MAP_FAILED
/// when there is none. Given back by munmap(start, bytes). Thread-safe.
void* mapHugePages(std::size_t bytes) noexcept;

}  // namespace ks
