#pragma once
#include <cstddef>

namespace ks {

/// Fresh zeroed memory that starts at a huge page's border and is asked to be made of huge pages; MAP_FAILED
/// when there is none. Given back by munmap(start, bytes). Thread-safe.
void* mapHugePages(std::size_t bytes) noexcept;

}  // namespace ks
