#pragma once
#include "core/result.hpp"
#include "messages/platform/cafCompat.hpp"

namespace ks {

/// Faults cross actor borders as CAF errors of category ErrorCode that carry the whole Fault.
caf::error toCafError(Fault fault);

/// Inverse of toCafError; CAF's own errors become what they mean to a caller: request_timeout is `timeout`, a
/// receiver that is gone is `dependencyUnavailable`, anything else `internal`.
Fault faultFromCafError(const caf::error& error);

}  // namespace ks
