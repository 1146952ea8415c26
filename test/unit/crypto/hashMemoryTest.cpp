#include "crypto/hashMemory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <limits>

using namespace ks;

namespace {

constexpr std::uintptr_t kHugePage = std::uintptr_t{2} * 1024 * 1024;

bool startsHugePage(const void* memory) { return reinterpret_cast<std::uintptr_t>(memory) % kHugePage == 0; }

}  // namespace

TEST_CASE("hash memory: starts at a huge page, zeroed, writable, and goes back whole", "[crypto]") {
  for (const std::size_t bytes : {19456UL * 1024, 4UL * 1024 * 1024, 5'000'001UL}) {
    CAPTURE(bytes);
    auto* const memory = static_cast<std::uint8_t*>(mapHugePages(bytes));
    REQUIRE(static_cast<void*>(memory) != MAP_FAILED);
    CHECK(startsHugePage(memory));
    CHECK(std::all_of(memory, memory + bytes, [](std::uint8_t byte) { return byte == 0; }));
    std::fill(memory, memory + bytes, std::uint8_t{1});
    CHECK(::munmap(memory, bytes) == 0);
  }
  CHECK(mapHugePages(std::numeric_limits<std::size_t>::max() - 8) == MAP_FAILED);
}

// Fails when a program is linked without --wrap=mmap: two mappings in a row are no huge page apart by chance.
TEST_CASE("hash memory: mmap is wrapped in what links libsodium", "[crypto]") {
  constexpr std::size_t kBytes = 19456UL * 1024 + 4096;
  void* first = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  void* second = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(startsHugePage(first));
  CHECK(startsHugePage(second));
  CHECK(::munmap(first, kBytes) == 0);
  CHECK(::munmap(second, kBytes) == 0);
}
