#include "core/invariant.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace ks {
namespace {

#ifdef KS_STRICT
constexpr bool kStrict = true;
#else
constexpr bool kStrict = false;
#endif

std::atomic<std::uint64_t> broken{0};
std::atomic<bool> aborts{kStrict};
std::atomic<InvariantObserver> observer{nullptr};

}  // namespace

void detail::invariantBroken(const char* whatHolds, const char* file, int line) {
  broken.fetch_add(1, std::memory_order_relaxed);
  std::string_view name = file;
  name.remove_prefix(name.find_last_of('/') + 1);
  const std::string place = std::string(name) + ":" + std::to_string(line);
  if (const auto tell = observer.load()) {
    tell(whatHolds, place.c_str());
  }
  if (aborts.load(std::memory_order_relaxed)) {
    std::fprintf(stderr, "%s: does not hold: %s\n", place.c_str(), whatHolds);
    std::abort();
  }
  throw InvariantBroken(place + ": does not hold: " + whatHolds);
}

std::uint64_t brokenInvariants() noexcept { return broken.load(std::memory_order_relaxed); }

void observeBrokenInvariants(InvariantObserver tell) noexcept { observer.store(tell); }

void abortOnBrokenInvariant(bool abort) noexcept { aborts.store(abort, std::memory_order_relaxed); }

}  // namespace ks
