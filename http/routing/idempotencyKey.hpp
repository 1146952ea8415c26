#pragma once
#include <cstddef>
#include <string>

#include "core/result.hpp"
#include "http/server/httpMessage.hpp"

namespace ks {

inline constexpr const char* kIdempotencyKeyHeader = "Idempotency-Key";
inline constexpr std::size_t kIdempotencyKeyBytes = 255;
/// What idempotencyKeyOf() accepts, but for the length.
inline constexpr const char* kIdempotencyKeyPattern = "^[!-~]([ -~]*[!-~])?$";

/// `true` in an answer that the key was given before.
inline constexpr const char* kReplayedHeader = "Idempotent-Replayed";

/// The key by which the caller of a request that creates something may send it again. Faults of the field
/// `Idempotency-Key`: `required`, `tooLong`, `invalidFormat` (also for more than one).
[[nodiscard]] Result<std::string> idempotencyKeyOf(const HttpRequest& request);

}  // namespace ks
