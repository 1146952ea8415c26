// Where Argon2id's memory comes from: docs/decisions/hashMemory.md. libsodium is linked statically and with
// --wrap=mmap, so that its calls of mmap arrive here.
#include "crypto/hashMemory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace ks {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} * 1024 * 1024;
/// Below this size huge pages waste more than they save.
constexpr std::size_t kLeastBytes = 2 * kHugePage;

std::size_t roundUp(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

}  // namespace

extern "C" {
// The names are the linker's.
// NOLINTBEGIN(bugprone-reserved-identifier)
void* __real_mmap(void* start, std::size_t bytes, int protection, int flags, int file, off_t offset);

void* __wrap_mmap(void* start, std::size_t bytes, int protection, int flags, int file, off_t offset) {
  const bool plainMemory = start == nullptr && file == -1 && (flags & MAP_ANONYMOUS) != 0 &&
                           (flags & MAP_PRIVATE) != 0 && protection == (PROT_READ | PROT_WRITE);
  return plainMemory && bytes >= kLeastBytes ? mapHugePages(bytes)
                                             : __real_mmap(start, bytes, protection, flags, file, offset);
}
// NOLINTEND(bugprone-reserved-identifier)
}

void* mapHugePages(std::size_t bytes) noexcept {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto size = roundUp(bytes, page);
  if (size < bytes || size + kHugePage < size) {
    return MAP_FAILED;
  }
  void* const mapped =
      __real_mmap(nullptr, size + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) {
    return MAP_FAILED;
  }
  auto* const first = static_cast<std::uint8_t*>(mapped);
  const auto address = reinterpret_cast<std::uintptr_t>(mapped);
  const auto before = roundUp(address, kHugePage) - address;
  if (before > 0) {
    ::munmap(first, before);
  }
  if (before < kHugePage) {
    ::munmap(first + before + size, kHugePage - before);
  }
  // A kernel without huge pages provides small ones: slower, never wrong.
  static_cast<void>(::madvise(first + before, size, MADV_HUGEPAGE));
  return first + before;
}

}  // namespace ks
