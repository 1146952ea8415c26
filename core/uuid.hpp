#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/clockInterface.hpp"
#include "core/randomSourceInterface.hpp"

namespace ks {

/// RFC 9562 identifier. Nil (all zero) means "none".
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  // clang-tidy 14 takes the rewritten comparison's 0 for a pointer.
  auto operator<=>(const Uuid&) const = default;  // NOLINT(modernize-use-nullptr)
  [[nodiscard]] bool isNil() const noexcept { return *this == Uuid{}; }
  /// 36 characters, lower case, with hyphens.
  [[nodiscard]] std::string toString() const;
  /// Accepts the 36-character form in either case; anything else is nothing.
  static std::optional<Uuid> parse(std::string_view text) noexcept;
  /// The milliseconds since 1970 that a version 7 identifier starts with.
  [[nodiscard]] TimePoint time() const noexcept;
  /// Not above any version 7 identifier of that millisecond or later.
  static Uuid firstOf(TimePoint time) noexcept;
};

/// Makes version 7 identifiers, strictly growing within one generator even when the clock steps back.
/// Thread-safe.
class UuidGenerator {
 public:
  UuidGenerator(const ClockInterface& clock, RandomSourceInterface& random)
      : clock_(clock), random_(random) {}
  [[nodiscard]] Uuid next();

 private:
  const ClockInterface& clock_;
  RandomSourceInterface& random_;
  std::mutex mutex_;
  Uuid last_;
};

}  // namespace ks

template <>
struct std::hash<ks::Uuid> {
  std::size_t operator()(const ks::Uuid& uuid) const noexcept {
    std::uint64_t low = 0;
    for (std::size_t i = 8; i < 16; ++i) {
      low = (low << 8U) | uuid.bytes[i];
    }
    return low * 0x9e3779b97f4a7c15ULL;
  }
};
