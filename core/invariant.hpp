#pragma once
#include <cstdint>
#include <stdexcept>

namespace ks {

/// Thrown on a state that must never occur. Ends the operation, which answers `internal`.
class InvariantBroken : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

namespace detail {
[[noreturn]] void invariantBroken(const char* whatHolds, const char* file, int line);
}

/// Guards against a state that would cost money or an account: if `holds` is false it is logged and
/// counted, and InvariantBroken is thrown; test builds (KS_STRICT) abort. `whatHolds` states the rule as a
/// sentence without secrets. Thread-safe. Not for input, which gets its own error.
inline void ensure(bool holds, const char* whatHolds, const char* file = __builtin_FILE(),
                   int line = __builtin_LINE()) {
  if (!holds) [[unlikely]] {
    detail::invariantBroken(whatHolds, file, line);
  }
}

/// Number of broken invariants in this process.
[[nodiscard]] std::uint64_t brokenInvariants() noexcept;

/// Called for each with `rule` and `place` (file:line); set by logging. Called by any thread.
using InvariantObserver = void (*)(const char* rule, const char* place);
void observeBrokenInvariants(InvariantObserver observer) noexcept;

/// Whether the process aborts at the next one; true from the start in builds for tests.
void abortOnBrokenInvariant(bool abort) noexcept;

}  // namespace ks
