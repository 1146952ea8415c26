#pragma once
#include <cstdint>
#include <stdexcept>

namespace ks {

/// Thrown where a state is met that must never be. Ends the operation, which answers `internal`.
class InvariantBroken : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

namespace detail {
[[noreturn]] void invariantBroken(const char* whatHolds, const char* file, int line);
}

/// Guards a state that would cost somebody money or an account: when `holds` is false it is logged and
/// counted, and InvariantBroken is thrown; builds for tests (KS_STRICT) abort. `whatHolds` says the rule as a
/// sentence and names no secret. Thread-safe. Not for input, which gets an error of its own.
inline void ensure(bool holds, const char* whatHolds, const char* file = __builtin_FILE(),
                   int line = __builtin_LINE()) {
  if (!holds) [[unlikely]] {
    detail::invariantBroken(whatHolds, file, line);
  }
}

/// How many the process has met.
[[nodiscard]] std::uint64_t brokenInvariants() noexcept;

/// Told of each, as `rule` and `place` (file:line); logging sets it. Called by any thread.
using InvariantObserver = void (*)(const char* rule, const char* place);
void observeBrokenInvariants(InvariantObserver observer) noexcept;

/// Whether the process aborts at the next one; true from the start in builds for tests.
void abortOnBrokenInvariant(bool abort) noexcept;

}  // namespace ks
